/**
 * Gives Express 4 what Express 5 has: a handler's rejected promise becomes the request's error.
 *
 * Without it the rejection reaches nobody and ends the process, and no audit can say whose request it was. The layers'
 * prototype is taken from a live application, so no module is patched or loaded, and other copies of Express stay as they
 * are. Works beside libraries that replace `handle` of single layers, because ours calls whatever stands there.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Application, type Layer, type Next, routerOf } from './stack.ts'

const forwarding = Symbol.for('@trailmark/express/rejections/1')

/** Does nothing on Express 5, which forwards by itself, and on an Express 4 application without a router. */
export function forwardRejections(app: Application): void {
  const layer = routerOf(app)?.stack[0]
  if (layer === undefined) return
  const prototype: unknown = Reflect.getPrototypeOf(layer)
  if (typeof prototype !== 'object' || prototype === null || !isExpress4(prototype) || forwarding in prototype) return
  Object.defineProperty(prototype, forwarding, { value: true })
  prototype.handle_request = function handleRequest(this: Layer, req, res, next) {
    const { handle } = this
    // Four parameters make an error handler, which a request without an error passes by.
    if (typeof handle !== 'function' || handle.length > 3) next()
    else attempt(() => Reflect.apply(handle, undefined, [req, res, next]), next)
  }
  prototype.handle_error = function handleError(this: Layer, error, req, res, next) {
    const { handle } = this
    if (typeof handle !== 'function' || handle.length !== 4) next(error)
    else attempt(() => Reflect.apply(handle, undefined, [error, req, res, next]), next)
  }
}

interface Express4Layers {
  handle_request(this: Layer, req: IncomingMessage, res: ServerResponse, next: Next): void
  handle_error(this: Layer, error: unknown, req: IncomingMessage, res: ServerResponse, next: Next): void
}

function isExpress4(prototype: object): prototype is Express4Layers {
  return 'handle_request' in prototype && 'handle_error' in prototype
}

function attempt(work: () => unknown, next: Next): void {
  try {
    const result = work()
    // As Express 5 does: a rejection without a reason is an error all the same.
    if (result instanceof Promise) result.catch((error: unknown) => next(error || new Error('Rejected promise')))
  } catch (error) {
    next(error)
  }
}
