/**
 * Fastify, seen through `core/http`: where requests come in, what a route is called, where the actor is kept, and which hooks
 * would lose the request's context.
 */
import { type Audit, AuditError, type AuditOptions } from '@trailmark/core'
import {
  auditFrom,
  checkAdapterOptions,
  type Exchange,
  exchangeOf,
  findDebugBlock,
  followRequest,
  type RawRequest,
  type RawResponse,
  tellOrder,
} from '@trailmark/core/http'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type AnswerNotFound, answerNotFound, seeFirst, tellRegistered } from './debug-guard.ts'
import { declareRoutes } from './declaration.ts'
import { catchDefaultAnswers, replaceDefaultHandler } from './errors.ts'
import { guardLoggers } from './logger.ts'
import { type AskActor, FastifyRequestView, rememberRequest, viewOf } from './request-view.ts'

/** Either an audit that exists, or the options of `createAudit()` for one of its own. */
export type FastifyAuditOptions = (
  | { readonly audit: Audit }
  | (Omit<AuditOptions, 'actor'> & { readonly audit?: undefined })
) & {
  /** Who acts, when it is neither `request.user`, `request.auth` nor `request.session`. Asked late; may throw without harm. */
  readonly actor?: AskActor
  /**
   * How a request for a debugging endpoint is answered in production: as your application answers any unknown path, so that
   * nobody can tell the two apart. Called before Fastify, with Node's own request and response. Default: Fastify's 404.
   */
  readonly notFound?: AnswerNotFound
}

/**
 * Follows every request of the instance it is registered on and of all below: its ids on every line of `request.log`,
 * exactly one terminal line, the records it owes, and error answers without internals. Register it first, and await it.
 *
 * Routes declare what they touch in `config.audit`; those of class `block` run only once their attempt is durable.
 * `request.id` stays Fastify's own; `genReqId` makes it ours. Fastify's answer to unmatched requests stays as it is.
 *
 * Rejects with an `AuditError` (`AUDIT_OPTION_INVALID`, `AUDIT_DIR_UNUSABLE`) when an option cannot be used.
 *
 * ```ts
 * const app = fastify()
 * await app.register(auditPlugin)
 * app.get('/patients/:id', { config: { audit: { read: 'patient', id: (request) => request.params.id } } }, show)
 * ```
 */
export const auditPlugin: FastifyPluginAsync<FastifyAuditOptions> = Object.assign(register, {
  // As fastify-plugin does: hooks set here must reach the routes beside the plugin, not only those inside it.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@trailmark/fastify',
  [Symbol.for('plugin-meta')]: { name: '@trailmark/fastify', fastify: '5.x' },
})

async function register(instance: FastifyInstance, options: FastifyAuditOptions): Promise<void> {
  checkAdapterOptions(options)
  const { actor, notFound, ...others } = options
  if (notFound !== undefined && typeof notFound !== 'function')
    throw new AuditError('AUDIT_OPTION_INVALID', 'notFound: must be a function')
  const audit = auditFrom(others)
  const guardLogger = guardLoggers(instance, audit)
  followRequests(instance, audit, { actor, notFound: notFound ?? answerNotFound, guardLogger })
  keepContext(instance)
  declareRoutes(instance, audit)
  tellRegistered(instance, audit)
  replaceDefaultHandler(instance)
  catchDefaultAnswers(instance)
}

interface Following {
  readonly actor: FastifyAuditOptions['actor']
  readonly notFound: AnswerNotFound
  readonly guardLogger: (logger: object) => void
}

function followRequests(instance: FastifyInstance, audit: Audit, { actor, notFound, guardLogger }: Following): void {
  function open(req: RawRequest, res: RawResponse): Exchange {
    if (Reflect.get(res, 'isLightMyRequest') === true) markFinished(res)
    return followRequest(audit, req, res, rememberRequest(req, new FastifyRequestView(req.url, actor)))
  }

  // Before Fastify routes: a malformed URL, or a request that comes while the server closes, is answered without any hook.
  if (isRoot(instance)) seeFirst(instance.server, audit, open, notFound)
  // With a callback: the store of an async hook is gone by the time the body is parsed.
  instance.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    // Requests that were injected, or came in at a second address of the server, are met here first.
    const known = exchangeOf(raw)
    const exchange = known ?? open(raw, reply.raw)
    const view = viewOf(raw)
    const block = known !== undefined && view?.judged === raw.url ? undefined : findDebugBlock(audit, raw, raw.url)
    if (block !== undefined) {
      exchange.blocked(block)
      reply.hijack()
      return notFound(raw, reply.raw)
    }
    if (view === undefined || view.request !== undefined) {
      tellOrder(audit, 'twice')
      return done()
    }
    view.meet(request)
    // A logger that a factory of the application's made for this request.
    guardLogger(request.log)
    giveIds(exchange, request, reply)
    const durable = exchange.begin()
    if (durable === undefined) return exchange.run(done)
    void durable.then((goOn) => {
      if (goOn) exchange.run(done)
      // Refused, with an answer if the client is still there; if it is not, nothing else tells Fastify to stop.
      else reply.hijack()
    })
  })
}

/** An injected response is closed before its make-believe socket has taken the last byte, and would pass for aborted. */
function markFinished(res: RawResponse): void {
  res.once('finish', () => Object.defineProperty(res, 'writableFinished', { value: true }))
}

/** Not an encapsulated child: a plugin registered on one of those follows that child's routes alone. */
function isRoot(instance: FastifyInstance): boolean {
  return Object.getPrototypeOf(instance) === Object.prototype
}

/** Child bindings rather than a mixin: lines written after the context is gone (a late timer, a pool) carry the ids too. */
function giveIds({ context }: Exchange, request: FastifyRequest, reply: FastifyReply): void {
  request.log = request.log.child({
    request_id: context.requestId,
    trace_id: context.traceId,
    span_id: context.spanId,
    trace_flags: context.traceFlags.toString(16).padStart(2, '0'),
  })
  reply.log = request.log
}

/**
 * It is the socket that times out, outside of every request: hooks registered after this one run in the request's context
 * again. On HTTP/2 that socket is a proxy that may throw when Fastify touches it, so the hook is not offered there.
 */
function keepContext(instance: FastifyInstance): void {
  if (instance.initialConfig.http2 === true) return
  instance.addHook('onTimeout', (request, _reply, done) => {
    const exchange = exchangeOf(request.raw)
    if (exchange === undefined) done()
    else exchange.run(done)
  })
}
