/**
 * Where errors go in a Fastify application that is audited: Fastify's default answer, which quotes the error's message, is
 * replaced by a problem document; every handler of the application's own still wins, at every level.
 */
import { Readable } from 'node:stream'
import { exchangeOf, problemFor } from '@trailmark/core/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Headers that describe a body which is not going to be sent. */
const ofTheBody = [
  'content-encoding',
  'content-disposition',
  'content-language',
  'content-range',
  'etag',
  'last-modified',
  'expires',
]

/**
 * Puts safe handlers in the place of Fastify's default one.
 *
 * Handlers the application sets, before or after, on this instance or on a child, are asked first; one that sends the error
 * on (`reply.send(error)`) or throws hands it to the handler above it, and so in the end to these.
 */
export function replaceDefaultHandler(instance: FastifyInstance): void {
  // A handler set earlier stays. What it sends on goes to Fastify's default then, which `catchDefaultAnswers` replaces.
  if (instance.errorHandler.name !== 'defaultErrorHandler') return
  setQuietly(instance, lastResort)
  setQuietly(instance, safeErrorHandler)
}

/**
 * The application has not set a handler yet, and must not be warned (or refused, under `allowErrorHandlerOverride: false`)
 * when it does. Where a future Fastify keeps this mark differently, that warning is all that comes back.
 */
function setQuietly(instance: FastifyInstance, handler: typeof safeErrorHandler): void {
  instance.setErrorHandler(handler)
  const mark = Object.getOwnPropertySymbols(instance).find(
    (one) => one.description === 'fastify.errorHandlerAlreadySet',
  )
  if (mark !== undefined) Reflect.set(instance, mark, false)
}

/** Answers through the reply, so that the application's `onSend` hooks (CORS, compression) shape this answer too. */
function safeErrorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.send(problem(error, request, reply))
}

/** An `onSend` hook failed while the error was being answered: Fastify's own last answer would quote that second error. */
function lastResort(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  const exchange = exchangeOf(request.raw)
  if (exchange === undefined) reply.raw.destroy()
  else exchange.answerError(error)
}

const failed = new WeakMap<FastifyReply, { readonly error: unknown }>()

/**
 * Tells the exchange of every error, and replaces the answers that Fastify serialises on its own: those of routes registered
 * before the plugin, and of handlers set before it that send on the error itself.
 */
export function catchDefaultAnswers(instance: FastifyInstance): void {
  // Runs once for each reply that fails, before any handler.
  instance.addHook('onError', (request, reply, error, done) => {
    exchangeOf(request.raw)?.fail(error)
    failed.set(reply, { error })
    done()
  })
  instance.addHook('onSend', (request, reply, payload, done) => {
    // Once it is being sent, Fastify destroys the response without a word of why.
    if (payload instanceof Readable) payload.once('error', (error) => exchangeOf(request.raw)?.fail(error))
    const failure = failed.get(reply)
    done(null, failure !== undefined && isDefaultAnswer(reply) ? problem(failure.error, request, reply) : payload)
  })
}

/** Whether every handler has passed the error on: Fastify then marks the reply, and what it sends quotes the error. */
function isDefaultAnswer(reply: FastifyReply): boolean {
  const mark = Object.getOwnPropertySymbols(reply).find((one) => one.description === 'fastify.reply.nextErrorHandler')
  return mark !== undefined && Reflect.get(reply, mark) === false
}

/** The body to send; status and headers are set on `reply`. Sent as bytes, so that no serialiser of the route touches it. */
function problem(error: unknown, request: FastifyRequest, reply: FastifyReply): Buffer {
  const { status, headers, body } = problemFor(
    error,
    exchangeOf(request.raw)?.context.requestId ?? '',
    reply.statusCode,
  )
  for (const name of ofTheBody) reply.removeHeader(name)
  reply.code(status).headers(headers)
  return Buffer.from(body)
}
