/** The guard on the other frameworks, and on itself: it sees each mistake it is there for. */
import { describe, expect, it } from 'vitest'
import { bounds, exceededBy, explained, measure } from './measure.ts'
import { withCounters } from './sites.ts'

describe.each(['fastify', 'koa'] as const)('a request of %s', (framework) => {
  it('makes our code do no more than the budget says', { timeout: 120_000 }, async () => {
    const measured = await measure(framework)
    const exceeded = exceededBy(framework, measured)
    expect(exceeded, explained(framework, exceeded, measured)).toEqual([])
  })
})

describe('the guard', () => {
  it('sees every mistake it is there for', { timeout: 120_000 }, async () => {
    const exceeded = exceededBy('express', await measure('express', 'heavier'))
    for (const { what } of bounds) {
      for (const where of ['context', 'declared']) {
        expect(
          exceeded.some((line) => line.startsWith(`${what}, ${where}: `)),
          `${what}, ${where}`,
        ).toBe(true)
      }
    }
  })

  it('counts calls, closures, objects, arrays, spreads and constructions of a source without changing what it does', () => {
    const source = [
      'let made = []',
      'const plain = { a: 1, m() { return this.a }, get g() { return 2 } }',
      'for (const each of [1, 2, 3]) made.push(() => each)',
      'const sum = made.reduce((all, one) => all + one(), 0)',
      'function outer() { return inner(); function inner() { return { ...plain, b: [...made].length } } }',
      'const { a, ...rest } = outer()',
      'class Thing { #f = () => 1; f() { return this.#f() } }',
      'new Thing().f()',
      'out.push(sum, plain.m(), plain.g, a, rest.b, typeof new Thing())',
    ].join('\n')
    const out: unknown[] = []
    new Function('out', withCounters(source, 'example.ts'))(out)
    expect(out).toEqual([6, 1, 2, 1, 3, 'object'])
  })
})
