/**
 * Asks a function of the application's for a value: synchronously, and without any harm it does.
 *
 * A promise is no answer, because a record cannot wait for it. It is still listened to: an `async` function that fails would
 * otherwise be a rejection nobody handles, which ends the process, and a client may be able to make it fail.
 */
import { types } from 'node:util'
import type { Runtime } from '../runtime.ts'

/** Some function of the application's, whatever it is asked with. */
export type AnyQuestion = (...asked: never) => unknown

/** The answer; undefined for none, for one that was thrown, and for a promise. Never throws. */
export function ask(question: (() => unknown) | undefined): unknown {
  if (typeof question !== 'function') return undefined
  try {
    const answer = question()
    return isPromise(answer) ? undefined : answer
  } catch {
    return undefined // It costs the value and never the request.
  }
}

/** Asks the questions of one declaration, all with the same; a promise among the answers is told to the operator. */
export class Asker {
  readonly #title: string
  readonly #notices: Pick<Runtime, 'notice'>
  readonly #self: unknown
  readonly #asked: readonly unknown[]

  /** `title` is how the operator is told of the declaration; questions are called with `self` as `this` and with `asked`. */
  constructor(title: string, notices: Pick<Runtime, 'notice'>, self: unknown, asked: readonly unknown[]) {
    this.#title = title
    this.#notices = notices
    this.#self = self
    this.#asked = asked
  }

  /** The answer, as of `ask()`. */
  ask(question: AnyQuestion | undefined, name: string): unknown {
    if (typeof question !== 'function') return undefined
    try {
      const answer: unknown = Reflect.apply(question, this.#self, this.#asked)
      if (!isPromise(answer)) return answer
    } catch {
      return undefined
    }
    this.#notices.notice(
      'ASYNC_DECLARATION',
      `${this.#title} answers \`${name}\` with a promise, which no record can wait for: the field is left out`,
    )
    return undefined
  }
}

function isPromise(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !types.isPromise(answer)) return false
  // Not its own `then`, and of nothing that only looks like a promise: a query may begin to run when it is asked for one.
  Reflect.apply(Promise.prototype.then, answer, [undefined, () => undefined])
  return true
}
