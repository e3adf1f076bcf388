import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTime } from './time.ts'

const nowMs = Date.UTC(2026, 0, 15, 12)
const parse = (text: string) => parseTime(text, 'from', nowMs)

describe('a time on the command line', () => {
  it.each<[string, string]>([
    ['now', '2026-01-15T12:00:00.000Z'],
    ['30s', '2026-01-15T11:59:30.000Z'],
    ['15m', '2026-01-15T11:45:00.000Z'],
    ['2h', '2026-01-15T10:00:00.000Z'],
    ['1d', '2026-01-14T12:00:00.000Z'],
    ['1w', '2026-01-08T12:00:00.000Z'],
    ['2026-01-10', '2026-01-10T00:00:00.000Z'],
    ['2026-01-10T09:30', '2026-01-10T09:30:00.000Z'],
    ['2026-01-10 09:30', '2026-01-10T09:30:00.000Z'],
    ['2026-01-10T09:30:15', '2026-01-10T09:30:15.000Z'],
    ['2026-01-10T09:30:15.5Z', '2026-01-10T09:30:15.500Z'],
    ['2026-01-10T09:30+02:00', '2026-01-10T07:30:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(new Date(parse(text)).toISOString()).toBe(iso)
  })

  it.each([
    '',
    ' ',
    '15',
    'm',
    '-1d',
    '1.5h',
    '15M',
    '1y',
    '2026',
    '2026-02-30',
    '2026-13-01',
    '2026-01-10T25:00',
    '2026-01-10T09',
    'tomorrow',
    '9999999d',
  ])('%j is a usage error that names the option', (text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'CLI_USAGE', message: expect.stringContaining('--from') }),
    )
  })

  it('is a moment or a usage error, whatever was typed', () => {
    const near = fc.stringMatching(/^[0-9smhdwTZ:+. -]{0,25}$/)
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ maxLength: 2_000 })), (text) => {
        try {
          expect(Number.isFinite(parse(text))).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ code: 'CLI_USAGE' })
        }
      }),
    )
  })

  it('written as the trail writes it comes back to the millisecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
        expect(parse(new Date(ms).toISOString())).toBe(ms)
      }),
    )
  })
})
