import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHeldRoots } from './held-roots.ts'

const root = 'ab'.repeat(32)

describe('a kept answer', () => {
  it('gives its signed roots, and never an error, whatever it is', () => {
    const one = fc.record({ origin: fc.anything(), checkpoint: fc.anything() })
    const any = fc.oneof(fc.anything(), fc.record({ streams: fc.array(fc.oneof(one, fc.anything())) }))
    fc.assert(
      fc.property(any, (value) => {
        const good = { origin: 'clinic/a/w-1', checkpoint: { size: 3, root } }
        expect(parseHeldRoots(JSON.stringify({ streams: [value, good] }))).toContainEqual({
          origin: 'clinic/a/w-1',
          size: 3,
          root,
        })
        expect(Array.isArray(parseHeldRoots(JSON.stringify(value) ?? ''))).toBe(true)
      }),
    )
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseHeldRoots(text))))
  })

  it('gives the first epoch key of a writer, too', () => {
    const stream = { origin: 'clinic/a/w-1', checkpoint: { size: 3, root }, keys: { firstEpochKey: 'k' } }
    expect(parseHeldRoots(JSON.stringify({ streams: [stream] }))).toEqual([
      { origin: 'clinic/a/w-1', size: 3, root, firstEpochKey: 'k' },
    ])
  })
})
