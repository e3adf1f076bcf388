/** What only Hono knows of a request: which template its router matched, and where its user is kept. */
import type { ActorInput, Audit } from '@trailmark/core'
import { actorFrom, type Exchange, followRequest } from '@trailmark/core/http'
import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import { isMiddleware } from './application.ts'
import type { NodeExchange } from './node-request.ts'

/** Who acts, as the application knows it. */
export type AskActor = (c: Context) => ActorInput | undefined

/** Without a context nothing of the application runs for this request. */
export function followHono(audit: Audit, { req, res }: NodeExchange, c?: Context, actor?: AskActor): Exchange {
  return followRequest(audit, req, res, {
    route: () => c && matchedRoute(c),
    actor: () => c && (actor?.(c) ?? actorFrom(identityIn(c))),
  })
}

/** Where Hono's middleware leaves whom it authenticated: `user`, `auth` or the claims of `hono/jwt`, `session`. */
function identityIn(c: Context): object {
  const user: unknown = c.get('user')
  const auth: unknown = c.get('auth') ?? c.get('jwtPayload')
  const session: unknown = c.get('session')
  return { user, auth, session }
}

/**
 * Hono matches all handlers of a path at once and runs them in order. The route is the one that ran last; where a middleware
 * answered before any did, it is the one that would have been next.
 */
function matchedRoute(c: Context): string | undefined {
  const matched = matchedRoutes(c)
  const isRoute = (at: number): boolean => {
    const route = matched[at]
    return route !== undefined && !isMiddleware(route)
  }
  const last = c.req.routeIndex
  if (isRoute(last)) return matched[last]?.path
  const next = matched.findIndex((_, at) => at > last && isRoute(at))
  return matched[next]?.path
}
