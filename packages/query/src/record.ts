/**
 * A record as it is read back: the documented members of `audit/1`, typed, and the place where its line stands.
 *
 * The line itself stays at hand in `line`, byte for byte: it is the evidence, and what is typed here is only a view of it.
 */
import type { Action, ActorType, Category, Level, Outcome, Phase, Stream } from '@trailmark/core'

/** Where a record stands: the ledger's directory below the root, the writer in it, and the index in that writer's log. */
export interface Position {
  /** For example `clinic/audit.standard/w-3f9c1e7a22b0`; always with `/`. */
  readonly dir: string
  readonly writer: string
  readonly n: number
}

export interface StoredActor {
  readonly type: ActorType
  readonly session_ref?: string
  readonly auth_method?: string
  readonly mfa?: boolean
  readonly roles?: readonly string[]
  readonly on_behalf_of?: string
}

export interface StoredTarget {
  readonly type: string
  readonly id?: string
  readonly owner?: string
  readonly class?: string
}

export interface StoredDecision {
  readonly effect: 'allow' | 'deny'
  readonly policy_id?: string
  readonly policy_version?: string
  readonly permission?: string
  readonly roles_evaluated?: readonly string[]
}

export interface StoredSource {
  readonly peer_ip_masked?: string
  readonly trusted_hops?: number
  readonly ua_family?: string
  readonly os_family?: string
  readonly device_ref?: string
  readonly geo_country?: string
}

export interface StoredHttp {
  readonly method?: string
  readonly route?: string
  readonly status?: number
  readonly duration_ms?: number
  readonly req_bytes?: number
  readonly res_bytes?: number
  readonly completion?: string
}

export interface StoredRemote {
  readonly request_id_token?: string
  readonly trace_id?: string
  readonly reason?: string
}

export interface StoredService {
  readonly name: string
  readonly version?: string
  readonly env?: string
  readonly instance?: string
  readonly writer?: string
}

export interface StoredChange {
  readonly field: string
  readonly op?: string
  readonly before_token?: string
  readonly after_token?: string
}

export interface StoredRedaction {
  readonly path: string
  readonly rule: string
  readonly n: number
}

/** Personal fields sealed for one person: the pseudonym, the id of the key, the envelope in base64. */
export interface StoredSealed {
  readonly p: string
  readonly k: string
  readonly e: string
}

export interface StoredPrivacy {
  readonly scrubber?: string
  readonly redactions?: readonly StoredRedaction[]
  readonly truncated?: boolean
  readonly untruncated_size?: number
}

/** The members of `audit/1`, named as they are stored. */
export interface RecordMembers {
  readonly schema: 'audit/1'
  /** When it happened: `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  readonly timestamp: string
  readonly id: string
  readonly seq: number
  readonly event_type: string
  readonly service: StoredService
  readonly tenant?: string
  readonly stream?: Stream
  readonly level?: Level
  readonly severity?: number
  readonly event_code?: string
  readonly category?: Category
  readonly action?: Action
  readonly outcome?: Outcome
  readonly reason?: string
  readonly phase?: Phase
  readonly operation_id?: string
  readonly actor?: StoredActor
  readonly user_id?: string
  readonly targets?: readonly StoredTarget[]
  readonly resource_type?: string
  readonly resource_id?: string
  readonly subjects?: readonly string[]
  readonly decision?: StoredDecision
  readonly ip_address?: string
  readonly ip_token?: string
  readonly source?: StoredSource
  readonly http?: StoredHttp
  readonly request_id?: string
  readonly trace_id?: string
  readonly span_id?: string
  readonly trace_flags?: string | number
  readonly correlation_id?: string
  readonly causation_id?: string
  readonly remote?: StoredRemote
  readonly changes?: readonly StoredChange[]
  readonly volume?: { readonly records?: number; readonly bytes?: number }
  readonly purpose?: string
  readonly legal_basis?: string
  readonly ticket_ref?: string
  readonly case_ref?: string
  readonly metadata?: Readonly<Record<string, string | number | boolean>>
  readonly sealed?: readonly StoredSealed[]
  readonly privacy?: StoredPrivacy
  readonly policy?: string
  readonly aggregate?: { readonly count?: number; readonly start?: string; readonly end?: string }
}

/** One record of the trail. */
export interface StoredRecord extends RecordMembers {
  readonly position: Position
  /** `timestamp` in milliseconds since 1970. */
  readonly timeMs: number
  /** The stored line, without its LF, exactly as the ledger proves it. */
  readonly line: string
  /** Members that are present and not of their documented kind; they are left out of this view, never out of `line`. */
  readonly odd?: readonly string[]
}

/** A line that is not a record: where it stands and what is wrong with it. Never its content. */
export interface MalformedLine {
  readonly code: 'QUERY_LINE_MALFORMED'
  /** As in `Position`. */
  readonly dir: string
  readonly writer: string
  /** Absent where the line does not even show its index. */
  readonly n?: number
  /** Relative to the writer's directory. */
  readonly file: string
  /** Where the line begins in the file, in bytes. */
  readonly offset: number
  readonly message: string
}
