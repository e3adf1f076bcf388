/** The one line: `app.use(auditMiddleware(app))`. */
import type { Audit, AuditOptions } from '@trailmark/core'
import {
  auditFrom,
  checkAdapterOptions,
  type DebugBlock,
  type Exchange,
  exchangeOf,
  findDebugBlock,
  lookAtDebugRoutes,
  markMount,
  tellOrder,
} from '@trailmark/core/http'
import type { Context, MiddlewareHandler, Next } from 'hono'
import { checkApplication, type HonoApplication, isApplication } from './application.ts'
import { readInside } from './body.ts'
import { problemResponse, takeErrors } from './errors.ts'
import { type AskActor, followHono } from './follow.ts'
import { takeOver, wasJudged } from './keep-out.ts'
import { watchRoutes } from './mounted-routes.ts'
import { alreadySent, isHandshake, type NodeExchange, readNodeExchange } from './node-request.ts'

/** Either an audit that exists, or the options of `createAudit()` for one of its own. */
export type HonoOptions = (
  | { readonly audit: Audit }
  | (Omit<AuditOptions, 'actor'> & { readonly audit?: undefined })
) & {
  /** Who acts, when it is neither of `c.get('user')`, `'auth'`, `'jwtPayload'`, `'session'`. Asked late; may throw without harm. */
  readonly actor?: AskActor
}

/**
 * Follows every request: its ids on every line, exactly one terminal line, the records it owes, and answers without
 * internals when something throws. Mount it first, on the application that is served; a second mount passes requests through.
 *
 * `app` is that application: Hono tells a middleware nothing of it, and its routes, its `onError` and its `fetch` are needed.
 * Without options all calls share `defaultAudit()`; with options it creates an audit, or takes `{ audit }` as it is. An
 * `onError` of your own answers as before; without one, errors keep their status and get a problem document (RFC 9457) with the
 * request id instead of Hono's text. An unmatched request gets your `notFound`, or Hono's own 404.
 *
 * Throws an `AuditError` that names the option if one is wrong. On a runtime other than `@hono/node-server` the first request
 * fails with `AUDIT_OPTION_INVALID`.
 *
 * ```ts
 * const app = new Hono()
 * app.use(auditMiddleware(app))
 * serve({ fetch: app.fetch })
 * ```
 */
export function auditMiddleware(app: HonoApplication, options?: HonoOptions): MiddlewareHandler {
  checkApplication('auditMiddleware', app)
  checkAdapterOptions(options)
  const { actor, ...others } = options ?? {}
  const audit = auditFrom(others)
  takeErrors(app, () => audit, actor)
  takeOver(app, () => audit, actor)
  watchRoutes(audit, app)
  let looked = false

  function trailmarkAudit(c: Context, next: Next): Promise<Response | undefined> {
    if (isHandshake(c.env) && !Reflect.get(c.env, 'outgoing')) return passOn(next)
    const node = readNodeExchange(c.env)
    if (exchangeOf(node.req) !== undefined) {
      tellOrder(audit, 'twice')
      return passOn(next)
    }
    if (!looked) {
      looked = true
      tellWhatCameBefore(audit, c, node)
      lookAtDebugRoutes(audit)
    }
    const block = blockOf(audit, c, node)
    const exchange = followHono(audit, node, c, actor)
    if (block !== undefined) {
      exchange.blocked(block)
      // Nothing of the application runs, and Hono answers its own 404.
      return exchange.run(() => Promise.resolve(c.notFound()))
    }
    const goOn = (): Promise<Response | undefined> => exchange.run(() => answered(c, next, exchange, node))
    const durable = exchange.begin()
    // Where it says false the request has its answer, and node-server has nothing left to write.
    return durable === undefined ? goOn() : durable.then((go) => (go ? goOn() : alreadySent()))
  }

  return markMount(trailmarkAudit, {
    audit,
    watch: (other) => {
      if (other !== app && isApplication(other)) watchRoutes(audit, other)
    },
  })
}

async function passOn(next: Next): Promise<undefined> {
  await next()
}

async function answered(c: Context, next: Next, exchange: Exchange, node: NodeExchange): Promise<Response | undefined> {
  try {
    await next()
  } catch (thrown) {
    // An error goes on to `onError`. Hono takes nothing else for one, so nobody else would answer it.
    if (isError(thrown)) throw thrown
    exchange.fail(thrown)
    return problemResponse(c, thrown, exchange)
  }
  // What an application mounted in this one has answered itself.
  if (c.error !== undefined) exchange.fail(c.error)
  readInside(c, exchange, node)
  return undefined
}

function isError(thrown: unknown): boolean {
  try {
    return thrown instanceof Error
  } catch {
    return false // A revoked proxy.
  }
}

/** Where the application is known it was asked before this, unless a `getPath` of the application's own routes by something else. */
function blockOf(audit: Audit, c: Context, { req }: NodeExchange): DebugBlock | undefined {
  if (wasJudged(req) && req.url?.startsWith(c.req.path) === true) return undefined
  return findDebugBlock(audit, req, req.url, c.req.path)
}

/** Middleware has no names here that could be trusted; what was done to the first request shows. */
function tellWhatCameBefore(audit: Audit, c: Context, { req }: NodeExchange): void {
  if (req.readableDidRead || Object.keys(c.req.bodyCache).length > 0) tellOrder(audit, 'body', 'c.req')
  if (c.get('user') !== undefined) tellOrder(audit, 'identity', "c.get('user')")
}
