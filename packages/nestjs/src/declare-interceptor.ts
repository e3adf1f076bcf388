/**
 * Reads what the decorators said of a handler and declares it, for each request; and sees how the handler ended.
 *
 * It is the outermost interceptor: guards have let the request in and the actor is known, but no pipe, no cache and no handler
 * of the application has run. What one of those throws is told to the exchange, whoever answers it.
 */
import { type NestInterceptor, StreamableFile } from '@nestjs/common'
import { bindStatement, type Exchange, type Statement } from '@trailmark/core/http'
import { NEVER, type Observable, tap } from 'rxjs'
import { type Asked, type Handler, markOf } from './audited.ts'
import { tellError } from './errors.ts'
import { exchangeIn } from './http-request.ts'

export const declareInterceptor: NestInterceptor = {
  intercept(context, next) {
    const exchange = exchangeIn(context)
    if (exchange === undefined) return next.handle()
    const http = context.switchToHttp()
    const durable = declareFor(
      exchange,
      context.getHandler(),
      context.getClass(),
      http.getRequest(),
      http.getResponse(),
    )
    if (durable === undefined) return tapped(exchange, next.handle())
    return durable.then((goOn) => (goOn ? tapped(exchange, next.handle()) : refuse(http.getResponse())))
  },
}

/** A promise where the handler has to wait: whether it may run. */
export function declareFor(
  exchange: Exchange,
  handler: Handler,
  controller: Handler,
  request: unknown,
  response: unknown,
): Promise<boolean> | undefined {
  const statement = statementOf(handler, controller)
  if (statement === undefined) return undefined
  return exchange.declare(bindStatement(statement, request, response))
}

/** By controller, since a handler may be inherited by several, and then by handler. */
const statements = new WeakMap<Handler, WeakMap<Handler, Statement<Asked> | 'none'>>()

/** What the decorators said does not change, and to read it costs more than the rest of this file. */
function statementOf(handler: Handler, controller: Handler): Statement<Asked> | undefined {
  let known = statements.get(controller)
  if (known === undefined) {
    known = new WeakMap()
    statements.set(controller, known)
  }
  let found = known.get(handler)
  if (found === undefined) {
    const mark = markOf(handler, controller)
    found = mark === undefined || 'reason' in mark ? 'none' : mark.statement
    known.set(handler, found)
  }
  return found === 'none' ? undefined : found
}

/** One operator does for all: each more is six calls for every answer. */
export function tapped(exchange: Exchange, values: Observable<unknown>): Observable<unknown> {
  return values.pipe(
    tap({
      next: (value: unknown) => {
        if (value instanceof StreamableFile) watchFile(exchange, value)
      },
      error: (error: unknown) => tellError(exchange, error),
    }),
  )
}

/** The request has its answer, and Nest must not write another: nothing is ever emitted, and nobody holds on to it. */
export function refuse(reply: unknown): Observable<never> {
  const hijack: unknown = typeof reply === 'object' && reply !== null ? Reflect.get(reply, 'hijack') : undefined
  if (typeof hijack === 'function') Reflect.apply(hijack, reply, [])
  return NEVER
}

/** What a file has that nobody gave handlers to: each has its own, of the same text. */
const plain = new StreamableFile(new Uint8Array())
const nestsHandler = String(plain.errorHandler)
const nestsLogger = String(plain.errorLogger)

/**
 * A file that fails while it is sent. Nest prints the error with its stack, and answers 400 where nothing was sent yet;
 * handlers of the application's own stay.
 */
export function watchFile(exchange: Exchange, file: StreamableFile): void {
  if (String(file.errorLogger) === nestsLogger) file.setErrorLogger((error) => exchange.fail(error))
  if (String(file.errorHandler) === nestsHandler) {
    file.setErrorHandler((error) => {
      file.errorLogger(error)
      exchange.answerError(error)
    })
  }
}
