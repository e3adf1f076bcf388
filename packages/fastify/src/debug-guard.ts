/**
 * Debugging endpoints in production, as Fastify needs it: the server is asked before Fastify is, so that no hook and no route of
 * the application sees the request, whenever they were registered.
 */
import type { EventEmitter } from 'node:events'
import type { Audit } from '@trailmark/core'
import {
  coverageOf,
  type Exchange,
  exchangeOf,
  findDebugBlock,
  lookAtDebugRoutes,
  type RawRequest,
  type RawResponse,
} from '@trailmark/core/http'
import type { FastifyInstance } from 'fastify'

/** What Node calls with a request and a response. */
const asked: ReadonlySet<unknown> = new Set(['request', 'checkContinue', 'checkExpectation'])

/**
 * From now on every request is followed before Fastify is told of it, and `server` answers those for debugging endpoints
 * itself.
 */
export function seeFirst(
  server: EventEmitter,
  audit: Audit,
  open: (req: RawRequest, res: RawResponse) => Exchange,
  notFound: AnswerNotFound,
): void {
  const { emit } = server
  server.emit = function emitUnlessBlocked(event: string | symbol, ...given: unknown[]): boolean {
    if (asked.has(event)) {
      const [req, res] = given as [RawRequest, RawResponse]
      if (exchangeOf(req) === undefined) {
        const block = findDebugBlock(audit, req, req.url)
        if (block !== undefined) {
          open(req, res).blocked(block)
          notFound(req, res)
          return true
        }
      }
    }
    return Reflect.apply(emit, this, [event, ...given])
  }
  // As a listener: a tracer that replaced the prototype's `emit` begins its span there, and our ids are the span's.
  server.prependListener('request', (req: RawRequest, res: RawResponse) => {
    if (exchangeOf(req) === undefined) open(req, res)
  })
}

/** Answers 404 to a request that nothing of the application is to see. */
export type AnswerNotFound = (req: RawRequest, res: RawResponse) => void

/** Fastify's own answer to a path that it does not know. */
export function answerNotFound(req: RawRequest, res: RawResponse): void {
  const message = `Route ${req.method}:${req.url} not found`
  const body = JSON.stringify({ message, error: 'Not Found', statusCode: 404 })
  res.statusCode = 404
  res.setHeader('content-type', 'application/json; charset=utf-8')
  res.setHeader('content-length', String(Buffer.byteLength(body)))
  if (req.method === 'HEAD') res.end()
  else res.end(body)
  req.resume()
}

/** Tells under which prefixes plugins are registered, and once everything is: which routes nobody will reach. */
export function tellRegistered(instance: FastifyInstance, audit: Audit): void {
  const routes = coverageOf(audit)
  const tell = (prefix: string): void => {
    if (prefix !== '' && prefix !== '/') routes.under(prefix)
  }
  instance.addHook('onRoute', ({ prefix }) => tell(prefix))
  instance.addHook('onRegister', (child) => tell(child.prefix))
  instance.addHook('onReady', (done) => {
    lookAtDebugRoutes(audit)
    done()
  })
}
