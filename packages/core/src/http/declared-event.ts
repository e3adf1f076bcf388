/**
 * A declared event that is no access to data: a change of a password, an account deleted, a logout.
 *
 * Who acts is asked when the route is entered: a logout and the deletion of an account leave nobody to ask at the end.
 */
import type { ActorInput, ChangeInput, EventDefinition, EventInput, TargetInput } from '../event.ts'
import { outcomeOf } from './access.ts'
import { ask } from './ask.ts'
import type { Declared, DeclaredEnd } from './declared.ts'
import type { EventDeclaration } from './exchange.ts'
import { type Identifiers, identifiers, listMax, volumeFrom } from './identifiers.ts'
import { StatedTexts } from './stated-texts.ts'

/** What a declaration needs of its exchange. */
export interface DeclaredIn {
  /** Of the event, where the catalogue knows it. */
  readonly definition: EventDefinition | undefined
  /** Told the name of a question that was answered with a promise, which no record can wait for. */
  readonly onPromise: (name: string) => void
  readonly actor: () => ActorInput | undefined
  /** True for the first who asks with this key in the exchange. */
  readonly claim: (key: string) => boolean
  /** Whether the application has recorded such an event itself. */
  readonly told: (type: string) => boolean
}

const changesMax = 50

export class DeclaredEvent implements Declared {
  readonly type: string
  refused = false
  readonly #declaration: EventDeclaration
  readonly #exchange: DeclaredIn
  readonly #texts: StatedTexts
  readonly #actor: ActorInput | undefined
  #subjects: Identifiers
  #targets: readonly TargetInput[]
  #operationId: string | undefined

  constructor(declaration: EventDeclaration, exchange: DeclaredIn) {
    this.type = declaration.type
    this.#declaration = declaration
    this.#exchange = exchange
    this.#texts = new StatedTexts(declaration, exchange.onPromise)
    this.#actor = exchange.actor()
    this.#subjects = identifiers(this.#ask('subject'))
    this.#targets = targetsFrom(this.#ask('targets'))
  }

  get operationId(): string | undefined {
    return this.#operationId
  }

  /** Its attempt is on record, so its result will be as well: whoever comes later steps back. */
  set operationId(id: string | undefined) {
    this.#operationId = id
    if (this.#declaration.once !== undefined) this.#exchange.claim(this.#declaration.once)
  }

  attempt(): EventInput {
    return { ...this.#common(), outcome: 'unknown' }
  }

  result(end: DeclaredEnd): EventInput | undefined {
    if (this.#operationId === undefined && this.#isTold()) return undefined
    if (this.#subjects.listed.length === 0) this.#subjects = identifiers(this.#ask('subject'))
    if (this.#targets.length === 0) this.#targets = targetsFrom(this.#ask('targets'))
    const shown = this.#outcome(end)
    const asked = this.#ask('reason')
    const reason = this.#reason(typeof asked === 'string' ? asked : shown.reason)
    const changes = changesFrom(this.#ask('changes'))
    const volume = volumeFrom(this.#ask('volume'))
    return {
      ...this.#common(),
      // Of a success the catalogue may know better: that a link was asked for proves nothing yet.
      ...(shown.outcome === 'success' ? {} : { outcome: shown.outcome }),
      ...(reason === undefined ? {} : { reason }),
      ...(changes.length === 0 ? {} : { changes }),
      ...(volume === undefined ? {} : { volume }),
      ...metadataFrom(this.#ask('metadata')),
    }
  }

  /** The handler knows more of it than the answer shows; and a logout may have been seen by a library. */
  #isTold(): boolean {
    const { once } = this.#declaration
    return this.#exchange.told(this.type) || (once !== undefined && !this.#exchange.claim(once))
  }

  #outcome(end: DeclaredEnd): ReturnType<typeof outcomeOf> {
    if (this.refused) return { outcome: 'failure', reason: 'unavailable' }
    const shown = outcomeOf(end)
    return shown.outcome === 'success' && this.#ask('failed') ? { outcome: 'failure' } : shown
  }

  /** A word that the event has not among its reasons would be refused and counted. */
  #reason(word: string | undefined): string | undefined {
    return word !== undefined && this.#exchange.definition?.reasons.includes(word) ? word : undefined
  }

  #common(): EventInput {
    const subjects = this.#subjects.listed
    return {
      ...(this.#actor === undefined ? {} : { actor: this.#actor }),
      ...(this.#targets.length === 0 ? {} : { targets: this.#targets }),
      ...(subjects.length === 0 ? {} : { subjects }),
      ...this.#texts.read(),
    }
  }

  #ask(name: 'targets' | 'subject' | 'reason' | 'changes' | 'volume' | 'metadata' | 'failed'): unknown {
    return ask(this.#declaration[name], () => this.#exchange.onPromise(name))
  }
}

/** The definition's schema decides, key by key, what of it is written. */
export function metadataFrom(answer: unknown): Pick<EventInput, 'metadata'> {
  if (typeof answer !== 'object' || answer === null) return {}
  return { metadata: answer as NonNullable<EventInput['metadata']> }
}

function targetsFrom(answer: unknown): readonly TargetInput[] {
  const targets: TargetInput[] = []
  for (const one of listed(answer, listMax)) {
    const type = text(one, 'type')
    if (type === undefined) continue
    const [id] = identifiers(field(one, 'id')).listed
    const [owner] = identifiers(field(one, 'owner')).listed
    const dataClass = text(one, 'class')
    targets.push({
      type,
      ...(id === undefined ? {} : { id }),
      ...(owner === undefined ? {} : { owner }),
      ...(dataClass === undefined ? {} : { class: dataClass }),
    })
  }
  return targets
}

function changesFrom(answer: unknown): readonly ChangeInput[] {
  const changes: ChangeInput[] = []
  for (const one of listed(answer, changesMax)) {
    const name = text(one, 'field')
    const written = text(one, 'op') ?? 'replace'
    const op = (['add', 'remove', 'replace'] as const).find((known) => known === written)
    if (name === undefined || op === undefined) continue
    const before = text(one, 'before')
    const after = text(one, 'after')
    changes.push({
      field: name,
      op,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    })
  }
  return changes
}

/** A list as it is, a single answer as a list of one. */
function listed(answer: unknown, max: number): readonly unknown[] {
  try {
    return Array.isArray(answer) ? answer.slice(0, max) : [answer]
  } catch {
    return [] // A revoked proxy, or a getter that throws.
  }
}

function text(value: unknown, name: string): string | undefined {
  const found = field(value, name)
  return typeof found === 'string' && found !== '' ? found : undefined
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return ask(() => Reflect.get(value, name))
}
