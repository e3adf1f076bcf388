import fc from 'fast-check'
import { expect, it } from 'vitest'
import { durationText } from './duration-text.ts'

it('writes a duration as JSON does', () => {
  const micros = fc.nat({ max: 4_000_000_000 }).map((count) => count / 1_000)
  const any = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(fc.property(fc.oneof(micros, any), (ms) => durationText(ms) === JSON.stringify(ms)))
  for (const ms of [0, -0, 0.001, 0.01, 0.1, 1, 1.5, 999.999, 1e21, 1e-7, -1, 0.0005, Number.MAX_VALUE])
    expect(durationText(ms)).toBe(JSON.stringify(ms))
})
