import { expect, test } from 'vitest'
import { fixedClock } from '../testing.ts'
import { createStallWatch, type Stalls } from './stall-watch.ts'

test('tells a tick that came a second late, and of more only once a minute', () => {
  const clock = fixedClock()
  const told: Stalls[] = []
  const tick = createStallWatch(clock, 1_000, (stalls) => told.push(stalls))
  const after = (ms: number): void => {
    clock.advance(ms)
    tick()
  }
  after(1_000)
  after(1_999)
  expect(told).toEqual([])
  after(2_500)
  expect(told).toEqual([{ longestMs: 1_500, stalls: 1 }])
  after(2_000)
  after(5_000)
  expect(told).toHaveLength(1)
  for (let second = 0; second < 60; second++) after(1_000)
  expect(told[1]).toEqual({ longestMs: 4_000, stalls: 2 })
  for (let second = 0; second < 120; second++) after(1_000)
  expect(told).toHaveLength(2)
})

test('a clock that is set is no stall', () => {
  const clock = fixedClock()
  const tick = createStallWatch(clock, 1_000, () => expect.fail('no stall'))
  clock.jump(3_600_000)
  tick()
})
