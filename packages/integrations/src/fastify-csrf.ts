/**
 * @fastify/csrf-protection: a request without the right token is a record.
 *
 * The protection either goes on at once or answers. So where it has not gone on when it returns, it has refused.
 */
import { AuditError } from '@trailmark/core'
import { wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type CsrfOptions, tellRefused } from './csrf/tell.ts'
import { memberOf } from './member.ts'

/** An instance of Fastify with @fastify/csrf-protection registered, as far as it is looked at. */
export interface FastifyWithCsrf {
  csrfProtection(...given: never[]): unknown
}

/**
 * Records refusals as `csrf_validation_failed`: call it after `register(fastifyCsrf)` is loaded and before routes use
 * `app.csrfProtection`. Returns the instance. Throws `AUDIT_LIBRARY_UNKNOWN` where there is no such protection and
 * `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     await app.register(fastifyCsrf)
 *     auditFastifyCsrf(app)
 *     app.post('/ward', { onRequest: app.csrfProtection }, save)
 */
export function auditFastifyCsrf<T extends FastifyWithCsrf>(fastify: T, options: CsrfOptions = {}): T {
  checkOptions('auditFastifyCsrf', options)
  if (typeof memberOf(fastify, 'csrfProtection') !== 'function') {
    const message =
      'auditFastifyCsrf: expected an instance of Fastify with @fastify/csrf-protection registered and loaded'
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', message)
  }
  wrapOnce('auditFastifyCsrf', fastify, 'csrfProtection', (inner) => {
    return function csrfProtection(this: unknown, request: unknown, reply: unknown, next: unknown): unknown {
      if (typeof request !== 'object' || request === null || typeof next !== 'function')
        return Reflect.apply(inner, this, [request, reply, next])
      let passed = false
      const goOn = (...said: unknown[]): unknown => {
        passed = true
        return Reflect.apply(next, undefined, said)
      }
      const result = Reflect.apply(inner, this, [request, reply, goOn])
      if (!passed) tellRefused(options, request, 403)
      return result
    }
  })
  return fastify
}
