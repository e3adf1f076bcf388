/**
 * A declared access to data, from the route's statement to the events that are recorded of it.
 *
 * Identifiers are asked when the route is entered, because frameworks take the route's parameters back on the way out, and
 * once more at the end if there was none yet: what a request creates has no identifier before.
 */
import type { Completion } from '../draft.ts'
import type { EventInput, Outcome, TargetInput, VolumeInput } from '../event.ts'
import { ask } from './ask.ts'
import type { Declared } from './declared.ts'
import type { AccessDeclaration, AccessVerb } from './exchange.ts'
import { type Identifiers, identifiers, listMax, volumeFrom } from './identifiers.ts'
import { StatedTexts } from './stated-texts.ts'

export const eventOf: Readonly<Record<AccessVerb, string>> = {
  read: 'data_access',
  create: 'data_create',
  update: 'data_update',
  delete: 'data_delete',
  export: 'data_export',
  search: 'bulk_query',
  share: 'data_share',
}
/** Events that share the reasons of `reasonOf`; one of the application's own may have none, and a reason would be refused. */
const withReasons: ReadonlySet<string> = new Set(Object.values(eventOf))

export class DeclaredAccess implements Declared {
  readonly type: string
  readonly #declaration: AccessDeclaration
  readonly #onPromise: (name: string) => void
  #ids: Identifiers
  #subjects: Identifiers
  #owner: Identifiers
  #counted: { records: number | undefined; ids: string[]; subjects: string[] } | undefined
  readonly #texts: StatedTexts
  /** Set for class `block`: pairs the attempt with its result. */
  operationId: string | undefined
  /** True when the attempt was not durable in time and the handler was not allowed to run. */
  refused = false

  /** `onPromise` is told the name of a question that was answered with a promise, which no record can wait for. */
  constructor(declaration: AccessDeclaration, onPromise: (name: string) => void = () => undefined) {
    this.#declaration = declaration
    this.#onPromise = onPromise
    this.type = declaration.event ?? eventOf[declaration.verb]
    this.#ids = this.#identifiers('id')
    this.#subjects = this.#identifiers('subject')
    this.#owner = this.#identifiers('owner')
    this.#texts = new StatedTexts(declaration, onPromise)
  }

  /** What the route is declared to need. */
  get permission(): string | undefined {
    return this.#declaration.permission
  }

  get resource(): string {
    return this.#declaration.resource
  }

  get verb(): AccessVerb {
    return this.#declaration.verb
  }

  /** What was seen below the route of this very access: it stands where the declaration itself says nothing. */
  countedBelow({ records, ids, subjects }: CountedAccess): void {
    const before = this.#counted
    this.#counted = {
      records: records === undefined ? before?.records : records + (before?.records ?? 0),
      ids: [...(before?.ids ?? []), ...ids],
      subjects: [...(before?.subjects ?? []), ...subjects],
    }
  }

  /** What is about to happen; its outcome is unknown. */
  attempt(): EventInput {
    return { ...this.#common(), outcome: 'unknown' }
  }

  /** What happened, as far as the answer shows it. */
  result(end: AccessEnd): EventInput {
    if (this.#ids.listed.length === 0) this.#ids = this.#identifiers('id')
    if (this.#subjects.listed.length === 0) this.#subjects = this.#identifiers('subject')
    if (this.#owner.listed.length === 0) this.#owner = this.#identifiers('owner')
    if (this.#ids.listed.length === 0) this.#ids = identifiers(this.#counted?.ids)
    if (this.#subjects.listed.length === 0) this.#subjects = identifiers(this.#counted?.subjects)
    const { outcome, reason } = this.refused ? ({ outcome: 'failure', reason: 'unavailable' } as const) : outcomeOf(end)
    const volume = this.#volume()
    const fields = this.#ask('metadata')
    return {
      ...this.#common(),
      outcome,
      ...(reason !== undefined && withReasons.has(this.type) ? { reason } : {}),
      ...(volume === undefined ? {} : { volume }),
      // The definition's schema decides, key by key, what of it is written.
      ...(typeof fields === 'object' && fields !== null
        ? { metadata: fields as NonNullable<EventInput['metadata']> }
        : {}),
    }
  }

  #common(): EventInput {
    const { resource, class: dataClass } = this.#declaration
    const kind: TargetInput = dataClass === undefined ? { type: resource } : { type: resource, class: dataClass }
    const owner = this.#owner.listed[0]
    const owned = owner === undefined ? kind : { ...kind, owner }
    const ids = this.#ids.listed
    const subjects = this.#subjects.listed
    return {
      targets: ids.length === 0 ? [owned] : ids.map((id) => ({ ...owned, id })),
      ...(subjects.length === 0 ? {} : { subjects }),
      ...this.#texts.read(),
    }
  }

  #identifiers(name: 'id' | 'subject' | 'owner'): Identifiers {
    return identifiers(this.#ask(name))
  }

  #ask(name: 'id' | 'subject' | 'owner' | 'volume' | 'metadata'): unknown {
    return ask(this.#declaration[name], () => this.#onPromise(name))
  }

  /** The declared volume; a list of identifiers that was too long to write is at least counted. */
  #volume(): VolumeInput | undefined {
    const known = this.#counted?.records ?? (this.#ids.count > listMax ? this.#ids.count : undefined)
    return volumeFrom(this.#ask('volume')) ?? (known === undefined ? undefined : { records: known })
  }
}

/** What was counted of an access where it took place: in a database. */
export interface CountedAccess {
  readonly records: number | undefined
  readonly ids: Iterable<string>
  readonly subjects: Iterable<string>
}

export interface AccessEnd {
  /** Of the answer; undefined while no header was sent. */
  readonly status: number | undefined
  readonly completion: Completion
}

/** A refusal was decided even if the client left before reading it; a success counts only if it was delivered. */
export function outcomeOf({ status, completion }: AccessEnd): { readonly outcome: Outcome; readonly reason?: string } {
  if (status === 401) return { outcome: 'denied', reason: 'unauthenticated' }
  if (status === 403) return { outcome: 'denied', reason: 'forbidden' }
  if (status !== undefined && status >= 400) return { outcome: 'failure', reason: reasonOf(status) }
  if (completion === 'error') return { outcome: 'failure', reason: 'error' }
  if (completion === 'aborted' || completion === 'timeout') return { outcome: 'unknown', reason: completion }
  return { outcome: 'success' }
}

function reasonOf(status: number): string {
  if (status === 404 || status === 410) return 'not_found'
  if (status === 409 || status === 412) return 'conflict'
  if (status === 413) return 'too_large'
  if (status === 429) return 'rate_limited'
  if (status === 451) return 'legal_hold'
  if (status === 503) return 'unavailable'
  return status < 500 ? 'invalid' : 'error'
}
