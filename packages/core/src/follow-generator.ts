/**
 * Sees how far a generator is read, and how it ends, without changing what its reader gets.
 *
 * Its body runs when it is read and not when it is called: nothing has begun before the first `next()`, and where the reader
 * stops early it has ended with what was read until then. A generator that is never read to an end never ends.
 */
import { types } from 'node:util'
import type { CallEnd } from './watch-call.ts'

export interface GeneratorWatch {
  /** Before the body runs. A promise holds the first value back, where the generator is an async one. */
  begun(): undefined | Promise<void>
  ended(end: CallEnd, yielded: number): void
}

type Step = (this: unknown, ...given: unknown[]) => unknown

/** From now on the generator is watched; it stays the same object. Anything else is left alone: false. */
export function followGenerator(value: unknown, watch: GeneratorWatch): boolean {
  if (typeof value !== 'object' || value === null || !types.isGeneratorObject(value)) return false
  const asks = Symbol.asyncIterator in value
  let begun: { readonly held: undefined | Promise<void> } | undefined
  let over = false
  let yielded = 0

  function end(how: CallEnd): void {
    if (over || begun === undefined) return
    over = true
    watch.ended(how, yielded)
  }

  function saw(result: unknown): void {
    if (typeof result !== 'object' || result === null) return
    if (Reflect.get(result, 'done') === true) end({ value: Reflect.get(result, 'value'), failed: false })
    else yielded++
  }

  function onError(error: unknown): never {
    end({ error, failed: true })
    throw error
  }

  for (const name of ['next', 'return', 'throw'] as const) {
    const native: unknown = Reflect.get(value, name)
    if (typeof native !== 'function') return false
    const step: Step = function (this: unknown, ...given) {
      const call = (): unknown => Reflect.apply(native, this, given)
      // Ended before it began: its body never runs.
      if (name !== 'next' && begun === undefined) return call()
      begun ??= { held: watch.begun() }
      if (!asks) {
        let result: unknown
        try {
          result = call()
        } catch (error) {
          return onError(error)
        }
        saw(result)
        return result
      }
      const { held } = begun
      const answer = held === undefined ? call() : held.then(call)
      return Promise.resolve(answer).then((result) => {
        saw(result)
        return result
      }, onError)
    }
    Object.defineProperty(value, name, { value: step, configurable: true, writable: true })
  }
  return true
}
