import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoTime, systemClock } from './clock.ts'

describe('isoTime', () => {
  it('writes what Date writes, for every time of the years 0 to 9999', () => {
    const first = Date.parse('0000-01-01T00:00:00.000Z')
    const last = Date.parse('9999-12-31T23:59:59.999Z')
    fc.assert(
      fc.property(fc.integer({ min: first, max: last }), fc.integer({ min: 0, max: 1_999 }), (ms, later) => {
        const text = isoTime(Math.min(ms + later, last))
        expect(text).toBe(new Date(Math.min(ms + later, last)).toISOString())
      }),
      {
        examples: [
          [-1, 0],
          [0, 0],
          [first, 0],
          [last, 0],
          [999, 1],
        ],
      },
    )
  })

  it('is 24 characters wide for any number at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 8.64e15)), (ms) => {
        expect(isoTime(ms)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      }),
    )
    expect(isoTime(Infinity)).toBe('9999-12-31T23:59:59.999Z')
    expect(isoTime(-Infinity)).toBe('0000-01-01T00:00:00.000Z')
    expect(isoTime(Number.NaN)).toBe('1970-01-01T00:00:00.000Z')
    expect(isoTime(1.9)).toBe('1970-01-01T00:00:00.001Z')
  })
})

describe('systemClock', () => {
  it('tells the wall clock, and durations that do not go back', () => {
    const before = Date.now()
    const now = systemClock.now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
    const first = systemClock.monotonic()
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(first)
  })
})
