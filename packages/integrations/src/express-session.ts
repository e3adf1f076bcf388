/** Sessions of express-session: `@trailmark/integrations/express-session`. What is recorded: `authn/session-watch.ts`. */
import { type SessionOptions, type SessionStoreLike, watchSessions } from './authn/watch-sessions.ts'

export type { SessionOptions, SessionStoreLike } from './authn/watch-sessions.ts'

/**
 * Records what becomes of the sessions in a store of express-session: `session_expired` for a cookie whose session the store
 * no longer has and for a session that got another identifier, `logout` when a request ends the session of somebody,
 * `session_revoked` for sessions of others, and `login_success` when a session gets a user and nothing else told of the
 * login. Returns the same store. Mount the session behind `auditMiddleware()`.
 *
 *     import session from 'express-session'
 *     app.use(session({ store: auditExpressSession(new RedisStore({ client })), secret, resave: false }))
 *
 * Whose session it is stands in `userId`, `user` or where passport keeps it, else the option `user` says it. Identifiers of
 * sessions are stored as tokens: `actor.session_ref` and the target `session`.
 *
 * Throws AUDIT_LIBRARY_UNKNOWN for what is no store, AUDIT_OPTION_INVALID naming the option.
 */
export function auditExpressSession<S extends SessionStoreLike>(store: S, options: SessionOptions = {}): S {
  return watchSessions(store, options, { where: 'auditExpressSession()', generates: true })
}
