/**
 * The words every step shares: what an event is, before anything is masked or stored.
 *
 * An *event* is what happened, as the caller tells it. The catalogue (`catalogue.ts`) says which events exist and what each
 * may carry; capture adds who and where; `mask/` turns the resulting draft into what may be written.
 */
import type { MaskName } from './scrub/masks.ts'
import type { Personal } from './secret.ts'

export type Level = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL'
export type Outcome = 'success' | 'failure' | 'denied' | 'unknown'
/** The kind of log. Operational and application lines are plain JSON lines; audit, activity and keys are ledgers. */
export type Stream = 'operational' | 'application' | 'audit' | 'activity' | 'keys'
/** `account`: for as long as the account exists. */
export type RetentionClass = 'standard' | 'long' | 'keys' | 'account'
/** What happens when a record cannot be made durable: see `record/`. */
export type FailureClass = 'block' | 'spool' | 'best_effort'
/** OCSF severity_id: 0 unknown, 1 informational, 2 low, 3 medium, 4 high, 5 critical, 6 fatal. */
export type Severity = 0 | 1 | 2 | 3 | 4 | 5 | 6
export type Phase = 'attempt' | 'result'

export type Action =
  | 'create'
  | 'read'
  | 'update'
  | 'delete'
  | 'list'
  | 'search'
  | 'export'
  | 'import'
  | 'share'
  | 'login'
  | 'logout'
  | 'grant'
  | 'revoke'
  | 'enable'
  | 'disable'
  | 'start'
  | 'stop'
  | 'approve'
  | 'reject'
  | 'other'

export type Category =
  | 'authn'
  | 'account'
  | 'authz'
  | 'data'
  | 'keys'
  | 'config'
  | 'governance'
  | 'security'
  | 'system'
  | 'application'
  | 'integration'
  | 'code'
  | 'audit_meta'
  | 'alert'
  | 'evidence'

export type ActorType = 'user' | 'service' | 'api_key' | 'system' | 'agent' | 'anonymous'

/** Who acted. `id` is the application's own identifier; it is never stored in clear. */
export interface ActorInput {
  readonly id?: string | undefined
  /** Default: `user` when an id is given, else `anonymous`. */
  readonly type?: ActorType | undefined
  readonly sessionRef?: string | undefined
  readonly authMethod?: string | undefined
  readonly mfa?: boolean | undefined
  readonly roles?: readonly string[] | undefined
  readonly onBehalfOf?: string | undefined
  /** False when the identifier was only claimed, as in a failed login. Default: what the catalogue says of the event. */
  readonly proved?: boolean | undefined
}

/** What was acted on. `type` and `class` are the application's own names; `id` and `owner` are stored as tokens. */
export interface TargetInput {
  readonly type: string
  readonly id?: string | undefined
  readonly owner?: string | undefined
  readonly class?: string | undefined
}

export interface DecisionInput {
  readonly effect: 'allow' | 'deny'
  readonly policyId?: string | undefined
  readonly policyVersion?: string | undefined
  readonly permission?: string | undefined
  readonly rolesEvaluated?: readonly string[] | undefined
}

export interface ChangeInput {
  readonly field: string
  readonly op: 'add' | 'remove' | 'replace'
  /** Only for high-entropy values; stored as tokens, never in clear. */
  readonly before?: string | undefined
  readonly after?: string | undefined
}

export interface VolumeInput {
  /** Count of records touched: a non-negative integer. */
  readonly records?: number | undefined
  readonly bytes?: number | undefined
}

/** The kinds of value that metadata may have. There is no free text among them, on purpose. */
export type MetadataKind =
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  /** A Date, or a string in ISO 8601; written as `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  | { readonly kind: 'time' }
  /** A string that matches the anchored pattern; at most 64 characters. */
  | { readonly kind: 'id'; readonly pattern: RegExp }
  /** Any string; written as a keyed token `p1_…` of that purpose. */
  | { readonly kind: 'token'; readonly purpose: string }
  /** Any string; written masked. */
  | { readonly kind: 'mask'; readonly mask: MaskName }
  /** Any string about a person; never in clear: sealed under the record's first subject, dropped where there is none. */
  | { readonly kind: 'personal' }

export type MetadataSchema = Readonly<Record<string, MetadataKind>>

/** One entry of the catalogue. */
export interface EventDefinition {
  /** Three letters and three digits, for example `ATN001`; `event_code` is this plus S, F, D or U for the outcome. */
  readonly code: string
  readonly category: Category
  readonly level: Level
  readonly severity: Severity
  readonly action: Action
  /** The outcome when the caller names none. */
  readonly outcome: Outcome
  readonly failureClass: FailureClass
  readonly retentionClass: RetentionClass
  /** Default `audit`. */
  readonly stream?: Stream
  /** The closed list of reasons; an empty list allows none. */
  readonly reasons: readonly string[]
  readonly metadata: MetadataSchema
  /** What must be present; what is missing is a `TRAILMARK_EVENT_INCOMPLETE` error. */
  readonly requires?: readonly ('purpose' | 'changes' | 'ticketRef' | 'targets')[]
  /** True where the actor's identifier is only claimed: it becomes a token and never a subject. */
  readonly unprovedActor?: true
  /** True where the full client address will be sealed (authn, authz, export, security). */
  readonly sealsAddress?: true
  /** True where the people it is about see it in their own activity: a copy that is safe to show goes to that ledger. */
  readonly activity?: true
}

/** The value that a metadata kind accepts. */
export type MetadataValue<K extends MetadataKind> = K extends { kind: 'enum'; values: readonly (infer V)[] }
  ? V
  : K extends { kind: 'boolean' }
    ? boolean
    : K extends { kind: 'integer' }
      ? number
      : K extends { kind: 'time' }
        ? Date | string
        : K extends { kind: 'personal' }
          ? string | Personal<string>
          : string

export type MetadataInput<M extends MetadataSchema> = { readonly [K in keyof M]?: MetadataValue<M[K]> }

/** What a caller hands to `record()`. Everything is optional: what is absent or undefined is taken from the request in progress. */
export interface EventInput<D extends EventDefinition = EventDefinition> {
  readonly actor?: ActorInput | undefined
  readonly targets?: readonly TargetInput[] | undefined
  /** Identifiers of the people whose data this is about; stored as pseudonyms. At most 20. */
  readonly subjects?: readonly string[] | undefined
  readonly outcome?: Outcome | undefined
  readonly reason?: D['reasons'][number] | undefined
  /** May only raise the catalogue's severity. */
  readonly severity?: Severity | undefined
  readonly decision?: DecisionInput | undefined
  readonly changes?: readonly ChangeInput[] | undefined
  readonly volume?: VolumeInput | undefined
  readonly purpose?: string | undefined
  readonly legalBasis?: string | undefined
  readonly ticketRef?: string | undefined
  readonly caseRef?: string | undefined
  readonly tenant?: string | undefined
  readonly metadata?: MetadataInput<D['metadata']> | undefined
  readonly phase?: Phase | undefined
  readonly operationId?: string | undefined
  readonly correlationId?: string | undefined
  readonly causationId?: string | undefined
  /** When it happened, if not now. */
  readonly occurredAt?: Date | undefined
  /** The request it belongs to, when it may not be the one in progress (pooled callbacks, queues): this one wins. */
  readonly request?: object | undefined
}
