/** What only Koa knows of a request: which template its router matched, where its user is kept, which path errors take. */
import type { ActorInput, Audit } from '@trailmark/core'
import { actorFrom, type Exchange, type FrameworkView, followRequest } from '@trailmark/core/http'
import type { Context } from 'koa'
import { takeErrors } from './errors.ts'
import { markOf } from './mark.ts'

/** Who acts, as the application knows it. */
export type AskActor = (ctx: Context) => ActorInput | undefined

export function followKoa(audit: Audit, ctx: Context, actor?: AskActor): Exchange {
  const exchange = followRequest(audit, ctx.req, ctx.res, new KoaView(ctx, actor))
  takeErrors(ctx, exchange)
  return exchange
}

class KoaView implements FrameworkView {
  readonly #ctx: Context
  readonly #actor: AskActor | undefined

  constructor(ctx: Context, actor: AskActor | undefined) {
    this.#ctx = ctx
    this.#actor = actor
  }

  route(): string | undefined {
    return matchedRoute(this.#ctx)
  }

  body(): unknown {
    return Reflect.get(this.#ctx.request, 'body')
  }

  permission(): string | undefined {
    return permissionOf(this.#ctx)
  }

  actor(): ActorInput | undefined {
    const ctx = this.#ctx
    return this.#actor?.(ctx) ?? actorFrom({ user: ctx.state.user, auth: ctx.state.auth, session: ctx.session })
  }
}

/** The template @koa/router leaves behind, prefixes included. Other routers tell nothing, so the route is unknown then. */
function matchedRoute(ctx: Context): string | undefined {
  const matched: unknown = ctx._matchedRoute
  return matched === undefined || matched === null ? undefined : String(matched)
}

/** What the route that matched says it needs, wherever in it the declaration stands. */
function permissionOf(ctx: Context): string | undefined {
  const layers: unknown = ctx.matched
  if (!Array.isArray(layers)) return undefined
  for (const { methods, stack } of layers.filter(isLayer)) {
    if (!methods.includes(ctx.method)) continue
    for (const middleware of stack) {
      const permission = markOf(middleware)?.permission
      if (permission !== undefined) return permission
    }
  }
  return undefined
}

function isLayer(value: unknown): value is { readonly methods: unknown[]; readonly stack: unknown[] } {
  if (typeof value !== 'object' || value === null || !('methods' in value) || !('stack' in value)) return false
  return Array.isArray(value.methods) && Array.isArray(value.stack)
}
