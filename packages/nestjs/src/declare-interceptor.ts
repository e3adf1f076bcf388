/**
 * Reads what the decorators said of a handler and declares it, for each request; and sees how the handler ended.
 *
 * It is the outermost interceptor: guards have let the request in and the actor is known, but no pipe, no cache and no handler
 * of the application has run. What one of those throws is told to the exchange, whoever answers it.
 */
import { type CallHandler, type ExecutionContext, type NestInterceptor, StreamableFile } from '@nestjs/common'
import { bindStatement, type Exchange } from '@trailmark/core/http'
import { NEVER, type Observable, tap } from 'rxjs'
import { markOf } from './audited.ts'
import { tellError } from './errors.ts'
import { exchangeIn } from './http-request.ts'

export const declareInterceptor: NestInterceptor = {
  intercept(context, next) {
    const exchange = exchangeIn(context)
    if (exchange === undefined) return next.handle()
    const mark = markOf(context.getHandler(), context.getClass())
    if (mark === undefined || 'reason' in mark) return handled(exchange, next)
    const http = context.switchToHttp()
    const durable = exchange.declare(bindStatement(mark.statement, http.getRequest(), http.getResponse()))
    if (durable === undefined) return handled(exchange, next)
    return durable.then((goOn) => (goOn ? handled(exchange, next) : refused(context)))
  },
}

/** One operator does for all: each more is six calls for every answer. */
function handled(exchange: Exchange, next: CallHandler): Observable<unknown> {
  return next.handle().pipe(
    tap({
      next: (value: unknown) => {
        if (value instanceof StreamableFile) watchFile(exchange, value)
      },
      error: (error: unknown) => tellError(exchange, error),
    }),
  )
}

/** The request has its answer, and Nest must not write another: nothing is ever emitted, and nobody holds on to it. */
function refused(context: ExecutionContext): Observable<never> {
  const reply: unknown = context.switchToHttp().getResponse()
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
function watchFile(exchange: Exchange, file: StreamableFile): void {
  if (String(file.errorLogger) === nestsLogger) file.setErrorLogger((error) => exchange.fail(error))
  if (String(file.errorHandler) === nestsHandler) {
    file.setErrorHandler((error) => {
      file.errorLogger(error)
      exchange.answerError(error)
    })
  }
}
