/**
 * Asks a function of the application's for a value: synchronously, and without any harm it does.
 *
 * A promise is no answer, because a record cannot wait for it. It is still listened to: an `async` function that fails would
 * otherwise be a rejection nobody handles, which ends the process, and a client may be able to make it fail.
 */
import { types } from 'node:util'

/** The answer; undefined for none, for one that was thrown, and for a promise, which `onPromise` hears of. Never throws. */
export function ask(question: (() => unknown) | undefined, onPromise?: () => void): unknown {
  if (typeof question !== 'function') return undefined
  try {
    const answer = question()
    if (!types.isPromise(answer)) return answer
    // Not its own `then`, and of nothing that only looks like a promise: a query may begin to run when it is asked for one.
    Reflect.apply(Promise.prototype.then, answer, [undefined, () => undefined])
    onPromise?.()
  } catch {
    // It costs the value and never the request.
  }
  return undefined
}
