/**
 * koa-ratelimit: a request beyond the limit is a record.
 *
 * The limiter leaves its account in `ctx.state.rateLimit` only when it refuses. Its id is somebody's address and is not looked
 * at. Whoever is on its blacklist is refused with a 403, which has a record of its own.
 */
import { AuditError } from '@trailmark/core'
import { watchCall } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type LimiterOptions, limiterOptions, tellLimited, wholeOf } from './limits/tell.ts'
import { memberOf } from './member.ts'
import { isFirst, wasSeen } from './seen-before.ts'

/**
 * The same limiter, whose refusals are recorded as `rate_limit_exceeded`. Throws `AUDIT_LIBRARY_UNKNOWN` for something else and
 * `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     app.use(auditKoaRatelimit(ratelimit({ driver: 'memory', db: new Map(), duration: 60_000, max: 100 })))
 */
export function auditKoaRatelimit<F extends (...given: never[]) => unknown>(
  limiter: F,
  options: LimiterOptions = {},
): F {
  checkOptions('auditKoaRatelimit', options, limiterOptions)
  if (typeof limiter !== 'function' || limiter.name !== 'ratelimit')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditKoaRatelimit: expected what ratelimit() returns')
  if (wasSeen('koa-ratelimit', limiter)) return limiter
  const made = new Proxy(limiter, {
    apply(_limiter, self, given) {
      const [ctx] = given
      const before = accountIn(ctx)
      const ended = (): void => {
        const account = accountIn(ctx)
        if (account !== undefined && account !== before) tellBeyond(ctx, account, options)
      }
      return watchCall(() => Reflect.apply(limiter, self, given), ended)
    },
  })
  isFirst('koa-ratelimit', made)
  return made
}

function accountIn(ctx: unknown): unknown {
  return memberOf(memberOf(ctx, 'state'), 'rateLimit')
}

function tellBeyond(ctx: unknown, account: unknown, options: LimiterOptions): void {
  const limit = wholeOf(memberOf(memberOf(account, 'headers'), 'X-RateLimit-Limit'))
  const retryAfterS = wholeOf(memberOf(account, 'after'))
  const request = typeof ctx === 'object' && ctx !== null ? ctx : undefined
  tellLimited(options, { limiter: 'koa-ratelimit', limit, retryAfterS }, request)
}
