/** Tokens that koa-jwt refuses: `@trailmark/integrations/koa-jwt`. */
import { AuditError } from '@trailmark/core'
import { wrapOnce } from '@trailmark/core/integration'
import { refusalOfJsonwebtoken } from './authn/jsonwebtoken-errors.ts'
import type { TokenOptions } from './authn/token-functions.ts'
import { type Refusal, tellRefusal } from './authn/tokens.ts'
import { watchAnswer } from './authn/watch-answer.ts'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'

export type { TokenOptions } from './authn/token-functions.ts'

/**
 * The middleware of koa-jwt, whose refusals are on record: `invalid_token_presented` with its reason and claim, also where
 * `passthrough` lets the request go on. Returns a middleware that does what yours did, `unless()` included.
 *
 *     app.use(auditKoaJwt(jwt({ secret })).unless({ path: [/^\/public/] }))
 *
 * Throws AUDIT_LIBRARY_UNKNOWN for what is no function.
 */
export function auditKoaJwt<M extends (...given: never[]) => unknown>(middleware: M, options: TokenOptions = {}): M {
  checkOptions('auditKoaJwt()', options)
  if (typeof middleware !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditKoaJwt(): expected the middleware that koa-jwt makes')
  const holder = { middleware }
  wrapOnce('auditKoaJwt()', holder, 'middleware', (inner) => {
    return function (this: unknown, ...given) {
      const [context, next] = given
      let passed = false
      const pass = (): unknown => {
        if (!passed) tellPassed(context, options)
        passed = true
        return typeof next === 'function' ? Reflect.apply(next, undefined, []) : undefined
      }
      return watchAnswer(
        inner,
        this,
        [context, pass],
        (end) => {
          // What is thrown behind it is not its own.
          if (end.failed && !passed) tell(memberOf(end.error, 'originalError'), context, options)
        },
        Number.POSITIVE_INFINITY,
      )
    }
  })
  return holder.middleware
}

/** With `passthrough` it leaves what was wrong where the application may look. */
function tellPassed(context: unknown, options: TokenOptions): void {
  tell(memberOf(memberOf(context, 'state'), 'jwtOriginalError'), context, options)
}

function tell(error: unknown, context: unknown, { audit }: TokenOptions): void {
  const refusal = refusalOf(error)
  const request = typeof context === 'object' && context !== null ? context : undefined
  if (refusal !== undefined) tellRefusal(refusal, { audit, request })
}

function refusalOf(error: unknown): Refusal | undefined {
  const message = memberOf(error, 'message')
  if (message === 'Token revoked') return { reason: 'revoked' }
  if (message === 'Invalid token') return { reason: 'malformed' }
  return refusalOfJsonwebtoken(error)
}
