/**
 * A declared event that is no access to data: a change of a password, an account deleted, a logout.
 *
 * Who acts is asked when the route is entered: a logout and the deletion of an account leave nobody to ask at the end.
 */
import type { ActorInput, ChangeInput, EventDefinition, EventInput } from '../event.ts'
import { OwnEvent, OwnTarget } from '../own-event.ts'
import { type AccessOutcome, outcomeOf } from './access.ts'
import { type AnyQuestion, type Asker, ask } from './ask.ts'
import type { Declared, DeclaredEnd } from './declared.ts'
import { firstOf, type Identifiers, identifiers, listMax, listOf, volumeFrom } from './identifiers.ts'
import { type StatedGrounds, StatedTexts } from './stated-texts.ts'

/** What a declaration needs of its exchange. */
export interface DeclaredIn {
  /** Of the event, where the catalogue knows it. */
  readonly definition: EventDefinition | undefined
  readonly actor: () => ActorInput | undefined
  /** True for the first who asks with this key in the exchange. */
  readonly claim: (key: string) => boolean
  /** Whether the application has recorded such an event itself. */
  readonly told: (type: string) => boolean
}

/** What is said of an event: by a route in an adapter's own terms, or in one declaration. */
export interface EventSaid extends StatedGrounds {
  readonly targets?: AnyQuestion | undefined
  readonly subject?: AnyQuestion | undefined
  readonly reason?: AnyQuestion | undefined
  readonly changes?: AnyQuestion | undefined
  readonly volume?: AnyQuestion | undefined
  readonly metadata?: AnyQuestion | undefined
  readonly failed?: AnyQuestion | undefined
  /** The first record with this key in the exchange is the only one: see `claim()`. */
  readonly once?: string | undefined
}

const changesMax = 50

export class DeclaredEvent implements Declared {
  readonly type: string
  refused = false
  readonly #said: EventSaid
  readonly #asker: Asker
  readonly #exchange: DeclaredIn
  readonly #texts: StatedTexts | undefined
  readonly #actor: ActorInput | undefined
  #subjects: Identifiers
  #targets: readonly OwnTarget[] | undefined
  #operationId: string | undefined

  constructor(type: string, said: EventSaid, asker: Asker, exchange: DeclaredIn) {
    this.type = type
    this.#said = said
    this.#asker = asker
    this.#exchange = exchange
    this.#texts = StatedTexts.of(said, asker)
    this.#actor = exchange.actor()
    this.#subjects = identifiers(asker.ask(said.subject, 'subject'))
    this.#targets = targetsFrom(asker.ask(said.targets, 'targets'))
  }

  get operationId(): string | undefined {
    return this.#operationId
  }

  /** Its attempt is on record, so its result will be as well: whoever comes later steps back. */
  set operationId(id: string | undefined) {
    this.#operationId = id
    if (this.#said.once !== undefined) this.#exchange.claim(this.#said.once)
  }

  attempt(): OwnEvent {
    const event = this.#event()
    event.outcome = 'unknown'
    return event
  }

  result(end: DeclaredEnd): OwnEvent | undefined {
    if (this.#operationId === undefined && this.#isTold()) return undefined
    const { subject, targets, reason, changes, volume, metadata } = this.#said
    const asker = this.#asker
    this.#subjects ??= identifiers(asker.ask(subject, 'subject'))
    this.#targets ??= targetsFrom(asker.ask(targets, 'targets'))
    const shown = this.#outcome(end)
    const asked = asker.ask(reason, 'reason')
    const event = this.#event()
    // Of a success the catalogue may know better: that a link was asked for proves nothing yet.
    if (shown.outcome !== 'success') event.outcome = shown.outcome
    event.reason = this.#reason(typeof asked === 'string' ? asked : shown.reason)
    event.changes = changesFrom(asker.ask(changes, 'changes'))
    event.volume = volumeFrom(asker.ask(volume, 'volume'))
    event.metadata = metadataFrom(asker.ask(metadata, 'metadata'))
    return event
  }

  /** The handler knows more of it than the answer shows; and a logout may have been seen by a library. */
  #isTold(): boolean {
    const { once } = this.#said
    return this.#exchange.told(this.type) || (once !== undefined && !this.#exchange.claim(once))
  }

  #outcome(end: DeclaredEnd): AccessOutcome {
    if (this.refused) return { outcome: 'failure', reason: 'unavailable' }
    const shown = outcomeOf(end)
    return shown.outcome === 'success' && this.#asker.ask(this.#said.failed, 'failed') ? { outcome: 'failure' } : shown
  }

  /** A word that the event has not among its reasons would be refused and counted. */
  #reason(word: string | undefined): string | undefined {
    return word !== undefined && this.#exchange.definition?.reasons.includes(word) ? word : undefined
  }

  #event(): OwnEvent {
    const event = new OwnEvent()
    event.actor = this.#actor
    event.targets = this.#targets
    event.subjects = listOf(this.#subjects)
    this.#texts?.tell(event)
    return event
  }
}

/** The definition's schema decides, key by key, what of it is written. */
export function metadataFrom(answer: unknown): EventInput['metadata'] {
  return typeof answer === 'object' && answer !== null ? (answer as NonNullable<EventInput['metadata']>) : undefined
}

function targetsFrom(answer: unknown): readonly OwnTarget[] | undefined {
  if (answer === undefined) return undefined
  const targets: OwnTarget[] = []
  for (const one of listed(answer, listMax)) {
    const type = text(one, 'type')
    if (type === undefined) continue
    const id = firstOf(identifiers(field(one, 'id')))
    const owner = firstOf(identifiers(field(one, 'owner')))
    targets.push(new OwnTarget(type, id, owner, text(one, 'class')))
  }
  return targets.length === 0 ? undefined : targets
}

function changesFrom(answer: unknown): readonly ChangeInput[] | undefined {
  if (answer === undefined) return undefined
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
  return changes.length === 0 ? undefined : changes
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
