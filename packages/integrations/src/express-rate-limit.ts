/**
 * express-rate-limit: a request beyond the limit is a record.
 *
 * The limiter leaves its account on the request (`req.rateLimit`) before it refuses, and that is read when it has decided: when
 * it goes on, hands an error on or has answered. The key it counts by is somebody's address and is not looked at.
 */
import { AuditError } from '@trailmark/core'
import { watchCall } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type LimiterOptions, limiterOptions, tellLimited, wholeOf } from './limits/tell.ts'
import { memberOf } from './member.ts'
import { isFirst, wasSeen } from './seen-before.ts'

export interface ExpressRateLimitOptions extends LimiterOptions {
  /** The limiter's own option of this name, where it is set. */
  readonly requestPropertyName?: string
}

/**
 * The same limiter; a request beyond its limit is recorded as `rate_limit_exceeded`, also where its `handler` lets it pass all
 * the same. Throws `AUDIT_LIBRARY_UNKNOWN` for something else and `AUDIT_OPTION_INVALID`
 * naming an option that cannot be.
 *
 *     app.use(auditExpressRateLimit(rateLimit({ windowMs: 60_000, limit: 100 })))
 */
export function auditExpressRateLimit<F extends (...given: never[]) => unknown>(
  limiter: F,
  options: ExpressRateLimitOptions = {},
): F {
  checkOptions('auditExpressRateLimit', options, { ...limiterOptions, requestPropertyName: 'text' })
  if (typeof limiter !== 'function' || typeof memberOf(limiter, 'resetKey') !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditExpressRateLimit: expected what rateLimit() returns')
  if (wasSeen('express-rate-limit', limiter)) return limiter
  const watched = (self: unknown, given: readonly unknown[]): unknown => {
    const [request, response, next, ...rest] = given
    if (typeof request !== 'object' || request === null || typeof next !== 'function')
      return Reflect.apply(limiter, self, given)
    let decided = false
    const decide = (): void => {
      if (decided) return
      decided = true
      tellBeyond(request, memberOf(request, options.requestPropertyName ?? 'rateLimit'), options)
    }
    const goOn = (...said: unknown[]): unknown => {
      decide()
      return Reflect.apply(next, undefined, said)
    }
    return watchCall(() => Reflect.apply(limiter, self, [request, response, goOn, ...rest]), decide)
  }
  const made = new Proxy(limiter, { apply: (_limiter, self, given) => watched(self, given) })
  isFirst('express-rate-limit', made)
  return made
}

function tellBeyond(request: object, account: unknown, options: LimiterOptions): void {
  const limit = wholeOf(memberOf(account, 'limit'))
  const used = wholeOf(memberOf(account, 'used'))
  if (limit === undefined || used === undefined || used <= limit) return
  const reset = memberOf(account, 'resetTime')
  const retryAfterS = reset instanceof Date ? wholeOf(Math.max(0, reset.getTime() - Date.now()) / 1_000) : undefined
  tellLimited(options, { limiter: 'express-rate-limit', limit, attempts: used, retryAfterS }, request)
}
