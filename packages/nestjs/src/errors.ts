/**
 * Errors that no filter of the application answers.
 *
 * A filter of ours stands last, where Nest's own default would answer and log: unknown errors with their stack on stderr, those
 * with a status with their message. An `HttpException` is an answer the application wrote, and stays as it is; but one that
 * says 5xx, or that Nest has made of somebody else's error, has words in it that nobody wrote for the client.
 */
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, type HttpServer } from '@nestjs/common'
import { BaseExceptionFilter } from '@nestjs/core'
import { type Exchange, problemFor } from '@trailmark/core/http'
import { wrapOnce } from '@trailmark/core/integration'
import { exchangeIn, rawOf } from './http-request.ts'

/** What the framework below handed to Nest, by request: Nest makes an exception of it, and quotes it there. */
const handedOver = new WeakMap<object, { readonly error: unknown }>()

/** From now on it is known which exceptions Nest makes of errors of others: of body parsers, and of Fastify itself. */
export function watchHandedOver(adapter: HttpServer): void {
  wrapOnce('AuditModule', adapter, 'setErrorHandler', (inner) => {
    return function setErrorHandler(this: unknown, ...given: readonly unknown[]) {
      const [handler, ...others] = given
      if (typeof handler !== 'function') return Reflect.apply(inner, this, given)
      // Four parameters: Express tells by them that it is for errors.
      const watched = (error: unknown, request: object, response: unknown, next: unknown): unknown => {
        handedOver.set(rawOf(request), { error })
        return Reflect.apply(handler, undefined, [error, request, response, next])
      }
      return Reflect.apply(inner, this, [watched, ...others])
    }
  })
}

/** Tells the exchange of an error, unless it is an answer that the application gave by throwing it. */
export function tellError(exchange: Exchange, thrown: unknown): void {
  if (!isAnswer(thrown)) exchange.fail(thrown)
}

/** The status of an exception of Nest's, undefined for any other error. Never throws. */
export function statusOf(thrown: unknown): number | undefined {
  try {
    return thrown instanceof HttpException ? thrown.getStatus() : undefined
  } catch {
    return undefined // A proxy, or a subclass that throws.
  }
}

export function lastFilter(adapter: HttpServer): ExceptionFilter {
  return new LastFilter(adapter)
}

class LastFilter extends BaseExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): void {
    const exchange = exchangeIn({ getType: () => host.getType(), switchToHttp: () => host.switchToHttp() })
    if (exchange === undefined) {
      if (host.getType() === 'http') super.catch(exception, host)
      return
    }
    const request: object = rawOf(host.switchToHttp().getRequest())
    const from = handedOver.get(request)
    if (isAnswer(exception) && (from === undefined || from.error === exception)) {
      super.catch(exception, host)
      return
    }
    exchange.fail(exception)
    answer(exchange, exception, host.switchToHttp().getResponse())
  }
}
Catch()(LastFilter)

function isAnswer(thrown: unknown): boolean {
  const status = statusOf(thrown)
  if (status === undefined || !(thrown instanceof HttpException)) return false
  return status < 500 || isWritten(thrown.getResponse())
}

/** A body of the application's own making, as health checks answer 503 with; not what Nest makes of a message. */
function isWritten(body: unknown): boolean {
  return typeof body === 'object' && body !== null && !('statusCode' in body)
}

/** Fastify's reply runs the hooks that shape an answer; everything else is answered on Node's response. */
function answer(exchange: Exchange, error: unknown, response: unknown): void {
  if (!isReply(response) || response.sent || response.raw.headersSent) {
    exchange.answerError(error)
    return
  }
  const { status, headers, body } = problemFor(error, exchange.context.requestId, response.statusCode)
  for (const name of ofTheBody) response.removeHeader(name)
  response.code(status).headers(headers).send(Buffer.from(body))
}

/** Headers that describe a body which is not going to be sent. */
const ofTheBody = [
  'content-encoding',
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

interface Reply {
  readonly sent: boolean
  readonly statusCode: number
  readonly raw: { readonly headersSent: boolean }
  removeHeader(name: string): unknown
  code(status: number): Reply
  headers(values: Readonly<Record<string, string>>): Reply
  send(body: Buffer): unknown
}

function isReply(response: unknown): response is Reply {
  if (typeof response !== 'object' || response === null || !('raw' in response)) return false
  return typeof response.raw === 'object' && 'code' in response && typeof response.code === 'function'
}
