/** Sees how a call of a library ends that answers by a callback where it is given one, and else by value or promise. */
import { type AnyFunction, ask, type CallEnd, watchCall } from '@trailmark/core/integration'

/**
 * Calls `inner` as it was called and tells `ended` once how that went. The callback is the last function among the
 * arguments, `from` that index on. An answer that never comes is never told.
 */
export function watchAnswer(
  inner: AnyFunction,
  self: unknown,
  given: readonly unknown[],
  ended: (end: CallEnd) => void,
  from = 0,
): unknown {
  let told = false
  const tell = (end: CallEnd): void => {
    if (told) return
    told = true
    ask(() => ended(end))
  }
  const at = given.findLastIndex((one, index) => index >= from && typeof one === 'function')
  const callback = given[at]
  if (typeof callback !== 'function') return watchCall(() => Reflect.apply(inner, self, given), tell)
  const outer: AnyFunction = function (this: unknown, ...answer) {
    const [error, value] = answer
    tell(error ? { error, failed: true } : { value, failed: false })
    return Reflect.apply(callback, this, answer)
  }
  const failed = (end: CallEnd): void => (end.failed ? tell(end) : undefined)
  return watchCall(() => Reflect.apply(inner, self, given.with(at, outer)), failed)
}
