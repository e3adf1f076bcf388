/**
 * A declared access to data, from the route's statement to the events that are recorded of it.
 *
 * Identifiers are asked when the route is entered, because frameworks take the route's parameters back on the way out, and
 * once more at the end if there was none yet: what a request creates has no identifier before.
 */
import type { Completion } from '../draft.ts'
import type { EventInput, Outcome, VolumeInput } from '../event.ts'
import { OwnEvent, OwnTarget } from '../own-event.ts'
import type { AnyQuestion, Asker } from './ask.ts'
import type { Declared } from './declared.ts'
import type { AccessVerb } from './exchange.ts'
import { firstOf, type Identifiers, identifiers, listMax, listOf, volumeFrom } from './identifiers.ts'
import { type StatedGrounds, StatedTexts } from './stated-texts.ts'

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

/** What is said of an access: by a route in an adapter's own terms, in one declaration, or by a function. */
export interface AccessSaid extends StatedGrounds {
  readonly id?: AnyQuestion | undefined
  readonly subject?: AnyQuestion | undefined
  readonly owner?: AnyQuestion | undefined
  /** In place of `id` and `subject` once there is a result. */
  readonly resultId?: AnyQuestion | undefined
  readonly resultSubject?: AnyQuestion | undefined
  readonly volume?: AnyQuestion | undefined
  readonly metadata?: AnyQuestion | undefined
  readonly permission?: string | undefined
  readonly class?: string | undefined
  readonly event?: string | undefined
}

export class DeclaredAccess implements Declared {
  readonly type: string
  readonly verb: AccessVerb
  readonly resource: string
  /** Set for class `block`: pairs the attempt with its result. */
  operationId: string | undefined = undefined
  /** True when the attempt was not durable in time and the handler was not allowed to run. */
  refused = false
  /** Asks for what is known at the end alone; undefined where there is no result to ask about. */
  results: Asker | undefined
  readonly #said: AccessSaid
  readonly #asker: Asker
  readonly #texts: StatedTexts | undefined
  #ids: Identifiers
  #subjects: Identifiers
  #owner: string | undefined
  #counted: Counted | undefined = undefined

  constructor(verb: AccessVerb, resource: string, said: AccessSaid, asker: Asker, results?: Asker) {
    this.type = said.event ?? eventOf[verb]
    this.verb = verb
    this.resource = resource
    this.results = results
    this.#said = said
    this.#asker = asker
    this.#ids = identifiers(asker.ask(said.id, 'id'))
    this.#subjects = identifiers(asker.ask(said.subject, 'subject'))
    this.#owner = firstOf(identifiers(asker.ask(said.owner, 'owner')))
    this.#texts = StatedTexts.of(said, asker)
  }

  /** What the route is declared to need. */
  get permission(): string | undefined {
    return this.#said.permission
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
  attempt(): OwnEvent {
    const event = this.#event()
    event.outcome = 'unknown'
    return event
  }

  /** What happened, as far as the answer shows it. */
  result(end: AccessEnd): OwnEvent {
    const { id, subject, owner, resultId, resultSubject, volume, metadata } = this.#said
    this.#ids ??= this.#late(resultId, id, 'id') ?? identifiers(this.#counted?.ids)
    this.#subjects ??= this.#late(resultSubject, subject, 'subject') ?? identifiers(this.#counted?.subjects)
    this.#owner ??= firstOf(identifiers(this.#asker.ask(owner, 'owner')))
    const event = this.#event()
    const { outcome, reason } = this.refused ? notMade : outcomeOf(end)
    event.outcome = outcome
    if (reason !== undefined && withReasons.has(this.type)) event.reason = reason
    event.volume = volumeFrom(this.results?.ask(volume, 'volume')) ?? this.#volume()
    const fields = this.results?.ask(metadata, 'metadata')
    // The definition's schema decides, key by key, what of it is written.
    if (typeof fields === 'object' && fields !== null) event.metadata = fields as NonNullable<EventInput['metadata']>
    return event
  }

  /** What a question that had no answer before is answered with at the end. */
  #late(ofResult: AnyQuestion | undefined, question: AnyQuestion | undefined, name: string): Identifiers {
    const { results } = this
    if (ofResult !== undefined && results !== undefined) return identifiers(results.ask(ofResult, name))
    return identifiers(this.#asker.ask(question, name))
  }

  #event(): OwnEvent {
    const event = new OwnEvent()
    const ids = this.#ids
    if (typeof ids === 'string' || ids === undefined) event.targets = [this.#target(ids)]
    else event.targets = ids.listed.map((id) => this.#target(id))
    event.subjects = listOf(this.#subjects)
    this.#texts?.tell(event)
    return event
  }

  #target(id: string | undefined): OwnTarget {
    return new OwnTarget(this.resource, id, this.#owner, this.#said.class)
  }

  /** What was counted below; a list of identifiers that was too long to write is at least counted. */
  #volume(): VolumeInput | undefined {
    const ids = this.#ids
    const named = typeof ids === 'object' && ids.count > listMax ? ids.count : undefined
    const records = this.#counted?.records ?? named
    return records === undefined ? undefined : { records }
  }
}

interface Counted {
  readonly records: number | undefined
  readonly ids: string[]
  readonly subjects: string[]
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

export interface AccessOutcome {
  readonly outcome: Outcome
  readonly reason?: string
}

const succeeded: AccessOutcome = { outcome: 'success' }
const notMade: AccessOutcome = { outcome: 'failure', reason: 'unavailable' }

/** A refusal was decided even if the client left before reading it; a success counts only if it was delivered. */
export function outcomeOf({ status, completion }: AccessEnd): AccessOutcome {
  if (status === 401) return { outcome: 'denied', reason: 'unauthenticated' }
  if (status === 403) return { outcome: 'denied', reason: 'forbidden' }
  if (status !== undefined && status >= 400) return { outcome: 'failure', reason: reasonOf(status) }
  if (completion === 'error') return { outcome: 'failure', reason: 'error' }
  if (completion === 'aborted' || completion === 'timeout') return { outcome: 'unknown', reason: completion }
  return succeeded
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
