/**
 * Where errors go in a Koa application that is audited: told to the exchange and to the application's own listeners, and
 * answered without a word of the error itself.
 *
 * Koa looks `ctx.onerror` up each time something fails (a throw, a failing stream, a broken socket), so an own property on
 * the context sees them all, those of middleware mounted before us included.
 */
import { EventEmitter } from 'node:events'
import type { Exchange } from '@trailmark/core/http'
import type { Context } from 'koa'

/** From now on every error of this request passes `exchange`, and is answered there unless the application answers itself. */
export function takeErrors(ctx: Context, exchange: Exchange): void {
  const own = ctx.onerror
  // The application is taken over: what stands on its context finds the exchange by the request.
  if (ours.has(own)) return
  const answersItself = own !== Reflect.get(Object.getPrototypeOf(ctx.app.context), 'onerror')
  ctx.onerror = (error: Error | null | undefined) => {
    // Koa also calls it, without an error, at the end of every good response.
    if (error === null || error === undefined) return
    answerError(ctx, exchange, error, answersItself ? own : undefined)
  }
}

/** Tells the exchange and the application's listeners, and answers; `own` is the application's, which answers instead. */
export function answerError(ctx: Context, exchange: Exchange, error: Error, own?: Context['onerror']): void {
  exchange.fail(error)
  exchange.run(() => {
    if (own !== undefined) return own.call(ctx, error)
    try {
      tellListeners(ctx, error)
    } finally {
      if (ctx.headerSent) exchange.answerError(error)
      else if (ctx.writable) {
        // Koa begins every answer at 404, and takes an error's status from the error alone.
        ctx.res.statusCode = 500
        exchange.answerError(error)
      }
      // Else the client is gone, which Koa tells as an error, too.
    }
  })
}

const ours = new WeakSet<object>()

/** Says that this `onerror` of an application's context was put there by us, and that nobody answers by it. */
export function markOurs(onerror: object): void {
  ours.add(onerror)
}

/**
 * Emits `error` on the application as Koa does, except to Koa's default listener: that one prints message and stack, which
 * quote input, to stderr.
 */
export function tellListeners(ctx: Context, thrown: unknown): void {
  const printer = defaultListener(ctx.app)
  const listeners = ctx.app.rawListeners('error').filter((listener) => listener !== printer)
  if (listeners.length === 0) return
  const error = asError(thrown)
  for (const listener of listeners) Reflect.apply(listener, ctx.app, [error, ctx])
}

/** `onerror` of Koa's Application itself, not of a class that extends it. */
function defaultListener(app: object): unknown {
  for (let proto = Reflect.getPrototypeOf(app); proto !== null; proto = Reflect.getPrototypeOf(proto)) {
    if (Reflect.getPrototypeOf(proto) === EventEmitter.prototype) return Reflect.get(proto, 'onerror')
  }
  return undefined
}

/** Listeners are promised an Error. What was thrown instead is its cause, unread: it may be a proxy or throw when read. */
function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown
  } catch {
    // A revoked proxy.
  }
  return new Error('A value that is not an Error was thrown', { cause: thrown })
}
