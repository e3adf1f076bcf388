import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSpanId, isTraceId, isUuid, spanId, traceId, uuidv7 } from './id.ts'

const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

describe('uuidv7', () => {
  it('is a UUID of version 7 that begins with its time', () => {
    const ms = Date.UTC(2031, 4, 5, 6, 7, 8, 9)
    const id = uuidv7(ms)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(timeOf(id)).toBe(ms)
  })

  it('sorts in the order of making within one millisecond, also past the counter', () => {
    const ms = Date.UTC(2032, 0, 1)
    const ids = Array.from({ length: 20_000 }, () => uuidv7(ms))
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    expect(timeOf(ids.at(-1) ?? '') - ms).toBeLessThan(10)
  })

  it('keeps its order while the clock is set back a little, and follows a clock set back by more', () => {
    const ms = Date.UTC(2033, 0, 1)
    const before = uuidv7(ms)
    expect(uuidv7(ms - 9_000) > before).toBe(true)
    expect(timeOf(uuidv7(ms - 3_600_000))).toBe(ms - 3_600_000)
  })

  it('gives a UUID for every number', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -1, Infinity, 2 ** 60)), (ms) => {
        expect(isUuid(uuidv7(ms))).toBe(true)
      }),
    )
    uuidv7(0) // the next test file in this process starts from an ordinary time again
  })
})

describe('trace and span ids', () => {
  it('are lowercase hexadecimal of the right length, each different', () => {
    const traces = Array.from({ length: 5_000 }, traceId)
    const spans = Array.from({ length: 5_000 }, spanId)
    expect(traces.every(isTraceId)).toBe(true)
    expect(spans.every(isSpanId)).toBe(true)
    expect(new Set(traces).size + new Set(spans).size).toBe(10_000)
  })

  it('are recognised only as the specification writes them', () => {
    expect(isTraceId('0'.repeat(32))).toBe(false)
    expect(isTraceId('A'.repeat(32))).toBe(false)
    expect(isTraceId(`${'a'.repeat(32)}\n`)).toBe(false)
    expect(isSpanId('0'.repeat(16))).toBe(false)
    expect(isSpanId(17)).toBe(false)
    expect(isUuid('0'.repeat(36))).toBe(false)
  })
})
