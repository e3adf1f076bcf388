/** The one line: `app.use(auditMiddleware())`. */
import type { Audit, AuditOptions } from '@trailmark/core'
import {
  auditFrom,
  checkAdapterOptions,
  exchangeOf,
  findDebugBlock,
  lookAtDebugRoutes,
  markMount,
  tellOrder,
} from '@trailmark/core/http'
import type { Context, Middleware, Next } from 'koa'
import { answeredInside } from './answer-inside.ts'
import { type AskActor, followKoa } from './follow.ts'
import { isApplication, watchRoutes } from './mounted-routes.ts'
import { isTakenOver, takeOver } from './take-over.ts'

/** Either an audit that exists, or the options of `createAudit()` for one of its own. */
export type KoaOptions = (
  | { readonly audit: Audit }
  | (Omit<AuditOptions, 'actor'> & { readonly audit?: undefined })
) & {
  /** Who acts, when it is neither `ctx.state.user`, `ctx.state.auth` nor `ctx.session`. Asked late; may throw without harm. */
  readonly actor?: AskActor
}

/**
 * Follows every request: its ids on every line, exactly one terminal line, the records it owes, and answers without
 * internals when something throws. Mount it first; a second mount passes requests through.
 *
 * Without options all calls share `defaultAudit()`; with options it creates an audit, or takes `{ audit }` as it is.
 * Errors keep their status and get a problem document (RFC 9457) with the request id instead of Koa's text. Listeners of
 * `app.on('error')` and an `onerror` of your own on `app.context` work as before, inside the request's context; Koa's
 * default listener, which prints the raw error to stderr, is left out. An unmatched request gets Koa's own 404.
 *
 * Throws an `AuditError` that names the option if one is wrong.
 *
 * ```ts
 * const app = new Koa()
 * app.use(auditMiddleware())
 * ```
 */
export function auditMiddleware(options?: KoaOptions): Middleware {
  checkAdapterOptions(options)
  const { actor, ...others } = options ?? {}
  const audit = auditFrom(others)
  let looked = false
  /** The application taken over that a request came through last: nearly always the only one. */
  let known: object | undefined
  function trailmarkAudit(ctx: Context, next: Next): Promise<unknown> {
    if (exchangeOf(ctx.req) !== undefined) {
      tellOrder(audit, 'twice')
      return next()
    }
    const { app } = ctx
    // A request that Koa was already running when the application became known.
    const early = app !== known && !isTakenOver(app)
    if (early) takeOver(app, audit, actor)
    else known = app
    if (!looked) {
      looked = true
      watchRoutes(audit, app)
      tellWhatCameBefore(audit, ctx)
      lookAtDebugRoutes(audit)
    }
    // Else it was asked before this, unless something rewrote the request on the way here.
    const asked = !early && ctx.req.url === ctx.originalUrl
    const block = asked ? undefined : findDebugBlock(audit, ctx.req, ctx.originalUrl, ctx.url)
    const exchange = followKoa(audit, ctx, actor)
    if (block !== undefined) {
      exchange.blocked(block)
      // Nothing of the application runs, and Koa answers its own 404.
      return Promise.resolve()
    }
    const durable = exchange.begin()
    // Where it says false the request has its answer, and Koa finds nothing left to write.
    const answered =
      durable === undefined ? exchange.run(next) : durable.then((goOn) => (goOn ? exchange.run(next) : undefined))
    return early ? answeredInside(exchange, answered) : answered
  }

  return markMount(trailmarkAudit, {
    audit,
    watch: (app) => {
      if (isApplication(app)) watchRoutes(audit, app)
    },
  })
}

/** Middleware has no names here that could be trusted; what was done to the first request shows. */
function tellWhatCameBefore(audit: Audit, ctx: Context): void {
  if (Reflect.get(ctx.request, 'body') !== undefined) tellOrder(audit, 'body', 'ctx.request.body')
  if (ctx.state.user !== undefined) tellOrder(audit, 'identity', 'ctx.state.user')
}
