/** The corpus against `scrub()`: what gets out, what is destroyed, and how the scrubber behaves. */
import { inspect } from 'node:util'
import { scrub } from '@trailmark/core'
import { describe, expect, test } from 'vitest'
import { findLeaks } from './find-leaks.ts'
import { guards } from './guards.ts'
import { holds, judge, readAll } from './judge.ts'
import type { Group } from './payload.ts'
import { corpus } from './payloads/corpus.ts'

const results = corpus.map((payload) => {
  const input = payload.make()
  const before = look(input)
  const output = scrub(input)
  return { payload, output, changed: look(input) !== before, verdict: judge(payload, output) }
})

/** Everything about a value, so that a change shows. No getter runs. */
function look(value: unknown): string {
  return inspect(value, { depth: 60, showHidden: true, showProxy: true, maxArrayLength: null, maxStringLength: null })
}

const leaksIn = (...groups: readonly Group[]): string[] =>
  results.filter(({ payload }) => groups.includes(payload.group)).flatMap(({ verdict }) => verdict.leaks)
const sum = (count: 'planted' | 'guards'): number => results.reduce((total, { verdict }) => total + verdict[count], 0)

describe('the corpus', () => {
  test('has at least 400 cases with values planted and 60 harmless ones, each with a name of its own', () => {
    const harmless = corpus.filter(({ keeps }) => keeps === 'everything')
    expect(new Set(corpus.map(({ id }) => id)).size).toBe(corpus.length)
    expect(harmless.length).toBeGreaterThanOrEqual(60)
    expect(corpus.length - harmless.length).toBeGreaterThanOrEqual(400)
    expect(guards).toHaveLength(132)
  })

  test('really holds what it says it holds', () => {
    const missing = corpus.flatMap(({ id, make, planted, keeps }) => {
      const text = readAll(make())
      const found = new Set(findLeaks(text, planted).map((leak) => leak.planted))
      return [
        ...planted.filter((one) => !found.has(one)).map((one) => `${id}: ${one.value}`),
        ...(keeps === 'everything'
          ? []
          : keeps.filter((guard) => !holds(text, guard)).map((guard) => `${id}: ${guard}`)),
      ]
    })
    expect(missing).toEqual([])
  })
})

describe('scrub()', () => {
  test('lets nothing out under a secret name', () => {
    expect(leaksIn('secret names')).toEqual([])
  })

  test('lets nothing out of headers', () => {
    expect(leaksIn('headers')).toEqual([])
  })

  test('lets nothing out of structures that say where values stand', () => {
    expect(leaksIn('structures')).toEqual([])
  })

  test('lets nothing out of bodies inside strings', () => {
    expect(leaksIn('bodies')).toEqual([])
  })

  test('lets at most 1 % out of everything', () => {
    const leaks = leaksIn('secret names', 'headers', 'structures', 'bodies', 'personal names', 'texts', 'guards')
    expect(leaks.length / sum('planted'), leaks.join('\n')).toBeLessThanOrEqual(0.01)
  })

  test('destroys at most 2 % of what must survive', () => {
    const lost = results.flatMap(({ verdict }) => verdict.lost)
    expect(lost.length / sum('guards'), lost.join('\n')).toBeLessThanOrEqual(0.02)
  })

  test('keeps all but 2 of 132 values that only resemble secrets: alone, under a neutral name, in a sentence', () => {
    const lost = guards.flatMap(([group, value]) => {
      const alone = scrub(value)
      const named = scrub({ detail: value })
      const told = scrub(`job finished with ${value} as its result`)
      const wrong = [
        ...(Object.is(alone, value) ? [] : [`alone ${inspect(alone)}`]),
        ...(inspect(named) === inspect({ detail: value }) ? [] : [`named ${inspect(named)}`]),
        ...(told === `job finished with ${value} as its result` ? [] : [`told ${inspect(told)}`]),
      ]
      return wrong.length > 0 ? [`${group}: ${value}: ${wrong.join(', ')}`] : []
    })
    expect(lost.length, lost.join('\n')).toBeLessThanOrEqual(2)
  })

  test('changes no argument', () => {
    expect(results.filter(({ changed }) => changed).map(({ payload }) => payload.id)).toEqual([])
  })

  test('fails on no argument', () => {
    expect(
      results
        .filter(({ output }) => /scrub_failed/.test(JSON.stringify(output) ?? ''))
        .map(({ payload }) => payload.id),
    ).toEqual([])
  })

  test('gives one line without control or bidirectional characters', () => {
    const unsafe = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
    expect(
      results.filter(({ output }) => unsafe.test(JSON.stringify(output) ?? '')).map(({ payload }) => payload.id),
    ).toEqual([])
  })

  test('has nothing to do a second time', () => {
    const changed = results.flatMap(({ payload, output }) => {
      const again = JSON.stringify(scrub(output)) ?? ''
      const once = JSON.stringify(output) ?? ''
      return again === once ? [] : [`${payload.id}: ${once.slice(0, 300)} became ${again.slice(0, 300)}`]
    })
    expect(changed).toEqual([])
  })
})
