/**
 * What happens to errors inside Express's layers, on the way to whoever handles them.
 *
 * Every version: an error that passes a layer is noted with its exchange, so that the record knows what broke although the
 * application's own handler answers it. Express 4: a handler's rejected promise becomes the request's error, as in Express
 * 5; without that it reaches nobody and ends the process.
 *
 * The layers' prototype is taken from a live application: no module is patched or loaded, and other copies of Express stay
 * as they are. Works beside libraries that replace `handle` of single layers, because ours calls whatever stands there.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { exchangeOf } from '@trailmark/core/http'
import { type Application, type Layer, type Next, routerOf } from './stack.ts'

const improved = Symbol.for('@trailmark/express/layers/1')

/** Once per copy of Express. Does nothing for an application without any layer. */
export function improveLayers(app: Application): void {
  const layer = routerOf(app)?.stack[0]
  const prototype: unknown = layer === undefined ? undefined : Reflect.getPrototypeOf(layer)
  if (typeof prototype !== 'object' || prototype === null || improved in prototype) return
  Object.defineProperty(prototype, improved, { value: true })
  if (isExpress5(prototype)) noteErrors(prototype)
  else if (isExpress4(prototype)) forwardRejections(prototype)
}

type HandleError = (this: Layer, error: unknown, req: IncomingMessage, res: ServerResponse, next: Next) => unknown

interface Express5Layers {
  handleError: HandleError
}

interface Express4Layers {
  handle_request(this: Layer, req: IncomingMessage, res: ServerResponse, next: Next): void
  handle_error: HandleError
}

function isExpress5(prototype: object): prototype is Express5Layers {
  return 'handleError' in prototype && typeof prototype.handleError === 'function'
}

function isExpress4(prototype: object): prototype is Express4Layers {
  return 'handle_request' in prototype && 'handle_error' in prototype
}

function noteErrors(prototype: Express5Layers): void {
  const { handleError } = prototype
  prototype.handleError = function handleNotedError(error, req, res, next) {
    exchangeOf(req)?.fail(error)
    return handleError.call(this, error, req, res, next)
  }
}

type Handler = (...given: unknown[]) => unknown

function forwardRejections(prototype: Express4Layers): void {
  prototype.handle_request = function handleRequest(req, res, next) {
    const { handle } = this
    // Four parameters make an error handler, which a request without an error passes by.
    if (!isHandler(handle) || handle.length > 3) return next()
    try {
      forward(handle(req, res, next), next)
    } catch (error) {
      next(error)
    }
  }
  prototype.handle_error = function handleError(error, req, res, next) {
    exchangeOf(req)?.fail(error)
    const { handle } = this
    if (!isHandler(handle) || handle.length !== 4) return next(error)
    try {
      forward(handle(error, req, res, next), next)
    } catch (thrown) {
      next(thrown)
    }
  }
}

function isHandler(handle: unknown): handle is Handler {
  return typeof handle === 'function'
}

/** As Express 5 does: a rejection without a reason is an error all the same. */
function forward(result: unknown, next: Next): void {
  if (isPromise(result)) result.then(undefined, (error: unknown) => next(error || new Error('Rejected promise')))
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
