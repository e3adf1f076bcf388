/** Tokens and scopes that express-oauth2-jwt-bearer refuses: `@trailmark/integrations/express-oauth2-jwt-bearer`. */
import { AuditError } from '@trailmark/core'
import { ask, auditFor, recordOnce, wrapOnce } from '@trailmark/core/integration'
import { refusalOfBearer } from './authn/oauth2-bearer-errors.ts'
import type { TokenOptions } from './authn/token-functions.ts'
import { tellRefusal } from './authn/tokens.ts'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'

export type { TokenOptions } from './authn/token-functions.ts'

/**
 * A handler of express-oauth2-jwt-bearer whose refusals are on record. For `auth()` and the claim checks:
 * `invalid_token_presented` with its reason, also where `authRequired: false` lets the request go on. For
 * `requiredScopes()` and `scopeIncludesAny()`: `authz_deny`, reason `missing_scope`. Who it was is read from
 * `req.auth.payload`, as always. Returns a handler that does what yours did.
 *
 *     app.use(auditOauth2Bearer(auth({ issuerBaseURL, audience })))
 *     app.get('/patients', auditOauth2Bearer(requiredScopes('read:patients')), list)
 *
 * Throws AUDIT_LIBRARY_UNKNOWN for what is no function.
 */
export function auditOauth2Bearer<H extends (...given: never[]) => unknown>(handler: H, options: TokenOptions = {}): H {
  checkOptions('auditOauth2Bearer()', options)
  if (typeof handler !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditOauth2Bearer(): expected a handler of the library')
  const holder = { handler }
  wrapOnce('auditOauth2Bearer()', holder, 'handler', (inner) => {
    return function (this: unknown, ...given) {
      const [req, res, next] = given
      if (typeof req !== 'object' || req === null || typeof next !== 'function')
        return Reflect.apply(inner, this, given)
      const goOn = (...answer: unknown[]): unknown => {
        ask(() => tell(answer[0], req, options))
        return Reflect.apply(next, undefined, answer)
      }
      return Reflect.apply(inner, this, [req, res, goOn])
    }
  })
  return holder.handler
}

function tell(error: unknown, req: object, { audit }: TokenOptions): void {
  const header = memberOf(memberOf(req, 'headers'), 'authorization')
  if (!error) {
    // Nobody is there although a token came, and nobody has to be: it was refused without a word.
    const isBearer = typeof header === 'string' && /^bearer /i.test(header)
    if (isBearer && memberOf(req, 'auth') === undefined)
      tellRefusal(undefined, { audit, request: req, scheme: 'bearer' })
  } else if (memberOf(error, 'code') === 'insufficient_scope') {
    recordOnce(auditFor(audit, req), 'authz:scope', 'authz_deny', {
      request: req,
      reason: 'missing_scope',
      decision: { effect: 'deny' },
      metadata: { guard: 'express-oauth2-jwt-bearer' },
    })
  } else {
    const refusal = refusalOfBearer(error, header !== undefined)
    if (refusal !== undefined) tellRefusal(refusal, { audit, request: req, scheme: 'bearer' })
  }
}
