import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixedClock, testAudit } from '../testing.ts'
import { createClockWatch, jumpMsMin } from './clock-watch.ts'

function watch() {
  const clock = fixedClock()
  let bootMs = 5_000
  const jumps: number[] = []
  const { check } = createClockWatch({ clock, uptimeMs: () => bootMs, onJump: (ms) => jumps.push(ms) })
  return {
    jumps,
    pass(ms: number) {
      clock.advance(ms)
      bootMs += ms
      check(clock.now())
    },
    jump(ms: number) {
      clock.jump(ms)
      check(clock.now())
    },
    sleep(ms: number) {
      clock.jump(ms)
      bootMs += ms
      check(clock.now())
    },
  }
}

describe('the watch on the clock', () => {
  it('sees a jump in either direction once, with its size', () => {
    const { jumps, pass, jump } = watch()
    pass(1_000)
    jump(60_000)
    pass(1_000)
    jump(-3_600_000)
    pass(1_000)
    expect(jumps).toEqual([60_000, -3_600_000])
  })

  it('takes slow drift for what it is', () => {
    const { jumps, jump, pass } = watch()
    for (let i = 0; i < 10_000; i++) {
      pass(1_000)
      jump(1)
    }
    expect(jumps).toEqual([])
  })

  it('does not report that the machine slept', () => {
    const { jumps, pass, sleep, jump } = watch()
    sleep(8 * 3_600_000)
    pass(1_000)
    expect(jumps).toEqual([])
    jump(2_000)
    expect(jumps).toEqual([2_000])
  })

  it('reports every jump of half a second or more that comes alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (ms) => {
        const { jumps, pass, jump } = watch()
        pass(1_000)
        jump(ms)
        // Sleep is told apart by a clock in hundredths of a second, so small jumps need a margin.
        if (Math.abs(ms) >= jumpMsMin + 250) expect(jumps).toEqual([ms])
        if (Math.abs(ms) < jumpMsMin) expect(jumps).toEqual([])
      }),
    )
  })

  it('puts a jump on record before the record that follows it', () => {
    const clock = fixedClock()
    const audit = testAudit({ clock })
    audit.record('logout')
    clock.jump(-90_000)
    audit.record('logout')
    expect(audit.records.map((one) => one.event_type)).toEqual(['logout', 'clock_jump', 'logout'])
    expect(audit.records[1]).toMatchObject({ metadata: { jump_ms: -90_000, direction: 'backward' } })
    expect(audit.health().counts.clockJumps).toBe(1)
  })
})
