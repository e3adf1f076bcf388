/**
 * What one request may make our code do: today's figures, and how far each may be exceeded.
 *
 * Counts, not times: they are the same on a busy machine and on every Node. A figure that falls is lowered here, so that it
 * stays down. How to read a failure: CONTRIBUTING.md, "The guard".
 */
import type { Framework } from './arrangement.ts'

/** Figures without and with a declared route, which makes one record. */
type Today = Readonly<Record<Framework, readonly [context: number, declared: number]>>

interface Bound {
  /** What is counted, as the measuring programs call it. */
  readonly what: string
  readonly today: Today
  /**
   * How much more is let through: less than one where a count is exact, a share where it is an amount, and more than one
   * where the disk's batches or the tree, which is hashed when there is time, have a part in it.
   */
  readonly room: { readonly more: number } | { readonly share: number }
  /** Before that Node's own contexts, and Express's objects once somebody adds to them, allocate as much again. */
  readonly sinceNode?: number
}

const same = (context: number, declared: number): Today => ({
  express: [context, declared],
  fastify: [context, declared],
  koa: [context, declared],
})

/** Beside whole calls per request there is what is done once for many. */
const exact = { more: 0.5 }

export const budget: readonly Bound[] = [
  { what: 'AsyncLocalStorage.run', today: { express: [1, 2], fastify: [1, 1], koa: [2, 3] }, room: exact },
  { what: 'AsyncLocalStorage.bind', today: same(0, 0), room: exact },
  { what: 'AsyncResource', today: same(0, 0), room: exact },
  { what: 'serialised', today: same(0, 1), room: exact },
  { what: 'JSON.stringify', today: same(0, 0), room: exact },
  { what: 'JSON.parse', today: same(0, 0), room: exact },
  { what: 'hash', today: same(0, 3), room: exact },
  { what: 'createHmac', today: same(0, 0), room: exact },
  { what: 'cipher', today: same(0, 0), room: exact },
  { what: 'random', today: same(0, 0), room: exact },
  { what: 'timer', today: same(0, 0), room: exact },
  { what: 'turn', today: same(0, 0), room: exact },
  { what: 'listener added', today: same(1, 1), room: exact },
  { what: 'listener removed', today: same(0, 0), room: exact },
  { what: 'promise', today: { express: [0, 2], fastify: [0, 2], koa: [1, 3] }, room: { more: 4 } },
  { what: 'weak', today: same(0, 0), room: exact },
  { what: 'prototype swap', today: same(0, 0), room: exact },
  { what: 'own property', today: { express: [9, 9], fastify: [10, 10], koa: [9, 9] }, room: exact },
  { what: 'reflection', today: { express: [6, 7], fastify: [11, 13], koa: [6, 7] }, room: exact },
  { what: 'regular expression', today: { express: [3, 8], fastify: [3, 7], koa: [3, 9] }, room: exact },
  { what: 'closure', today: { express: [2, 5], fastify: [2, 5], koa: [3, 6] }, room: exact },
  { what: 'new', today: { express: [4, 14], fastify: [4, 14], koa: [5, 15] }, room: { more: 1.5 } },
  { what: 'spread', today: same(8, 8), room: exact },
  { what: 'array', today: { express: [0, 4], fastify: [0, 3], koa: [1, 5] }, room: exact },
  { what: 'object', today: { express: [11, 22], fastify: [12, 23], koa: [11, 22] }, room: { more: 0.99 } },
  { what: 'call', today: { express: [152, 387], fastify: [157, 387], koa: [163, 397] }, room: { share: 0.05 } },
  {
    what: 'allocated',
    today: { express: [7900, 20_300], fastify: [8400, 18_700], koa: [7700, 20_600] },
    room: { share: 0.25 },
    sinceNode: 24,
  },
  { what: 'kept', today: same(1000, 1000), room: { more: 100 } },
]
