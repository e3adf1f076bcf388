/**
 * The audit trail of one service: the one file that knows every step, and reads like the sentence
 *
 *     request → capture → decide → mask → record → ledger
 */
import type { BuiltInEvents } from './catalogue.ts'
import type { Coverage } from './coverage.ts'
import type { EventDefinition, EventInput } from './event.ts'
import type { Health, Readiness } from './health.ts'
import type { AuditOptions } from './options.ts'
import type { Receipt } from './receipt.ts'
import type { ServiceIdentity } from './service.ts'

/** What `readyHandler` needs of a response: Node's own has it. */
export interface ProbeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string): unknown
}

export type EventMap = Readonly<Record<string, EventDefinition>>

/** An open audit trail. Make one per process with `createAudit()`, or let the adapters share `defaultAudit()`. */
export interface Audit<E extends EventMap = BuiltInEvents> {
  readonly service: ServiceIdentity
  /**
   * Records an event: masks and serialises it in the caller's turn and hands it to the ledger.
   *
   * Never throws and never blocks on I/O; what goes wrong is in the receipt and in `health()`. What the event leaves out
   * (request, actor, address) is taken from the request in progress; `event.request` names another one, and then wins.
   */
  record<K extends keyof E & string>(type: K, event?: EventInput<E[K]>): Receipt
  /** The state of every ledger, the queues and the counters. Cheap enough for a probe. */
  health(): Health
  /** Whether this process can keep its promise to record; false also says why. */
  ready(): Readiness
  /** Answers a readiness probe: 200 or 503 with `ready()` as JSON. Mount it where your platform looks. */
  readyHandler(request: object, response: ProbeResponse): void
  /** Which mounted routes are audited, exempt or forgotten. */
  coverage(): Coverage
  /** Resolves when everything recorded so far is durable; rejects with a coded error when it cannot be. */
  flush(): Promise<void>
  /** Flushes, closes the ledgers in good order and removes every listener. Records made afterwards are refused. */
  close(): Promise<void>
}

export declare function createAudit<const E extends EventMap = Record<never, never>>(
  options?: AuditOptions<E>,
): Audit<BuiltInEvents & E>
export declare function defaultAudit(): Audit
