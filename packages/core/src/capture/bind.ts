/**
 * Repairs for callbacks that come back in somebody else's context.
 *
 * A connection pool opened inside request A runs the callbacks of requests B, C and D with A's context, on every version of
 * Node and in every library measured. Whoever hands a callback to such a pool binds it first.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { currentContext, type RequestContext, runInContext } from '../context.ts'
import { AuditError } from '../errors.ts'

type Callable = (this: never, ...args: never[]) => unknown

/**
 * `fn`, but run in the context of the moment when it was bound: the request in progress, or none. `this`, arguments,
 * result and errors pass through. Other libraries' AsyncLocalStorages, such as a tracer's, are restored with it.
 *
 *     pool.query('select 1', bind((error, rows) => audit.record('data_access', …)))
 */
export function bind<F extends Callable>(fn: F): F {
  return AsyncLocalStorage.bind(fn)
}

const BOUND = Symbol('bound')

/**
 * From now on every listener added to `emitter` runs in the context it was added in. Listeners added outside any request,
 * and those added before this call, stay as they are. Returns the emitter; binding it twice does nothing more.
 *
 * For emitters that outlive a request: sockets of a pool, database clients, message consumers. `off(name, listener)` and
 * `listeners()` still know the listener that was added.
 */
export function bindEmitter<E extends EventEmitter>(emitter: E): E {
  if (Object.hasOwn(emitter, BOUND)) return emitter
  const { on, prependListener } = emitter
  own(emitter, BOUND, true)
  own(emitter, 'on', (name: Name, listener: Listener) => on.call(emitter, name, inContext(listener)))
  own(emitter, 'addListener', (name: Name, listener: Listener) => on.call(emitter, name, inContext(listener)))
  own(emitter, 'prependListener', (name: Name, listener: Listener) => {
    return prependListener.call(emitter, name, inContext(listener))
  })
  // Node's own once() calls on() with a wrapper that removes itself by identity, so wrapping that would leave it behind.
  own(emitter, 'once', (name: Name, listener: Listener) => on.call(emitter, name, onlyOnce(emitter, name, listener)))
  own(emitter, 'prependOnceListener', (name: Name, listener: Listener) => {
    return prependListener.call(emitter, name, onlyOnce(emitter, name, listener))
  })
  return emitter
}

type Name = string | symbol
type Listener = (...args: unknown[]) => void

/** Node finds a listener to remove by the wrapper or by the wrapper's `listener`. */
function inContext(listener: Listener): Listener {
  if (typeof listener !== 'function' || currentContext() === undefined) return listener
  return Object.assign(bind(listener), { listener: Reflect.get(listener, 'listener') ?? listener })
}

function onlyOnce(emitter: EventEmitter, name: Name, listener: Listener): Listener {
  if (typeof listener !== 'function') return listener
  const bound = currentContext() === undefined ? listener : bind(listener)
  function once(this: unknown, ...args: unknown[]): void {
    emitter.removeListener(name, once)
    bound.apply(this, args)
  }
  once.listener = listener
  return once
}

/**
 * Makes callbacks handed to `api` run in the context they were handed over in: every named method binds its last argument
 * when that is a function. Changes this one object, never a module or a prototype. Returns a function that undoes it.
 *
 * Throws AUDIT_OPTION_INVALID when `api` has no method of that name.
 *
 *     wrapCallbacks(redis, ['get', 'set'])
 */
export function wrapCallbacks(api: object, names: readonly string[]): () => void {
  const undo: (() => void)[] = []
  for (const name of names) {
    const method: unknown = Reflect.get(api, name)
    if (typeof method !== 'function') throw new AuditError('AUDIT_OPTION_INVALID', `wrapCallbacks: no method '${name}'`)
    const before = Object.getOwnPropertyDescriptor(api, name)
    own(api, name, function (this: unknown, ...args: unknown[]): unknown {
      const last = args.at(-1)
      if (typeof last === 'function') args[args.length - 1] = AsyncLocalStorage.bind(last as Callable)
      return Reflect.apply(method, this, args)
    })
    undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(api, name)
      else Object.defineProperty(api, name, before)
    })
  }
  return () => {
    for (const step of undo.reverse()) step()
  }
}

function own(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false })
}

/**
 * Makes everything that `req` and `res` emit run in `context`, whoever emits it and whenever a listener was added.
 *
 * Without this, 'close' and 'aborted' after the client left, and every 'close' on HTTP/2, come without a context. These two
 * emitters belong to one request alone, so unlike `bindEmitter` their context can be fixed at once.
 */
export function bindExchangeEmitters(context: RequestContext, req: EventEmitter, res: EventEmitter): void {
  fixContext(context, req)
  fixContext(context, res)
}

const FIXED = Symbol('context')
const plainEmit = EventEmitter.prototype.emit

interface Fixed extends EventEmitter {
  [FIXED]?: RequestContext
}

function fixContext(context: RequestContext, emitter: Fixed): void {
  const { emit } = emitter
  if (emit === plainEmit) {
    // One function for all requests: a closure each would cost its memory, and the engine its inline caches.
    emitter[FIXED] = context
    emitter.emit = emitInContext
    return
  }
  emitter.emit = function (this: EventEmitter, name: string | symbol, ...args: unknown[]): boolean {
    if (currentContext() === context) return emit.call(this, name, ...args)
    return runInContext(context, () => emit.call(this, name, ...args))
  }
}

function emitInContext(this: Fixed, name: string | symbol, ...args: unknown[]): boolean {
  const context = this[FIXED]
  // Entering a context costs ten times as much as asking for it, and most events come from inside or are heard by nobody. An
  // 'error' that nobody hears is thrown, and whoever catches it asks for the context.
  if (context === undefined || currentContext() === context || (this.listenerCount(name) === 0 && name !== 'error'))
    return plainEmit.call(this, name, ...args)
  return runInContext(context, () => plainEmit.call(this, name, ...args))
}
