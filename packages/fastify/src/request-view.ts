/**
 * What Fastify knows of a request: nothing, until it has found a route; then its own request, which is asked at the end.
 *
 * It stands on Node's request itself. A WeakMap would hold every request, with all that it reaches, until the next full
 * collection: a scavenge takes the values of a table that has grown old for alive, whatever has become of their keys.
 */
import type { ActorInput } from '@trailmark/core'
import { actorFrom, type FrameworkView, type RawRequest } from '@trailmark/core/http'
import type { FastifyRequest } from 'fastify'
import { permissionOf } from './declaration.ts'

/** Who acts, as the application knows it. */
export type AskActor = (request: FastifyRequest) => ActorInput | undefined

const VIEW = Symbol('@trailmark/fastify/view')

export class FastifyRequestView implements FrameworkView {
  /** The target the debug guard has let through; somebody may rewrite it afterwards. */
  readonly judged: string | undefined
  request: FastifyRequest | undefined = undefined
  #route: string | undefined = undefined
  readonly #actor: AskActor | undefined

  constructor(judged: string | undefined, actor: AskActor | undefined) {
    this.judged = judged
    this.#actor = actor
  }

  /** Fastify has found the route. It is read now: `reply.callNotFound()` takes it away. */
  meet(request: FastifyRequest): void {
    this.request = request
    this.#route = request.routeOptions.url // Undefined when nothing matched.
  }

  route(): string | undefined {
    return this.#route
  }

  body(): unknown {
    return this.request?.body
  }

  actor(): ActorInput | undefined {
    const { request } = this
    return request && (this.#actor?.(request) ?? actorOf(request))
  }

  permission(): string | undefined {
    return this.request && permissionOf(this.request.routeOptions.config)
  }
}

/** From now on `viewOf(req)` finds it. Returns the same one. */
export function rememberRequest(req: RawRequest & Seen, view: FastifyRequestView): FastifyRequestView {
  req[VIEW] = view
  return view
}

/** Undefined for a request that something else than this plugin follows. */
export function viewOf(req: RawRequest & Seen): FastifyRequestView | undefined {
  return req[VIEW]
}

interface Seen {
  [VIEW]?: FastifyRequestView
}

/** Fastify's request types know nothing of what authentication plugins decorate it with. */
function actorOf(request: FastifyRequest): ActorInput | undefined {
  return actorFrom({
    user: Reflect.get(request, 'user'),
    auth: Reflect.get(request, 'auth'),
    session: Reflect.get(request, 'session'),
  })
}
