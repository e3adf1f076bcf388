/** What only Hono knows of a request: which template its router matched, and where its user is kept. */
import type { ActorInput, Audit } from '@trailmark/core'
import { actorFrom, type Exchange, followRequest } from '@trailmark/core/http'
import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import { type HonoRoute, isMiddleware } from './application.ts'
import type { NodeExchange } from './node-request.ts'

/** Who acts, as the application knows it. */
export type AskActor = (c: Context) => ActorInput | undefined

/** Without a context nothing of the application runs for this request. */
export function followHono(audit: Audit, { req, res }: NodeExchange, c?: Context, actor?: AskActor): Exchange {
  return followRequest(audit, req, res, {
    route: () => c && matchedRoute(c),
    body: () => c && bodyIn(c),
    actor: () => c && (actor?.(c) ?? actorFrom(identityIn(c))),
  })
}

/** What a validator has left, or the application itself as `body`: Hono reads no body unless it is asked to. */
function bodyIn(c: Context): unknown {
  const validated = (target: 'json' | 'form'): unknown => Reflect.apply(c.req.valid, c.req, [target])
  return validated('json') ?? validated('form') ?? c.get('body')
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
 * answered before any did, it is the one that would have been next. Routes of one method go first: what stands for all
 * methods and takes no `next` may be a middleware that never lets pass.
 */
function matchedRoute(c: Context): string | undefined {
  const matched = handlersOf(c)
  const last = c.req.routeIndex
  const first = (wanted: (route: HonoRoute) => boolean) =>
    matched.find((route, at) => at >= last && wanted(route))?.path
  return first(({ method }) => method !== 'ALL') ?? first((route) => !isMiddleware(route))
}

/** Asked of the request itself, which its own copy of Hono has made; the helper knows only those of the copy it is from. */
function handlersOf(c: Context): readonly HonoRoute[] {
  const own: unknown = Reflect.get(c.req, 'matchedRoutes')
  return Array.isArray(own) ? own : matchedRoutes(c)
}
