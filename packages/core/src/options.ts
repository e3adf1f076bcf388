/**
 * What an application may configure. Everything is optional: `createAudit()` alone gives a working, durable audit trail.
 *
 * These are only the shapes and the sentences; each value is checked, and each default written, in `configuration.ts`.
 */
import type { Keys } from '@trailmark/keys'
import type { Anchor } from '@trailmark/ledger'
import type { Clock } from './clock.ts'
import type { DataOptions } from './data-options.ts'
import type { PolicyRule } from './decide/policy.ts'
import type { ActorInput, EventDefinition, Level } from './event.ts'
import type { DebugGuardOption } from './http/debug-guard-patterns.ts'
import type { RouteRule } from './http/route-rules.ts'
import type { Outbox } from './outbox.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import type { OpenRecordLog } from './record/record-log.ts'
import type { ScrubberOptions } from './scrub/scrubber-options.ts'

/** Whose ids, trace headers and baggage are believed: nobody, socket peers in these CIDR ranges, or who `decide` says. */
export type TrustOption = false | readonly string[] | ((peer: TrustQuestion) => boolean)

/** What a trust function is asked about. `address` is the socket peer's, never a forwarded one. */
export interface TrustQuestion {
  readonly address: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Destinations that outgoing requests may carry our headers to. Default: none. Each is an origin: `https://api.example`. */
export interface OutboundOptions {
  /** traceparent and tracestate. */
  readonly trace?: readonly string[]
  /** x-request-id. */
  readonly requestId?: readonly string[]
  readonly baggage?: readonly string[]
}

export interface ServiceOptions {
  readonly name?: string
  /** Default: the git commit checked out, else the version of package.json. */
  readonly version?: string
  /** Default: NODE_ENV, else `unset`. */
  readonly env?: string
  /** Default: host name and process id. */
  readonly instance?: string
}

/** Where operational lines go, besides the names: a function that takes one line without its LF, a stream, or a logger. */
export type OperationalSink =
  | ((line: string) => void)
  | { write(line: string): unknown }
  | { info(fields: object): void; warn?(fields: object): void; error?(fields: object): void }

export interface AuditOptions<
  E extends Readonly<Record<string, EventDefinition>> = Readonly<Record<string, EventDefinition>>,
> {
  /** The service's name, or more of its identity. Default: from the nearest package.json. */
  readonly service?: string | ServiceOptions
  /** Root of the ledgers. Default: `TRAILMARK_DIR`, else `./.trailmark`. */
  readonly dir?: string
  /** Where keys are kept. Default: `TRAILMARK_KEYS_DIR`, else `./.trailmark-keys`. */
  readonly keysDir?: string
  /** `disk` (default), `memory` (default under NODE_ENV=test; nothing survives the process), or a ledger of your own. */
  readonly ledger?: 'disk' | 'memory' | OpenRecordLog
  /**
   * Who outside is shown the newest checkpoints, from `@trailmark/ledger/anchors`: a witness, another volume, a timestamp
   * authority. Default: nobody, and then nobody can tell a trail that was cut or put back from one that is shorter.
   */
  readonly anchors?: readonly Anchor[]
  /** Milliseconds between two checkpoints that anchors are shown. 1,000 to 86,400,000; default 60,000. */
  readonly anchorEveryMs?: number
  /** Instead of `keysDir`: keys that somebody else keeps. */
  readonly keys?: Keys
  /** Where `inTransaction()` leaves its records, from `@trailmark/integrations/outbox`. Default: nowhere, and it rejects. */
  readonly outbox?: Outbox
  /** How people are named. Default: by a key of their own, which can be destroyed to forget them. */
  readonly pseudonyms?: Pseudonyms
  /**
   * What becomes of metadata that no event declares: dropped, or sealed under the key of the first person the record is about.
   * Both are counted; what cannot be sealed is dropped. Default: `drop`.
   */
  readonly undeclared?: 'drop' | 'seal'
  /** First match wins; what no rule matches is recorded with its fields, in the catalogue's failure class. */
  readonly policy?: readonly PolicyRule[]
  /**
   * False: nobody's own activity is kept. Default: true; what of a login, a change of an account or an export the person it
   * is about may see is copied to the `activity` ledger. Which events: the catalogue says, and a policy rule's `activity`.
   */
  readonly activity?: boolean
  /**
   * What routes do with data, said beside code that one cannot touch: rules, or the path of a JSON file with them (256 KiB,
   * 1,000 entries). The first that matches counts, and what the code itself declares wins. Default: none.
   */
  readonly routes?: readonly RouteRule[] | string
  /** Events of your own, made with `defineEvents()`. */
  readonly events?: E
  /** Whose request ids and trace headers are believed. Default: nobody's. Does not imply `proxies`. */
  readonly trust?: TrustOption
  /** CIDR ranges of the proxies whose X-Forwarded-For counts. Default: none. Does not imply `trust`. */
  readonly proxies?: readonly string[]
  /** Where our headers may go with outgoing requests. Default: nowhere. */
  readonly outbound?: OutboundOptions
  /** Header or cookie names, besides Authorization, that carry a credential: a 401 with one of them is a presented token. */
  readonly credentials?: readonly string[]
  /** Where the operational lines go. Default: `human` on a terminal outside production, else `stdout`; `none` in tests. */
  readonly operational?: 'stdout' | 'human' | 'none' | OperationalSink
  /**
   * `scrub`: what the application prints with `console.*` is scrubbed on its way, one line a call, and nothing below the log
   * level is printed. Default `leave`.
   */
  readonly console?: 'leave' | 'scrub'
  /** When `receipt.acknowledged` resolves. Default: `durable` in production, else `written`. */
  readonly ack?: 'durable' | 'written' | 'queued'
  /**
   * What becomes of an answer of class `block` whose result is not durable within 2 s. `release` (default): the client gets it,
   * and the missing result is a finding. `strict`: never; it gets a 503 problem "outcome recorded as unknown", or a broken
   * connection where the answer had begun.
   */
  readonly block?: 'release' | 'strict'
  /** Bytes that may wait per ledger before records are dropped. 65,536 to 1,073,741,824; default 16,777,216. */
  readonly queueBytesMax?: number
  /**
   * Milliseconds that a record which nobody waits for may wait in memory for others: they are then written and synced together.
   * Records of class `block`, and those whose receipt is read, never wait. 0 to 1,000; default 10.
   */
  readonly commitDelayMs?: number
  /** Lowest level of operational lines. Default: `LOG_LEVEL`, else INFO. DEBUG is refused in production. */
  readonly logLevel?: Level | Lowercase<Level>
  /** False: no listeners for SIGTERM, SIGINT and uncaught exceptions. The exit flush stays. Default: true. */
  readonly signals?: boolean
  /** True: answers carry `Server-Timing: trace` with the trace id. Default: false. */
  readonly serverTiming?: boolean
  /** Who acts in this request, if the adapters' own look (`req.user`, `req.auth`, session) is not enough. Not async. */
  readonly actor?: (request: object) => ActorInput | undefined
  /**
   * What the debug guard lets through, and what it blocks besides its own table. In production debugging endpoints are answered
   * 404; false is refused there, and elsewhere nothing is guarded.
   */
  readonly debugGuard?: false | DebugGuardOption
  /**
   * Tables and collections that hold personal data: what integrations with databases see happen to them is recorded. Default:
   * none.
   */
  readonly data?: DataOptions
  /** Where time comes from. For tests. */
  readonly clock?: Clock
  /** A response still open after so many milliseconds also gets an opening line. 1,000 to 3,600,000; default 60,000. */
  readonly openingMs?: number
  /** False: no OpenTelemetry metrics, even where its API is installed. Default: true. */
  readonly metrics?: boolean
  /** What is hidden or shown besides the built-in rules: names, hosts, query parameters, patterns. */
  readonly scrub?: ScrubberOptions
}
