import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frontierLength, frontierRanges, hashToBase64, hashToHex, leafIn, leafOf, parseHash, Tree } from './tree.ts'

/** RFC 6962 section 2.1, as it is written there: slow, and independent of the code under test. */
function slowRoot(leaves: readonly Buffer[]): Buffer {
  const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()
  if (leaves.length === 0) return sha256()
  const [only] = leaves
  if (leaves.length === 1 && only) return sha256(Buffer.of(0), only)
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Buffer.of(1), slowRoot(leaves.slice(0, k)), slowRoot(leaves.slice(k)))
}

describe('a tree', () => {
  it('has the root that RFC 6962 gives, at every size to 257', () => {
    const leaves: Buffer[] = []
    const tree = new Tree()
    for (let size = 0; size <= 257; size++) {
      expect(hashToHex(tree.root()), `size ${size}`).toBe(slowRoot(leaves).toString('hex'))
      expect(tree.frontier).toHaveLength(frontierLength(size))
      leaves.push(Buffer.from(`leaf ${size}`))
      tree.push(leafOf(`leaf ${size}`))
    }
  })

  it('has the root that RFC 6962 gives for leaves of any length', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 300 }), (arrays) => {
        const tree = new Tree()
        const leaves = arrays.map((array) => Buffer.from(array))
        for (const leaf of leaves) {
          const bytes = Buffer.concat([Buffer.of(99), leaf])
          tree.push(leafIn(bytes, 1, bytes.length))
        }
        expect(hashToHex(tree.root())).toBe(slowRoot(leaves).toString('hex'))
      }),
      { numRuns: 40 },
    )
  })

  it('goes on from its frontier as if it had never stopped', () => {
    for (let stop = 0; stop <= 70; stop++) {
      const whole = new Tree()
      for (let i = 0; i < stop; i++) whole.push(leafOf(String(i)))
      const resumed = Tree.from(whole.size, whole.frontier)
      for (let i = stop; i < 100; i++) {
        whole.push(leafOf(String(i)))
        resumed.push(leafOf(String(i)))
      }
      expect(resumed.root()).toBe(whole.root())
    }
  })

  it('takes a leaf as text and as bytes for the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = Buffer.from(`\n${text}`)
        expect(leafIn(bytes, 1, bytes.length)).toBe(leafOf(text))
      }),
    )
  })

  it('has a frontier of perfect subtrees that cover it, largest first', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (size) => {
        const ranges = frontierRanges(size)
        expect(ranges).toHaveLength(frontierLength(size))
        let next = 0
        for (const range of ranges) {
          expect(range.first).toBe(next)
          next += range.size
        }
        expect(next).toBe(size)
      }),
    )
  })
})

describe('the text of a hash', () => {
  it('is read back, and nothing else is', () => {
    const hash = leafOf('x')
    expect(parseHash(hashToBase64(hash))).toBe(hash)
    for (const wrong of [
      '',
      'x',
      `${hashToBase64(hash)}=`,
      hashToBase64(hash).replace('=', 'B'),
      hashToBase64(hash).slice(0, -2),
    ]) {
      expect(parseHash(wrong)).toBeUndefined()
    }
  })
})
