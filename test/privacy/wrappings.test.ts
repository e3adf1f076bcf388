/** The corpus once more, in the spellings in which values end up in lines. */
import { scrub } from '@trailmark/core'
import { expect, test } from 'vitest'
import { judge } from './judge.ts'
import { corpus } from './payloads/corpus.ts'
import { wrappings } from './wrappings.ts'

const cases = corpus.filter((payload) => payload.planted.length > 0)

test.each(wrappings)('$name: little of what is planted comes out', ({ wrap, leaksMax }) => {
  const leaks: string[] = []
  let planted = 0
  for (const payload of cases) {
    const value = attempt(() => wrap(payload.make()))
    if (value === undefined) continue
    const verdict = judge({ ...payload, keeps: [] }, scrub(value))
    planted += verdict.planted
    leaks.push(...verdict.leaks)
  }
  expect(planted).toBeGreaterThan(1_000)
  expect(leaks.length / planted, leaks.join('\n')).toBeLessThanOrEqual(leaksMax)
})

/** Cycles and proxies cannot be written as JSON. */
function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch {
    return undefined
  }
}
