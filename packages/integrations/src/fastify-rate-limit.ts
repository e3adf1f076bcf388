/**
 * @fastify/rate-limit: a request beyond the limit is a record.
 *
 * The plugin calls `onExceeded` for each; so its settings are extended by that, and it is called as before where it was set. The
 * key it counts by is somebody's address and is not looked at.
 */
import { AuditError } from '@trailmark/core'
import { checkOptions } from './check-options.ts'
import { type LimiterOptions, limiterOptions, tellLimited, wholeOf } from './limits/tell.ts'
import { memberOf } from './member.ts'
import { isFirst, wasSeen } from './seen-before.ts'

/**
 * Settings for the plugin, or for one route (`config.rateLimit`), with which refusals are recorded as `rate_limit_exceeded`: a
 * copy, or the same object where it was extended before. A route's own settings take those of the plugin over, unless they have
 * an `onExceeded` of their own. Throws `AUDIT_LIBRARY_UNKNOWN` for what is no object and `AUDIT_OPTION_INVALID` naming an option
 * that cannot be.
 *
 *     await app.register(rateLimit, auditFastifyRateLimit({ max: 100, timeWindow: '1 minute' }))
 */
export function auditFastifyRateLimit<S extends object>(settings: S, options: LimiterOptions = {}): S {
  checkOptions('auditFastifyRateLimit', options, limiterOptions)
  if (typeof settings !== 'object' || settings === null)
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditFastifyRateLimit: expected the settings of @fastify/rate-limit')
  if (wasSeen('fastify-rate-limit', settings)) return settings
  const own = memberOf(settings, 'onExceeded')
  const limit = wholeOf(memberOf(settings, 'max'))
  const windowMs = memberOf(settings, 'timeWindow')
  const windowS = typeof windowMs === 'number' ? wholeOf(windowMs / 1_000) : undefined
  function onExceeded(this: unknown, request: unknown, ...rest: unknown[]): void {
    const about = typeof request === 'object' && request !== null ? request : undefined
    // Settings of the plugin apply to routes with another limit, which is theirs to say.
    const route = memberOf(memberOf(memberOf(memberOf(about, 'routeOptions'), 'config'), 'rateLimit'), 'max')
    const known = route === undefined ? { limit, windowS } : { limit: wholeOf(route) }
    tellLimited(options, { limiter: '@fastify/rate-limit', ...known }, about)
    if (typeof own === 'function') Reflect.apply(own, this, [request, ...rest])
  }
  const made = { ...settings, onExceeded }
  isFirst('fastify-rate-limit', made)
  return made
}
