/**
 * `app.use(auditErrors())`: safe error answers as ordinary responses, from inside the application's own stack.
 */
import { exchangeOf, problemFor } from '@trailmark/core/http'
import type { Middleware } from 'koa'
import { tellListeners } from './errors.ts'

/**
 * Answers errors thrown further down with a problem document (RFC 9457) that middleware mounted before it (compression,
 * CORS) still sees and shapes. `auditMiddleware()` alone already covers everything that throws; mount this where the answer
 * must pass through such middleware. Listeners of `app.on('error')` are told as Koa would.
 *
 * ```ts
 * app.use(auditMiddleware())
 * app.use(cors())
 * app.use(auditErrors())
 * ```
 */
export function auditErrors(): Middleware {
  return async function trailmarkErrors(ctx, next) {
    try {
      await next()
    } catch (error) {
      const exchange = exchangeOf(ctx.req)
      // Without an exchange there is no id to answer with, and once headers are out only cutting the connection is honest:
      // both are the business of ctx.onerror.
      if (exchange === undefined || ctx.headerSent || !ctx.writable) throw error
      exchange.fail(error)
      const { status, headers, body } = problemFor(error, exchange.context.requestId)
      ctx.status = status
      ctx.body = body
      ctx.set(headers)
      tellListeners(ctx, error)
    }
  }
}
