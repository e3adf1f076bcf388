import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AddCheckpoint, formatAddCheckpoint, parseAddCheckpoint } from './add-checkpoint.ts'

const hashes = fc.array(
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  { maxLength: 63 },
)

describe('a request to add a checkpoint', () => {
  it('is read back as it was written, the note byte for byte', () => {
    const request: fc.Arbitrary<AddCheckpoint> = fc.record({
      old: fc.maxSafeNat(),
      proof: hashes,
      note: fc.uint8Array({ maxLength: 300 }),
    })
    fc.assert(
      fc.property(request, ({ old, proof, note }) => {
        const parsed = parseAddCheckpoint(formatAddCheckpoint({ old, proof, note }))
        expect(parsed).toMatchObject({ old, proof })
        expect(Buffer.compare(parsed?.note ?? new Uint8Array(1), note)).toBe(0)
      }),
    )
  })

  it('is read from any bytes without an error, and written back as it was', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aA09+/= \n\r', 'ü', '\0'), maxLength: 60 })
    const near = fc.tuple(text, text).map(([head, tail]) => Buffer.from(`old ${head}\n\n${tail}`))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), near), (bytes) => {
        const parsed = parseAddCheckpoint(bytes)
        if (parsed) expect(Buffer.compare(formatAddCheckpoint(parsed), bytes)).toBe(0)
      }),
    )
  })
})
