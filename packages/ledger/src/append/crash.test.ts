import { describe, expect, it } from 'vitest'
import { dieAtEveryCall, failEveryCall } from '../every-call.fixture.ts'
import { stories } from '../life.fixture.ts'

/** The story in which most happens, and the one with timers; the others, and more losses of power, are in test/full/ledger-every-call.test.ts. */
const told = ['takeover', 'collecting'] as const
const cases = (['before', 'after'] as const).flatMap((when) => told.map((name) => [when, name] as const))

describe.each(cases)('a disk call that fails %s it takes effect (%s)', (when, name) => {
  const story = stories[name]

  it('and ends the process loses nothing acknowledged, with and without the page cache', {
    timeout: 120_000,
  }, async () => {
    expect(await dieAtEveryCall(story, when, 1)).toBeGreaterThan(100)
  })

  it('and lets the process go on loses nothing and doubles nothing', { timeout: 120_000 }, async () => {
    expect(await failEveryCall(story, when, 'EIO', 1)).toBeGreaterThan(100)
  })
})
