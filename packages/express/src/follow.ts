/** What only Express knows of a request: which template its route was mounted with, and where its user is kept. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ActorInput, type Audit, defaultAudit } from '@trailmark/core'
import { actorFrom, type Exchange, type FrameworkView, followRequest, tellOrder } from '@trailmark/core/http'
import { markOf } from './mark.ts'
import { routeTemplate } from './route-template.ts'
import { type Application, applicationOf, matchedRoute } from './stack.ts'

/** `app` is remembered now: after an error Express has taken a sub-application's name back from the request. */
export function followExpress(
  audit: Audit,
  req: IncomingMessage,
  res: ServerResponse,
  app: Application | undefined = applicationOf(req),
): Exchange {
  return followRequest(audit, req, res, new ExpressView(req, app))
}

class ExpressView implements FrameworkView {
  readonly #req: IncomingMessage & { readonly body?: unknown }
  readonly #app: Application | undefined

  constructor(req: IncomingMessage, app: Application | undefined) {
    this.#req = req
    this.#app = app
  }

  route(): string | undefined {
    return routeTemplate(this.#req, this.#app)
  }

  actor(): ActorInput | undefined {
    return actorFrom(this.#req)
  }

  body(): unknown {
    return this.#req.body
  }

  permission(): string | undefined {
    return permissionOf(this.#req)
  }
}

/** What the route that matched says it needs, wherever in it the declaration stands. */
function permissionOf(req: IncomingMessage): string | undefined {
  for (const { method, handle } of matchedRoute(req)?.stack ?? []) {
    const permission = markOf(handle)?.permission
    if (permission !== undefined && (method === undefined || method === req.method?.toLowerCase())) return permission
  }
  return undefined
}

const unmounted = new WeakSet<IncomingMessage>()

/** A declared route without the audit in front of it: what was declared must not be lost for that. */
export function followUnmounted(req: IncomingMessage, res: ServerResponse): Exchange {
  const audit = defaultAudit()
  tellOrder(audit, 'missing')
  unmounted.add(req)
  return followExpress(audit, req, res)
}

/** True where a declared route came before the audit, which has been told; the audit is not mounted twice then. */
export function wasUnmounted(req: IncomingMessage): boolean {
  return unmounted.has(req)
}
