/**
 * The way of one event: who and where (capture), whether and how (decide), what may be written (mask), into its ledger
 * (record). `audit.ts` hands the steps in; here is only their order, and what happens when one of them refuses.
 */
import type { Catalogue } from './catalogue.ts'
import { findEvent } from './catalogue.ts'
import type { Clock } from './clock.ts'
import { currentContext, type RequestContext } from './context.ts'
import type { EventPolicy, PolicyDecision } from './decide/event-policy.ts'
import type { Policy } from './decide/policy.ts'
import type { Draft, ExchangeFacts, MaskedDraft, SubjectFact } from './draft.ts'
import { AuditError } from './errors.ts'
import type { ActorInput, EventDefinition, EventInput, FailureClass } from './event.ts'
import type { Counts } from './health.ts'
import { activityOf } from './mask/activity.ts'
import type { Masker } from './mask/mask.ts'
import { OwnEvent } from './own-event.ts'
import type { SubjectAlias, SubjectBirth } from './pseudonyms.ts'
import { type Receipt, RefusedReceipt } from './receipt.ts'
import { type ExchangeView, findView, findViewOf, type RecordExtra } from './runtime.ts'
import { isReadable, isReadableList, own, timeOf } from './scrub/read.ts'

export interface PipelineSteps {
  readonly catalogue: Catalogue
  readonly clock: Clock
  readonly counts: Counts
  readonly policy: Policy
  readonly masker: Masker
  readonly newId: (nowMs: number) => string
  /** False where nobody's own activity is kept. */
  readonly activity: boolean
  /** The last step; what it is given has a stream that is a ledger. */
  readonly append: (masked: MaskedDraft) => Receipt
  /** Called with the time of every record. */
  readonly onTime: (nowMs: number) => void
  /** Told what a developer should know: an incomplete event, an unknown name. */
  readonly advise: (code: string, message: string) => void
}

/** A record before its ledger. */
export interface Prepared {
  readonly masked: MaskedDraft
  /** Whether the people it is about are shown it. */
  readonly activity: boolean
}

interface Placed {
  readonly input: EventInput
  readonly exchange: ExchangeFacts | undefined
  readonly name: string
  readonly view: ExchangeView | undefined
  readonly extra: RecordExtra
}

interface Subject {
  readonly type: string
  readonly definition: EventDefinition
  readonly unknownName: string | undefined
  readonly actor: ActorInput
  readonly decision: PolicyDecision
}

/** An event that may be recorded, and what the policy says of it. */
interface Offered {
  readonly type: string
  readonly definition: EventDefinition
  readonly policy: EventPolicy
}

/**
 * What a ledger says of itself, and of the keys of people. Verifiers and readers act on these records (an `audit_gap` explains
 * missing numbers, a birth tells who somebody is), so nobody else may make them: to everybody else the names do not exist.
 */
const ledgersOwn: ReadonlySet<string> = new Set([
  'stream_open',
  'stream_close',
  'audit_gap',
  'ledger_full',
  'ledger_recovered',
  'subject_key_born',
  'alias',
])

const nobody: ActorInput = Object.freeze({})
const theSystem: ActorInput = Object.freeze({ type: 'system' })
const noEvent: EventInput = Object.freeze({})

/** Makes records of the trail's own: always kept, always whole, by nobody but the system. */
export function composeFact(
  steps: Pick<PipelineSteps, 'catalogue' | 'clock' | 'masker' | 'newId'>,
  type: string,
  event: EventInput,
  subject?: SubjectFact,
): MaskedDraft {
  const definition = steps.catalogue[type]
  if (definition === undefined) throw new TypeError(`no event ${type} in the catalogue`)
  const timeMs = steps.clock.now()
  const { failureClass } = definition
  const draft: Draft = {
    type,
    definition,
    event,
    id: steps.newId(timeMs),
    timeMs,
    actor: theSystem,
    detail: 'fields',
    failureClass,
    own: true,
    subject,
  }
  return steps.masker.mask(draft)
}

/** What the `keys` ledger says of a new key, or of two names of one person. */
export function composeNews(steps: Parameters<typeof composeFact>[0], news: SubjectBirth | SubjectAlias): MaskedDraft {
  const { kid, epoch, pseudonym } = news
  if (news.kind === 'alias') {
    const metadata = { kid, previous_kid: news.previousKid, epoch }
    const event = { reason: news.reason, metadata }
    return composeFact(steps, 'alias', event, { pseudonyms: [pseudonym, news.previousPseudonym] })
  }
  const metadata = { kid, epoch, commitment: news.commitment }
  return composeFact(steps, 'subject_key_born', { metadata }, { pseudonyms: [pseudonym], seal: news.seal })
}

export class Pipeline {
  readonly #steps: PipelineSteps
  /** By every name that was asked for and exists: no more than the catalogue has, aliases included. */
  readonly #offered = new Map<string, Offered>()

  constructor(steps: PipelineSteps) {
    this.#steps = steps
  }

  /** `audit.record()`: finds the request this event belongs to, then records it there. Never throws. */
  record(type: unknown, event: unknown, extra: RecordExtra = {}): Receipt {
    try {
      const { input, exchange, name, extra: more, view } = this.#place(type, event, extra)
      const receipt = this.recordIn(exchange, name, input, more)
      const found = view === undefined ? undefined : this.#find(name)
      if (found !== undefined) view?.recorded(found.definition.category, found.type)
      return receipt
    } catch (error) {
      return this.#failed(error)
    }
  }

  /** The request that an event belongs to, and who acts in it. */
  #place(type: unknown, event: unknown, extra: RecordExtra): Placed {
    const input = isReadable(event) ? (event as EventInput) : noEvent
    const ambient = currentContext()
    const explicit = findExplicit(input)
    if (explicit !== undefined && ambient !== undefined && ambient !== explicit.context) {
      this.#tellMismatch(ambient, explicit, type)
    }
    const view = explicit ?? (ambient === undefined ? undefined : findView(ambient))
    const exchange = view?.facts() ?? (ambient === undefined ? undefined : idsOf(ambient))
    const actor = own(input, 'actor') === undefined ? view?.actor() : undefined
    const name = typeof type === 'string' ? type : `(${typeof type})`
    return { input, exchange, name, view, extra: actor === undefined ? extra : { ...extra, actor } }
  }

  /** Records an event of one known exchange, or of none. Never throws. */
  recordIn(exchange: ExchangeFacts | undefined, type: string, event: EventInput, extra: RecordExtra = {}): Receipt {
    try {
      const made = this.#mask(exchange, type, event, extra)
      return made instanceof RefusedReceipt ? made : this.append(made)
    } catch (error) {
      return this.#failed(error)
    }
  }

  /**
   * The record of `audit.record(type, event)`, not recorded yet; or the receipt that says why there will be none. Throws only
   * by a defect of its own.
   */
  prepare(type: unknown, event: unknown): Prepared | RefusedReceipt {
    const { input, exchange, name, extra } = this.#place(type, event, {})
    return this.#mask(exchange, name, input, extra)
  }

  /** Puts a prepared record into its ledger, and what the people it is about may see into theirs. */
  append({ masked, activity }: Prepared): Receipt {
    const receipt = this.#steps.append(masked)
    if (activity) this.#tellThePeople(masked)
    return receipt
  }

  #mask(
    exchange: ExchangeFacts | undefined,
    type: string,
    event: EventInput,
    extra: RecordExtra,
  ): Prepared | RefusedReceipt {
    const nowMs = this.#steps.clock.now()
    this.#steps.onTime(nowMs)
    const id = this.#steps.newId(nowMs)
    const subject = this.#decide(exchange, type, event, extra)
    if (subject.decision.level === 'none') {
      this.#steps.counts.notRecorded++
      return new RefusedReceipt(id, () => notRecorded(subject))
    }
    const masked = this.#steps.masker.mask({
      type: subject.type,
      definition: subject.definition,
      event,
      id,
      timeMs: OwnEvent.is(event) ? nowMs : (timeOf(own(event, 'occurredAt')) ?? nowMs),
      actor: subject.actor,
      exchange,
      detail: subject.decision.level,
      failureClass: subject.decision.failureClass,
      unknownName: subject.unknownName,
      phase: extra.phase,
      operationId: extra.operationId,
      error: extra.error,
      own: undefined,
      subject: undefined,
      aggregate: extra.aggregate,
    })
    return this.#refuseIncomplete(masked) ?? { masked, activity: subject.decision.activity && this.#steps.activity }
  }

  /** What the people it is about may see goes to the ledger of their own activity. Best effort: the record stands already. */
  #tellThePeople(masked: MaskedDraft): void {
    const { newId, append } = this.#steps
    for (const shown of activityOf(masked, newId)) append(shown)
  }

  /** The failure class the policy gives this event; `none` where it is not recorded. Never throws. */
  failureClass(
    exchange: ExchangeFacts | undefined,
    type: string,
    event: EventInput,
    extra: RecordExtra = {},
  ): FailureClass | 'none' {
    try {
      const { level, failureClass } = this.#decide(exchange, type, event, extra).decision
      return level === 'none' ? 'none' : failureClass
    } catch {
      // What cannot be judged is treated like what matters most: waiting for it is the lesser harm.
      return 'block'
    }
  }

  /** True where a rule of the policy names this event and wants it recorded. Never throws. */
  isAskedFor(exchange: ExchangeFacts | undefined, type: string, event: EventInput, extra: RecordExtra = {}): boolean {
    try {
      const { level, named } = this.#decide(exchange, type, event, extra).decision
      return named && level !== 'none'
    } catch {
      return false
    }
  }

  /** False where this event is of failure class `block` in no request at all; true for a name that nobody knows. */
  mayBlock(type: string): boolean {
    return this.#find(type)?.policy.mayBlock ?? true
  }

  #decide(exchange: ExchangeFacts | undefined, written: string, event: EventInput, extra: RecordExtra): Subject {
    const found = this.#find(written)
    const { type, definition, policy } = found ?? this.#unknown(written)
    const actor = extra.actor ?? readActor(event) ?? (exchange === undefined ? theSystem : nobody)
    const decision =
      policy.settled ??
      policy.decide({
        method: exchange?.http?.method,
        route: exchange?.http?.route,
        roles: policy.asksRoles ? rolesOf(actor) : undefined,
        tenant: policy.asksTenant ? textOf(own(event, 'tenant')) : undefined,
      })
    const unknownName = found === undefined ? written : undefined
    return { type, definition, unknownName, actor, decision }
  }

  /** The event behind a name that others than the ledgers may record. */
  #find(written: string): Offered | undefined {
    const known = this.#offered.get(written)
    if (known !== undefined) return known
    const found = findOffered(this.#steps.catalogue, written)
    if (found === undefined) return undefined
    const offered = { ...found, policy: this.#steps.policy.of(found.type, found.definition) }
    this.#offered.set(written, offered)
    return offered
  }

  /** Kept under the name `unknown_event`, because an event that was meant is better told wrongly than not at all. */
  #unknown(written: string): Offered {
    const { counts, advise } = this.#steps
    counts.unknownEvent++
    advise(
      'UNKNOWN_EVENT',
      `record(${JSON.stringify(written.slice(0, 60))}): no such event; it is kept as unknown_event. Is it misspelt, or missing in defineEvents()?`,
    )
    return this.#find('unknown_event')!
  }

  /** What the definition requires is judged after masking: a purpose that had to be dropped is not there. */
  #refuseIncomplete(masked: MaskedDraft): RefusedReceipt | undefined {
    const { requires } = masked.definition
    if (requires === undefined || masked.members.phase === 'attempt') return undefined
    const { purpose, changes, ticket_ref: ticketRef, targets } = masked.members
    const has = { purpose, changes, ticketRef, targets }
    const missing = requires.filter((name) => has[name] === undefined)
    if (missing.length === 0) return undefined
    const message = `${masked.members.event_type} needs ${missing.join(' and ')} and was not recorded`
    this.#steps.counts.incomplete++
    this.#steps.advise(`INCOMPLETE_${masked.members.event_type}`, message)
    return new RefusedReceipt(masked.members.id, () => new AuditError('AUDIT_EVENT_INCOMPLETE', message))
  }

  #tellMismatch(ambient: RequestContext, explicit: ExchangeView, type: unknown): void {
    this.#steps.counts.contextMismatch++
    const metadata = {
      ambient_request_id: ambient.requestId,
      explicit_request_id: explicit.context.requestId,
      ...(typeof type === 'string' && { event_type: type }),
    }
    this.recordIn(explicit.facts(), 'context_mismatch', { reason: 'other_request', metadata }, { actor: theSystem })
  }

  #failed(error: unknown): Receipt {
    const { counts, advise, clock, newId } = this.#steps
    counts.failed++
    advise('RECORD_FAILED', 'record() failed by a defect of its own; health().counts.failed tells how often')
    return new RefusedReceipt(newId(clock.now()), () => (error instanceof Error ? error : new Error('record() failed')))
  }
}

/** The event behind a name, if it is one that others than the ledgers may record. */
export function findOffered(catalogue: Catalogue, name: string): ReturnType<typeof findEvent> {
  const found = findEvent(catalogue, name)
  return found !== undefined && ledgersOwn.has(found.type) ? undefined : found
}

function notRecorded({ type, decision }: Subject): AuditError {
  return new AuditError('AUDIT_NOT_RECORDED', `${type} is not recorded: policy[${decision.rule}] has level none`)
}

function findExplicit(event: EventInput): ExchangeView | undefined {
  const request = own(event, 'request')
  return typeof request === 'object' && request !== null ? findViewOf(request) : undefined
}

/** The ids of a context that no adapter follows: a job, a queue, a carrier. */
function idsOf(context: RequestContext): ExchangeFacts {
  const { requestId, traceId, spanId, traceFlags, remote } = context
  return { requestId, traceId, spanId, traceFlags, remote }
}

function readActor(event: EventInput): ActorInput | undefined {
  if (OwnEvent.is(event)) return event.actor
  const actor = own(event, 'actor')
  return isReadable(actor) ? actor : undefined
}

/** As many as a policy will look at; the masker has its own bound. */
const rolesMax = 64

function rolesOf(actor: ActorInput): string[] | undefined {
  const roles = own(actor, 'roles')
  if (!isReadableList(roles)) return undefined
  const names: string[] = []
  for (let i = 0; i < Math.min(roles.length, rolesMax); i++) {
    const role = own(roles, i)
    if (typeof role === 'string') names.push(role)
  }
  return names
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
