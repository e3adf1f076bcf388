/** Sessions of koa-session: `@trailmark/integrations/koa-session`. What is recorded: `authn/session-watch.ts`. */
import { type SessionOptions, type SessionStoreLike, watchSessions } from './authn/watch-sessions.ts'
import { memberOf } from './member.ts'

export type { SessionOptions, SessionStoreLike } from './authn/watch-sessions.ts'

/**
 * Records what becomes of the sessions in an external store of koa-session, as `auditExpressSession()` does. Returns the
 * same store. Sessions that live in the cookie alone have no store and leave no trace: their end is not seen.
 *
 *     app.use(session({ store: auditKoaSession(store) }, app))
 *
 * Throws AUDIT_LIBRARY_UNKNOWN for what is no store, AUDIT_OPTION_INVALID naming the option.
 */
export function auditKoaSession<S extends SessionStoreLike>(store: S, options: SessionOptions = {}): S {
  return watchSessions(store, options, {
    where: 'auditKoaSession()',
    expiryOf: (stored) => memberOf(stored, '_expire'),
  })
}
