/** Requests that a limiter refused: one record each, and above a rate one for many. */
import type { Audit } from '../audit.ts'
import type { EventInput } from '../event.ts'
import { recordFolded } from './record-folded.ts'
import { claim } from './record-once.ts'

/** What a limiter knows of a request that it refused. */
export interface RateLimited {
  /** Its name: letters first, at most 64 characters, no spaces. */
  readonly limiter: string
  /** What it counts by; one of the reasons of `rate_limit_exceeded`. */
  readonly reason?: string | undefined
  /** Requests allowed in a window. */
  readonly limit?: number | undefined
  readonly windowS?: number | undefined
  /** Requests in this window so far. */
  readonly attempts?: number | undefined
  readonly retryAfterS?: number | undefined
}

/**
 * Records `rate_limit_exceeded`, once for each request, whichever limiters saw it. `request` is any form of the request it is
 * about; without one it is the request in progress. Never throws for an audit that `createAudit()` made.
 */
export function recordRateLimited(audit: Audit, limited: RateLimited, request?: object): void {
  if (!claim('rate_limit', request)) return
  const { limiter, reason, limit, windowS } = limited
  const shared = eventOf({ limiter, reason, limit, windowS })
  recordFolded(audit, { type: 'rate_limit_exceeded', rule: limiter, event: eventOf(limited), shared }, request)
}

function eventOf({ limiter, reason = 'per_address', limit, windowS, attempts, retryAfterS }: RateLimited): EventInput {
  const counts = { limit, window_s: windowS, attempt_count: attempts, retry_after_s: retryAfterS }
  const known = Object.entries(counts).filter(([, value]) => value !== undefined)
  return { reason, metadata: { limiter, ...Object.fromEntries(known) } }
}
