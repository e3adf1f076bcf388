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
import { answerInside, type Run } from './answer-inside.ts'
import { answerError, markOurs } from './errors.ts'
import { type AskActor, followKoa } from './follow.ts'

const takenOver = new WeakSet<object>()

/** Whether requests that come to this application now are asked for before its first middleware, and answered inside. */
export function isTakenOver(app: object): boolean {
  return takenOver.has(app)
}

/** From the next request on. Taking over twice changes nothing. */
export function takeOver(app: Koa, audit: Audit, actor?: AskActor): void {
  if (takenOver.has(app)) return
  takeEarlyErrors(app, audit, actor)
  takeRequests(app, audit, actor)
}

/** An `onerror` of the application's own on its context stays: it then answers for itself. */
function takeEarlyErrors(app: Koa, audit: Audit, actor?: AskActor): void {
  const native: unknown = Reflect.get(app.context, 'onerror')
  if (typeof native !== 'function' || Object.hasOwn(app.context, 'onerror')) return
  function early(this: Context, error: Error | null | undefined): void {
    // Koa also calls it, without an error, at the end of every good response.
    if (error === null || error === undefined) return
    answerError(this, exchangeOf(this.req) ?? followKoa(audit, this, actor), error)
  }
  markOurs(early)
  Object.defineProperty(app.context, 'onerror', { configurable: true, writable: true, value: early })
}

/** Koa looks `handleRequest` up for each request. With nothing to run it answers its own 404. */
function takeRequests(app: Koa, audit: Audit, actor?: AskActor): void {
  const handleRequest: unknown = Reflect.get(app, 'handleRequest')
  if (typeof handleRequest !== 'function') return
  takenOver.add(app)
  // Koa composes its middleware once for each `callback()`.
  let last: { readonly run: unknown; readonly inside: unknown } | undefined
  Object.defineProperty(app, 'handleRequest', {
    configurable: true,
    writable: true,
    value(this: Koa, ctx: Context, run: unknown): unknown {
      const block = findDebugBlock(audit, ctx.req, ctx.originalUrl)
      if (block !== undefined) {
        followKoa(audit, ctx, actor).blocked(block)
        return Reflect.apply(handleRequest, this, [ctx, () => Promise.resolve()])
      }
      if (last?.run !== run) last = { run, inside: isRun(run) ? answerInside(run) : run }
      return Reflect.apply(handleRequest, this, [ctx, last?.inside])
    },
  })
}

function isRun(value: unknown): value is Run {
  return typeof value === 'function'
}
