/**
 * Where errors go in a Hono application that is audited: told to the exchange, then to the application's own `onError`; where
 * there is none, answered without a word of the error itself.
 *
 * Hono looks its error handler up for each request, in a property that `onError()` sets. The property stays what it was, with a
 * function of ours behind it.
 */
import type { Audit } from '@trailmark/core'
import { type Exchange, exchangeOf, problemFor } from '@trailmark/core/http'
import { type Context, type ErrorHandler, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { HonoApplication } from './application.ts'
import { type AskActor, followHono } from './follow.ts'
import { findNodeExchange } from './node-request.ts'

const property = 'errorHandler'
/** Headers that describe a body which is not going to be sent. */
const ofTheBody = [
  'content-encoding',
  'content-length',
  'content-type',
  'content-language',
  'content-disposition',
  'content-range',
  'content-location',
  'transfer-encoding',
  'etag',
  'last-modified',
  'expires',
  'accept-ranges',
]

/** From now on errors of this application pass the exchange, and those that no `onError` answers are answered safely. */
export function takeErrors(app: HonoApplication, audit: () => Audit, actor?: AskActor): void {
  const before: unknown = Reflect.get(app, property)
  const fallback = safeErrors(audit, actor)
  let used = isHandler(before) && !isHonosOwn(before) ? told(before, audit, actor) : fallback
  Object.defineProperty(app, property, {
    configurable: true,
    enumerable: true,
    get: () => used,
    set(handler: unknown) {
      used = isHandler(handler) ? told(handler, audit, actor) : fallback
    },
  })
}

/** Answers every error with a problem document, except one that brings a response of the application's own making. */
export function safeErrors(audit: () => Audit, actor?: AskActor): ErrorHandler {
  return (error, c) => {
    const exchange = exchangeFor(c, audit, actor)
    exchange?.fail(error)
    // On no request of Node's there is no audit, and what says so must not look like an answer.
    if (exchange === undefined) throw error
    return ownResponse(error) ?? problemResponse(c, error, exchange)
  }
}

/** The problem document as an answer of Hono's, so that middleware further out (CORS, compression) still shapes it. */
export function problemResponse(c: Context, error: unknown, exchange: Exchange): Response {
  const { status, headers, body } = problemFor(error, exchange.context.requestId)
  for (const name of ofTheBody) c.header(name, undefined)
  // A problem's status is an error's, and those all have a body.
  return c.body(body, status as ContentfulStatusCode, headers)
}

function told(handler: ErrorHandler, audit: () => Audit, actor?: AskActor): ErrorHandler {
  return (error, c) => {
    const exchange = exchangeFor(c, audit, actor)
    if (exchange === undefined) return handler(error, c)
    exchange.fail(error)
    return exchange.run(() => handler(error, c))
  }
}

/** Requests that failed before they reached the audit are followed from here on, so that they leave a line too. */
function exchangeFor(c: Context, audit: () => Audit, actor?: AskActor): Exchange | undefined {
  const node = findNodeExchange(c.env)
  return node && (exchangeOf(node.req) ?? followHono(audit(), node, c, actor))
}

/** A response that the application put into the exception. One made of the exception's message is none. */
function ownResponse(error: unknown): Response | undefined {
  try {
    // Asked by its shape: an application that require()s Hono has another copy of its classes.
    const { res, getResponse }: { res?: unknown; getResponse?: unknown } = Object(error)
    if (!(res instanceof Response) || typeof getResponse !== 'function') return undefined
    const response: unknown = Reflect.apply(getResponse, error, [])
    return response instanceof Response ? response : undefined
  } catch {
    return undefined // A proxy, or a getter that throws.
  }
}

function isHandler(value: unknown): value is ErrorHandler {
  return typeof value === 'function'
}

/** Hono's default prints the error to stderr, and answers with the message of some. */
function isHonosOwn(handler: ErrorHandler): boolean {
  return handler === Reflect.get(new Hono(), property) || handler.name === property
}
