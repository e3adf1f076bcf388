/**
 * Requests that a limiter refused: one record each, and above a rate one for many.
 *
 * A limiter exists because somebody sends too much. Recording each of these requests would pass the flood on to the trail, so
 * they are folded like requests for debugging endpoints: beyond ten a minute of one client and limiter, a count.
 */
import type { Audit } from '../audit.ts'
import { currentContext } from '../context.ts'
import type { ActorInput, EventInput } from '../event.ts'
import { type ExchangeView, findView, findViewOf, runtimeOf } from '../runtime.ts'
import { DebugFold, type Foldable } from './debug-guard-fold.ts'
import { claim, recordDynamic } from './record-once.ts'

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

interface FoldedLimit extends Foldable {
  readonly limited: RateLimited
  readonly actor: ActorInput | undefined
}

/**
 * Records `rate_limit_exceeded`, once for each request, whichever limiters saw it. `request` is any form of the request it is
 * about; without one it is the request in progress. Never throws for an audit that `createAudit()` made.
 */
export function recordRateLimited(audit: Audit, limited: RateLimited, request?: object): void {
  if (!claim('rate_limit', request)) return
  const view = viewOf(request)
  if (view === undefined) {
    recordDynamic(audit, 'rate_limit_exceeded', eventOf(limited))
    return
  }
  view.recorded('security', 'rate_limit_exceeded')
  foldOf(audit).add({ rule: limited.limiter, limited, actor: view.actor() }, view.facts())
}

function viewOf(request: object | undefined): ExchangeView | undefined {
  const named = request === undefined ? undefined : findViewOf(request)
  const ambient = currentContext()
  return named ?? (ambient === undefined ? undefined : findView(ambient))
}

const folds = new WeakMap<Audit, DebugFold<FoldedLimit>>()

function foldOf(audit: Audit): DebugFold<FoldedLimit> {
  const found = folds.get(audit)
  if (found !== undefined) return found
  const runtime = runtimeOf(audit)
  const made = new DebugFold<FoldedLimit>(runtime.clock, ({ limited, actor }, facts, folded) => {
    // Who the first of many was says nothing of the others, and neither does what it counted.
    const { limiter, reason, limit, windowS } = limited
    const event = eventOf(folded === undefined ? limited : { limiter, reason, limit, windowS })
    const extra = folded === undefined ? (actor === undefined ? {} : { actor }) : { aggregate: folded }
    runtime.recordIn(facts, 'rate_limit_exceeded', event, extra)
  })
  runtime.beforeEnd(() => made.flush())
  folds.set(audit, made)
  return made
}

function eventOf({ limiter, reason = 'per_address', limit, windowS, attempts, retryAfterS }: RateLimited): EventInput {
  const counts = { limit, window_s: windowS, attempt_count: attempts, retry_after_s: retryAfterS }
  const known = Object.entries(counts).filter(([, value]) => value !== undefined)
  return { reason, metadata: { limiter, ...Object.fromEntries(known) } }
}
