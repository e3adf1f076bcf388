/** The hot path gets no heavier: what a request makes our code do stays within budget.ts, on every framework. */
import { describe, expect, it } from 'vitest'
import type { Framework } from './arrangement.ts'
import { budget } from './budget.ts'
import type { Counted } from './count.ts'
import { run } from './run.ts'
import { withCounters } from './sites.ts'
import type { Weighed } from './weigh.ts'

const frameworks: readonly Framework[] = ['express', 'fastify', 'koa']
const bounds = budget.filter(({ sinceNode = 0 }) => Number.parseInt(process.versions.node, 10) >= sinceNode)
const forWeighing = '--expose-gc --no-opt --no-maglev --min-semi-space-size=128 --max-semi-space-size=128'.split(' ')

describe.each(frameworks)('a request of %s', (framework) => {
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

interface Measured {
  readonly counts: Record<string, number>
  readonly most: readonly string[]
}

/** Without and with a declared route. */
async function measure(framework: Framework, ...more: string[]): Promise<Measured[]> {
  const counted = await run<Counted[]>('count.ts', [framework, ...more], [])
  const weighed = await run<Weighed[]>('weigh.ts', [framework, ...more], forWeighing)
  return counted.map(({ counts, most }, at) => ({ counts: { ...counts, ...weighed[at] }, most }))
}

function exceededBy(framework: Framework, measured: readonly Measured[]): string[] {
  return bounds.flatMap(({ what, today, room }) =>
    (['context', 'declared'] as const).flatMap((where, at) => {
      const figure = measured[at]?.counts[what] ?? Number.NaN
      const usual = today[framework][at] ?? 0
      const most = 'more' in room ? usual + room.more : usual * (1 + room.share)
      return figure <= most ? [] : [`${what}, ${where}: ${figure}, at most ${most}, today ${usual}`]
    }),
  )
}

/** With the lines of our sources that are behind the counts that were exceeded, those of the declared route. */
function explained(framework: Framework, exceeded: readonly string[], measured: readonly Measured[]): string {
  const kinds = new Set(exceeded.map((line) => line.slice(0, line.indexOf(','))))
  const places = measured[1]?.most.filter(
    (place) => kinds.has(place.split(' ')[1] ?? '') || / own property /.test(place),
  )
  const more = `node --conditions=@trailmark/source test/guard/count.ts ${framework} why > /dev/null`
  return [...exceeded, '', ...(places?.slice(0, 80) ?? []), '', `Which line calls what Node gives: ${more}`].join('\n')
}
