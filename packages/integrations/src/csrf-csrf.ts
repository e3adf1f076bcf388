/**
 * csrf-csrf: a request without the right token is a record.
 *
 * The protection hands its own error on, and that is how its refusals are told from everybody else's. `validateRequest()`,
 * asked by the application itself, is seen as well; both together are one record.
 */
import { AuditError } from '@trailmark/core'
import { wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type CsrfOptions, tellRefused } from './csrf/tell.ts'
import { memberOf } from './member.ts'

/** What `doubleCsrf()` returns, as far as it is looked at. */
export interface CsrfUtilities {
  doubleCsrfProtection(...given: never[]): unknown
  validateRequest(...given: never[]): unknown
  readonly invalidCsrfTokenError: object
}

/**
 * Records refusals as `csrf_validation_failed`. Returns what it was given, so take the functions from the result. Throws
 * `AUDIT_LIBRARY_UNKNOWN` for something else and `AUDIT_OPTION_INVALID` naming an option that cannot be.
 *
 *     const { doubleCsrfProtection, generateCsrfToken } = auditCsrfCsrf(doubleCsrf({ getSecret, getSessionIdentifier }))
 *     app.use(doubleCsrfProtection)
 */
export function auditCsrfCsrf<T extends CsrfUtilities>(utilities: T, options: CsrfOptions = {}): T {
  checkOptions('auditCsrfCsrf', options)
  if (
    typeof utilities !== 'object' ||
    utilities === null ||
    typeof memberOf(utilities, 'invalidCsrfTokenError') !== 'object'
  )
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditCsrfCsrf: expected what doubleCsrf() returns')
  const status = memberOf(utilities.invalidCsrfTokenError, 'statusCode')
  wrapOnce('auditCsrfCsrf', utilities, 'doubleCsrfProtection', (inner) => {
    return function doubleCsrfProtection(this: unknown, request: unknown, response: unknown, next: unknown): unknown {
      if (typeof request !== 'object' || request === null || typeof next !== 'function')
        return Reflect.apply(inner, this, [request, response, next])
      const goOn = (...said: unknown[]): unknown => {
        if (said[0] === utilities.invalidCsrfTokenError) tellRefused(options, request, status)
        return Reflect.apply(next, undefined, said)
      }
      return Reflect.apply(inner, this, [request, response, goOn])
    }
  })
  wrapOnce('auditCsrfCsrf', utilities, 'validateRequest', (inner) => {
    return function validateRequest(this: unknown, ...given: unknown[]): unknown {
      const valid = Reflect.apply(inner, this, given)
      const [request] = given
      if (valid === false && typeof request === 'object' && request !== null) tellRefused(options, request, status)
      return valid
    }
  })
  return utilities
}
