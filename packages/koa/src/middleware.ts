/** The one line: `app.use(auditMiddleware())`. */
import type { Audit, AuditOptions } from '@trailmark/core'
import {
  auditFrom,
  checkAdapterOptions,
  type Exchange,
  exchangeOf,
  findDebugBlock,
  lookAtDebugRoutes,
  markMount,
  tellOrder,
} from '@trailmark/core/http'
import type { Context, Middleware, Next } from 'koa'
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
  function trailmarkAudit(ctx: Context, next: Next): Promise<unknown> {
    if (exchangeOf(ctx.req) !== undefined) {
      tellOrder(audit, 'twice')
      return next()
    }
    if (!looked) {
      looked = true
      watchRoutes(audit, ctx.app)
      tellWhatCameBefore(audit, ctx)
      lookAtDebugRoutes(audit)
    }
    // Where the application is known it was asked before this, unless something rewrote the request on the way here.
    const asked = isTakenOver(ctx.app) && ctx.url === ctx.originalUrl
    const block = asked ? undefined : findDebugBlock(audit, ctx.req, ctx.originalUrl, ctx.url)
    takeOver(ctx.app, audit, actor)
    const exchange = followKoa(audit, ctx, actor)
    if (block !== undefined) {
      exchange.blocked(block)
      // Nothing of the application runs, and Koa answers its own 404.
      return answeredInside(exchange, Promise.resolve())
    }
    const durable = exchange.begin()
    const answered = (): Promise<unknown> => exchange.run(next).catch(rethrow)
    if (durable === undefined) return answeredInside(exchange, answered())
    // Where it says false the request has its answer, and Koa finds nothing left to write.
    return answeredInside(
      exchange,
      durable.then((goOn) => (goOn ? answered() : undefined)),
    )
  }

  return markMount(trailmarkAudit, {
    audit,
    watch: (app) => {
      if (isApplication(app)) watchRoutes(audit, app)
    },
  })
}

/**
 * Koa writes the answer in a `then` of the first middleware's promise, which it calls outside of every request: streams it
 * sends would be read there. So that one `then` is called inside. Everything else awaits this promise as any other.
 */
function answeredInside<T>(exchange: Exchange, answered: Promise<T>): Promise<T> {
  const { then } = answered
  Reflect.defineProperty(answered, 'then', {
    value: (...given: unknown[]): unknown => exchange.run(() => Reflect.apply(then, answered, given)),
  })
  return answered
}

/** Koa takes a thrown null for no error at all and never answers. */
function rethrow(error: unknown): never {
  throw error ?? new Error('null or undefined was thrown')
}

/** Middleware has no names here that could be trusted; what was done to the first request shows. */
function tellWhatCameBefore(audit: Audit, ctx: Context): void {
  if (Reflect.get(ctx.request, 'body') !== undefined) tellOrder(audit, 'body', 'ctx.request.body')
  if (ctx.state.user !== undefined) tellOrder(audit, 'identity', 'ctx.state.user')
}
