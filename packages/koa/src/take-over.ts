/**
 * What Koa does before the first middleware and after the last word of an error, for requests that did not reach the audit.
 *
 * Koa tells nobody that a middleware was mounted, so the application is known from the first request that reaches the audit.
 * From then on errors thrown in front of the audit are followed and answered like any other, and requests for debugging
 * endpoints run nothing of the application, whatever was mounted first.
 */
import type { Audit } from '@trailmark/core'
import { exchangeOf, findDebugBlock } from '@trailmark/core/http'
import type Koa from 'koa'
import type { Context } from 'koa'
import { markOurs } from './errors.ts'
import { type AskActor, followKoa } from './follow.ts'

const takenOver = new WeakSet<object>()

/** Whether `takeOver` was called for this application. */
export function isTakenOver(app: object): boolean {
  return takenOver.has(app)
}

/** From the next request on. Taking over twice changes nothing. */
export function takeOver(app: Koa, audit: Audit, actor?: AskActor): void {
  if (takenOver.has(app)) return
  takenOver.add(app)
  takeEarlyErrors(app, audit, actor)
  keepOut(app, audit, actor)
}

/** An `onerror` of the application's own on its context stays: it then answers for itself. */
function takeEarlyErrors(app: Koa, audit: Audit, actor?: AskActor): void {
  const native: unknown = Reflect.get(app.context, 'onerror')
  if (typeof native !== 'function' || Object.hasOwn(app.context, 'onerror')) return
  function early(this: Context, error: unknown): void {
    if (error === null || error === undefined) return
    // The context gets an `onerror` of its own with this, which goes first from then on.
    if (exchangeOf(this.req) === undefined) followKoa(audit, this, actor)
    const own: unknown = this.onerror === early ? native : this.onerror
    if (typeof own === 'function') Reflect.apply(own, this, [error])
  }
  markOurs(early)
  Object.defineProperty(app.context, 'onerror', { configurable: true, writable: true, value: early })
}

/** Koa looks `handleRequest` up for each request. With nothing to run it answers its own 404. */
function keepOut(app: Koa, audit: Audit, actor?: AskActor): void {
  const handleRequest: unknown = Reflect.get(app, 'handleRequest')
  if (typeof handleRequest !== 'function') return
  Object.defineProperty(app, 'handleRequest', {
    configurable: true,
    writable: true,
    value(this: Koa, ctx: Context, run: unknown): unknown {
      const block = findDebugBlock(audit, ctx.req, ctx.originalUrl)
      if (block === undefined) return Reflect.apply(handleRequest, this, [ctx, run])
      followKoa(audit, ctx, actor).blocked(block)
      return Reflect.apply(handleRequest, this, [ctx, () => Promise.resolve()])
    },
  })
}
