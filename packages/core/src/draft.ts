/**
 * An event on its way to a record: as a `Draft`, which may hold secrets, and as a `MaskedDraft`, which may not.
 *
 * The two are different types so that the compiler guards the order of the steps: `mask/` alone makes a `MaskedDraft`, and
 * `record/` takes nothing else. What the record looks like in the end is `audit/1` (docs/events.md); its members are named
 * here exactly as they are written.
 */
import type { Remote } from './context.ts'
import type {
  Action,
  ActorInput,
  ActorType,
  Category,
  EventDefinition,
  EventInput,
  FailureClass,
  Level,
  Outcome,
  Phase,
  Severity,
  Stream,
} from './event.ts'
import { flatText } from './flat-text.ts'
import type { SealedFields } from './pseudonyms.ts'

/** How an exchange ended, decided once at its close. */
export type Completion = 'completed' | 'aborted' | 'timeout' | 'error' | 'upgraded'

/** What an adapter knows of the request in progress. Every string in it came from a client until it is masked. */
export interface ExchangeFacts {
  readonly requestId: string
  readonly traceId: string
  readonly spanId: string
  /** 0..255; written as two hexadecimal digits. */
  readonly traceFlags: number
  readonly remote?: Remote | undefined
  /** The client as `proxies` allow it to be told; the socket peer is in `peerAddress`. */
  readonly clientAddress?: string | undefined
  readonly peerAddress?: string | undefined
  readonly trustedHops?: number | undefined
  readonly userAgent?: string | undefined
  readonly http?: HttpFacts | undefined
}

export interface HttpFacts {
  readonly method: string
  /** The route's template, never the raw URL. */
  readonly route?: string | undefined
  readonly status?: number | undefined
  readonly durationMs?: number | undefined
  readonly reqBytes?: number | undefined
  readonly resBytes?: number | undefined
  readonly completion?: Completion | undefined
}

/** Whom a record about subject keys is about: names instead of people, and what is sealed for the first of them. */
export interface SubjectFact {
  readonly pseudonyms: readonly string[]
  readonly seal?: ((origin: string, recordId: string) => SealedFields) | undefined
}

/** An event before masking, with everything that was decided about it. Never serialised, never logged. */
export interface Draft {
  readonly type: string
  readonly definition: EventDefinition
  /** As the caller gave it: possibly hostile, so only `mask/` reads its members. */
  readonly event: EventInput
  readonly id: string
  /** When it happened, in milliseconds since the epoch. */
  readonly timeMs: number
  readonly actor: ActorInput
  readonly exchange?: ExchangeFacts | undefined
  /** `metadata` leaves out what describes content: the metadata map and the changes. */
  readonly detail: 'metadata' | 'fields'
  readonly failureClass: FailureClass
  /** The name the caller used, where the catalogue does not know it and `type` is `unknown_event`. */
  readonly unknownName?: string | undefined
  /** Of a declared access, whose attempt and result are one operation: said beside the event, and then in its place. */
  readonly phase?: Phase | undefined
  readonly operationId?: string | undefined
  /** What was thrown. Only its skeleton is kept: see `mask/safe-error.ts`. */
  readonly error?: unknown
  /** True for what the trail tells of itself: whatever its random ids look like, they are ids. */
  readonly own?: true | undefined
  /** Only in what the trail itself tells of subject keys. */
  readonly subject?: SubjectFact | undefined
  /** The record stands for so many events of one kind. */
  readonly aggregate?: { readonly count: number; readonly startMs: number; readonly endMs: number } | undefined
}

export interface ActorMember {
  readonly type: ActorType
  readonly session_ref?: string | undefined
  readonly auth_method?: string | undefined
  readonly mfa?: boolean | undefined
  readonly roles?: readonly string[] | undefined
  readonly on_behalf_of?: string | undefined
}

export interface TargetMember {
  readonly type: string
  readonly id?: string | undefined
  readonly owner?: string | undefined
  readonly class?: string | undefined
}

export interface DecisionMember {
  readonly effect: 'allow' | 'deny'
  readonly policy_id?: string | undefined
  readonly policy_version?: string | undefined
  readonly permission?: string | undefined
  readonly roles_evaluated?: readonly string[] | undefined
}

export interface SourceMember {
  readonly peer_ip_masked?: string | undefined
  readonly trusted_hops?: number | undefined
  readonly ua_family?: string | undefined
  readonly os_family?: string | undefined
  readonly device_ref?: string | undefined
  readonly geo_country?: string | undefined
}

export interface HttpMember {
  readonly method: string
  readonly route?: string | undefined
  readonly status?: number | undefined
  readonly duration_ms?: number | undefined
  readonly req_bytes?: number | undefined
  readonly res_bytes?: number | undefined
  readonly completion?: Completion | undefined
}

export interface RemoteMember {
  readonly request_id_token?: string | undefined
  readonly trace_id?: string | undefined
  readonly reason: string
}

export interface ChangeMember {
  readonly field: string
  readonly op: 'add' | 'remove' | 'replace'
  readonly before_token?: string | undefined
  readonly after_token?: string | undefined
}

export interface VolumeMember {
  readonly records?: number | undefined
  readonly bytes?: number | undefined
}

/** One kind of removal: where, by which rule, how often. */
export interface Redaction {
  readonly path: string
  readonly rule: string
  readonly n: number
}

export interface PrivacyMember {
  readonly scrubber: string
  readonly redactions?: readonly Redaction[] | undefined
  readonly truncated?: true | undefined
  readonly untruncated_size?: number | undefined
}

export interface AggregateMember {
  readonly count: number
  readonly start: string
  readonly end: string
}

export type MetadataMember = Readonly<Record<string, string | number | boolean>>

/**
 * The members of a record that the caller's event decides, in the order they are written. Absent is `undefined`, never
 * null. Missing here, because the recorder adds them: `schema`, `timestamp`, `seq`, `service` and `policy`.
 */
export interface RecordMembers {
  readonly id: string
  readonly tenant: string | undefined
  readonly stream: Stream
  readonly level: Level
  readonly severity: Severity
  readonly event_type: string
  readonly event_code: string
  readonly category: Category
  readonly action: Action
  readonly outcome: Outcome
  readonly reason: string | undefined
  readonly phase: Phase | undefined
  readonly operation_id: string | undefined
  readonly actor: ActorMember
  readonly user_id: string | undefined
  readonly targets: readonly TargetMember[] | undefined
  readonly resource_type: string | undefined
  readonly resource_id: string | undefined
  readonly subjects: readonly string[] | undefined
  readonly decision: DecisionMember | undefined
  readonly ip_address: string | undefined
  readonly ip_token: string | undefined
  readonly source: SourceMember | undefined
  readonly http: HttpMember | undefined
  readonly request_id: string | undefined
  readonly trace_id: string | undefined
  readonly span_id: string | undefined
  /** Two hexadecimal digits. */
  readonly trace_flags: string | undefined
  readonly correlation_id: string | undefined
  readonly causation_id: string | undefined
  readonly remote: RemoteMember | undefined
  readonly changes: readonly ChangeMember[] | undefined
  readonly volume: VolumeMember | undefined
  readonly purpose: string | undefined
  readonly legal_basis: string | undefined
  readonly ticket_ref: string | undefined
  readonly case_ref: string | undefined
  readonly metadata: MetadataMember | undefined
  readonly sealed: readonly SealedFields[] | undefined
  readonly privacy: PrivacyMember | undefined
  readonly aggregate: AggregateMember | undefined
}

/**
 * A member that many records have in common, as one object. Who renders it keeps the text on it, so that it is rendered once.
 */
export abstract class SharedMember {
  #text: string | undefined

  /** What `render` makes of a member; asked once where the member is a shared one. */
  static textOf<M extends object>(member: M, render: (member: M) => string): string {
    if (!(#text in member)) return render(member)
    member.#text ??= flatText(render(member))
    return member.#text
  }
}

/** An actor of whom no more is known than what many have in common. */
export class SharedActor extends SharedMember implements ActorMember {
  readonly type: ActorType

  constructor(type: ActorType) {
    super()
    this.type = type
    Object.freeze(this)
  }
}

/** Where requests come from, as one object for all that came from there. */
export class SharedSource extends SharedMember implements SourceMember {
  readonly peer_ip_masked: string | undefined
  readonly trusted_hops: number | undefined
  readonly ua_family: string | undefined
  readonly os_family: string | undefined

  constructor(
    peer: string | undefined,
    hops: number | undefined,
    agent: string | undefined,
    system: string | undefined,
  ) {
    super()
    this.peer_ip_masked = peer
    this.trusted_hops = hops
    this.ua_family = agent
    this.os_family = system
    Object.freeze(this)
  }
}

/** A record's content after masking: nothing in it may need hiding any more. Only `mask/` makes one. */
export class MaskedDraft {
  /** Makes the type nominal: an object of the same shape is not a masked draft. */
  readonly #masked = true
  readonly members: RecordMembers
  readonly definition: EventDefinition
  readonly failureClass: FailureClass
  /** The kind of ledger it belongs to: the definition's, by default `audit`. */
  readonly stream: Stream
  /** When it happened, in milliseconds since the epoch. */
  readonly timeMs: number
  /** True where masking has looked at every character of ids, names and tokens: none of them needs an escape. */
  readonly plain: boolean

  private constructor(
    members: RecordMembers,
    definition: EventDefinition,
    failureClass: FailureClass,
    timeMs: number,
    plain: boolean,
  ) {
    this.members = members
    this.definition = definition
    this.failureClass = failureClass
    this.stream = members.stream
    this.timeMs = timeMs
    this.plain = plain
  }

  /** For `mask/` alone; the architecture test reads who calls it. */
  static make(
    members: RecordMembers,
    definition: EventDefinition,
    failureClass: FailureClass,
    timeMs: number,
    plain = false,
  ): MaskedDraft {
    return new MaskedDraft(members, definition, failureClass, timeMs, plain)
  }

  /** True for what `make` made, also where the compiler was not asked. */
  static is(value: unknown): value is MaskedDraft {
    return typeof value === 'object' && value !== null && #masked in value
  }
}
