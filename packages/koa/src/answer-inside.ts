/**
 * Koa writes the answer in a `then` of the first middleware's promise, which it calls outside of every request: streams it
 * sends would be read there. So that one `then` is called inside.
 *
 * No promise gets a `then` of its own for that: from the first such property on V8 calls the `then` of every promise in the
 * process by its name, and all of them are slower.
 */
import { type Exchange, exchangeOf } from '@trailmark/core/http'
import type { Context } from 'koa'

/** All middleware of an application as one function. */
export type Run = (ctx: Context) => unknown

const { then } = Promise.prototype

/** The same middleware, with an answer that is written inside the request. */
export function answerInside(run: Run): Run {
  return (ctx) => {
    const answered = run(ctx)
    return answered instanceof Promise ? new Answered(ctx, answered) : answered
  }
}

type Done = (value: unknown) => unknown
type Failed = (error: unknown) => unknown

/** For Koa's own hands: what a promise has, the first of it inside the request. */
class Answered {
  readonly #ctx: Context
  readonly #answered: Promise<unknown>

  constructor(ctx: Context, answered: Promise<unknown>) {
    this.#ctx = ctx
    this.#answered = answered
  }

  /** Its `then`, see below. */
  settle(done?: Done, failed?: Failed): Promise<unknown> {
    const exchange = exchangeOf(this.#ctx.req)
    if (exchange === undefined) return this.#answered.then(done, failed ?? rethrow)
    return exchange.run(() => this.#answered.then(done, failed ?? rethrow))
  }

  catch(failed?: Failed): Promise<unknown> {
    return this.settle(undefined, failed)
  }

  finally(work?: () => void): Promise<unknown> {
    return this.settle().finally(work)
  }
}
// Koa calls it by that name, and nobody else is handed one.
Reflect.defineProperty(Answered.prototype, 'then', { value: Answered.prototype.settle, configurable: true })

/** Koa takes a thrown null for no error at all and never answers. */
function rethrow(error: unknown): never {
  throw error ?? new Error('null or undefined was thrown')
}

const outside = new WeakMap<object, Exchange>()
/** A promise to everybody, `Promise.resolve()` included, which hands out the very same one. */
const insidePrototype: object = Object.create(Promise.prototype)
Reflect.defineProperty(insidePrototype, 'then', {
  value(this: object, ...given: unknown[]): unknown {
    const work = (): unknown => Reflect.apply(then, this, given)
    const exchange = outside.get(this)
    return exchange === undefined ? work() : exchange.run(work)
  },
})

/** For requests that Koa was already running when its application became known. */
export function answeredInside<T>(exchange: Exchange, answered: Promise<T>): Promise<T> {
  const promise = answered.catch(rethrow)
  outside.set(promise, exchange)
  Reflect.setPrototypeOf(promise, insidePrototype)
  return promise
}
