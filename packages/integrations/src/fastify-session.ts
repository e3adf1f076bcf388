/** Sessions of @fastify/session: `@trailmark/integrations/fastify-session`. What is recorded: `authn/session-watch.ts`. */
import { type SessionOptions, type SessionStoreLike, watchSessions } from './authn/watch-sessions.ts'
import { memberOf } from './member.ts'

export type { SessionOptions, SessionStoreLike } from './authn/watch-sessions.ts'

/**
 * Records what becomes of the sessions in a store of @fastify/session, as `auditExpressSession()` does. Returns the same
 * store. Register the audit's plugin before the session's.
 *
 *     import session, { MemoryStore } from '@fastify/session'
 *     await app.register(session, { store: auditFastifySession(new MemoryStore()), secret })
 *
 * Throws AUDIT_LIBRARY_UNKNOWN for what is no store, AUDIT_OPTION_INVALID naming the option.
 */
export function auditFastifySession<S extends SessionStoreLike>(store: S, options: SessionOptions = {}): S {
  // The library itself ends a session that its store still has, when the cookie of it has expired.
  return watchSessions(store, options, {
    where: 'auditFastifySession()',
    expiryOf: (stored) => memberOf(memberOf(stored, 'cookie'), 'expires'),
  })
}
