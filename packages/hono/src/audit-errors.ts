/** `app.onError(auditErrors())`: safe error answers for an application that the audit was not handed. */
import { type AuditSource, auditFrom } from '@trailmark/core/http'
import type { ErrorHandler } from 'hono'
import { safeErrors } from './errors.ts'

/**
 * Answers errors with a problem document (RFC 9457): the status, the request id, nothing of the error's own words. An
 * `HTTPException` that brings its own `res` is answered with that. The error goes into the request's record as a skeleton.
 *
 * `auditMiddleware(app)` does this for the application it is handed; this one is for an application mounted in it, or around
 * it. The audit is the one that follows the request; `options` count only for requests that none follows.
 *
 * ```ts
 * const admin = new Hono()
 * admin.onError(auditErrors())
 * app.route('/admin', admin)
 * ```
 */
export function auditErrors(options?: AuditSource): ErrorHandler {
  return safeErrors(() => auditFrom(options))
}
