/** What only Hono knows of a request: which template its router matched, and where its user is kept. */
import type { ActorInput, Audit } from '@trailmark/core'
import { actorFrom, type Exchange, type FrameworkView, followRequest } from '@trailmark/core/http'
import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'
import { type HonoRoute, isMiddleware } from './application.ts'
import type { NodeExchange } from './node-request.ts'

/** Who acts, as the application knows it. */
export type AskActor = (c: Context) => ActorInput | undefined

/** Without a context nothing of the application runs for this request. */
export function followHono(audit: Audit, { req, res }: NodeExchange, c?: Context, actor?: AskActor): Exchange {
  return followRequest(audit, req, res, new HonoView(c, actor))
}

class HonoView implements FrameworkView {
  readonly #c: Context | undefined
  readonly #actor: AskActor | undefined

  constructor(c: Context | undefined, actor: AskActor | undefined) {
    this.#c = c
    this.#actor = actor
  }

  route(): string | undefined {
    return this.#c && matchedRoute(this.#c)
  }

  body(): unknown {
    return this.#c && bodyIn(this.#c)
  }

  actor(): ActorInput | undefined {
    const c = this.#c
    return c && (this.#actor?.(c) ?? actorFrom(identityIn(c)))
  }
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
  let first: HonoRoute | undefined
  for (let at = c.req.routeIndex; at < matched.length; at++) {
    const route = matched[at]
    if (route === undefined) continue
    if (route.method !== 'ALL') return route.path
    if (first === undefined && !isMiddleware(route)) first = route
  }
  return first?.path
}

/** Asked of the request itself, which its own copy of Hono has made; the helper knows only those of the copy it is from. */
function handlersOf(c: Context): readonly HonoRoute[] {
  const own: unknown = Reflect.get(c.req, 'matchedRoutes')
  return Array.isArray(own) ? own : matchedRoutes(c)
}
