/**
 * Sees how a call of somebody else's function ends, without changing how it ends for whoever called it.
 *
 * A promise of the language's own is answered by one derived from it: to listen to the original would make a rejection that
 * nobody handles look handled. A promise of another class is handed on as it is, and what merely has a `then` (a query that
 * runs when it is awaited) is not touched: it is the value.
 */
import { types } from 'node:util'

/** How a call ended: with a value or with what was thrown or rejected. */
export type CallEnd =
  | { readonly value: unknown; readonly failed: false }
  | { readonly error: unknown; readonly failed: true }

/**
 * Calls `call` and tells `ended` once how that went; for a promise, when it settles, and never if it does not. Returns and
 * throws what `call` does. What `ended` throws is dropped: whoever watches must not break what is watched.
 */
export function watchCall<R>(call: () => R, ended: (end: CallEnd) => void): R {
  const tell = (end: CallEnd): void => {
    try {
      ended(end)
    } catch {
      // Telling it goes through `record()`, which counts what it cannot do.
    }
  }
  const onValue = <T>(value: T): T => {
    tell({ value, failed: false })
    return value
  }
  const onError = (error: unknown): never => {
    tell({ error, failed: true })
    throw error
  }
  let result: R
  try {
    result = call()
  } catch (error) {
    return onError(error)
  }
  if (!types.isPromise(result)) return onValue(result)
  if (Object.getPrototypeOf(result) === Promise.prototype) {
    const derived: unknown = Reflect.apply(Promise.prototype.then, result, [onValue, onError])
    return derived as R // It settles to the same value.
  }
  const listen = [onValue, (error: unknown): void => tell({ error, failed: true })]
  Reflect.apply(Promise.prototype.then, result, listen)
  return result
}
