import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Hash, leafOf, nodeOf } from '../tree.ts'
import { inclusionProof, verifyInclusion } from './inclusion.ts'
import { flipped, mutations, reference } from './rfc6962.fixture.ts'
import { rangeRoot, type Subtrees } from './subtrees.ts'

const tree = reference(Array.from({ length: 1200 }, (_, i) => `entry ${i}`))

/** The leaf's way to the root, as sides: a size with the same way cannot be told apart without the signature over it. */
function wayOf(index: number, size: number): string {
  let [from, to, way] = [0, size, '']
  while (to - from > 1) {
    let cut = 1
    while (cut * 2 < to - from) cut *= 2
    const left = index < from + cut
    if (left) to = from + cut
    else from += cut
    way = (left ? 'l' : 'r') + way
  }
  return way
}

describe('an inclusion proof', () => {
  it('is the one that RFC 6962 gives, and holds, at every index of every size to 257', async () => {
    for (let size = 1; size <= 257; size++) {
      const root = tree.root(size)
      const indexes = Array.from({ length: size }, (_, index) => index)
      const proofs = await Promise.all(indexes.map((index) => inclusionProof(tree.subtrees, index, size)))
      expect(proofs).toEqual(indexes.map((index) => tree.path(index, size)))
      const claims = proofs.map((proof, index) => ({ index, size, leaf: tree.leaf(index), root, proof }))
      expect(claims.filter((claim) => !verifyInclusion(claim))).toEqual([])
    }
  })

  it('is the one that RFC 6962 gives at any size', async () => {
    const places = fc.integer({ min: 1, max: 1200 }).chain((size) => fc.tuple(fc.nat(size - 1), fc.constant(size)))
    await fc.assert(
      fc.asyncProperty(places, async ([index, size]) => {
        const proof = await inclusionProof(tree.subtrees, index, size)
        expect(proof).toEqual(tree.path(index, size))
        expect(verifyInclusion({ index, size, leaf: tree.leaf(index), root: tree.root(size), proof })).toBe(true)
      }),
    )
  })

  it('holds in trees of up to 2^53 - 1 leaves', async () => {
    const leaf = leafOf('always the same')
    const levels: Hash[] = [leaf]
    for (let i = 0; i < 53; i++) levels.push(nodeOf(levels[i] ?? '', levels[i] ?? ''))
    const subtrees: Subtrees = { subtree: async (level) => levels[level] ?? '' }
    const places = fc
      .oneof(fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER))
      .filter((size) => size > 0)
      .chain((size) => fc.tuple(fc.oneof(fc.constant(0), fc.constant(size - 1), fc.maxSafeNat()), fc.constant(size)))
    await fc.assert(
      fc.asyncProperty(places, async ([any, size]) => {
        const index = any % size
        const proof = await inclusionProof(subtrees, index, size)
        const root = await rangeRoot(subtrees, { first: 0, end: size })
        expect(verifyInclusion({ index, size, leaf, root, proof })).toBe(true)
        const other = flipped(leaf, index)
        expect(verifyInclusion({ index, size, leaf: other, root, proof })).toBe(false)
      }),
    )
  })

  it('is refused after any single change, at every index of every size to 40', async () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++) {
        const claim = { index, size, leaf: tree.leaf(index), root: tree.root(size), proof: tree.path(index, size) }
        const wrong: (typeof claim)[] = mutations(claim.proof).map((proof) => ({ ...claim, proof }))
        for (let other = 0; other <= size; other++) {
          if (other !== index) wrong.push({ ...claim, index: other }, { ...claim, leaf: tree.leaf(other) })
        }
        for (let other = 0; other <= 80; other++) {
          if (other <= index || wayOf(index, other) !== wayOf(index, size)) wrong.push({ ...claim, size: other })
        }
        for (const name of ['leaf', 'root'] as const) {
          for (let bit = 0; bit < 256; bit += 17) wrong.push({ ...claim, [name]: flipped(claim[name], bit) })
          wrong.push({ ...claim, [name]: '' }, { ...claim, [name]: claim[name].slice(1) })
          // Its low byte is the right one, and so it must not be taken for it.
          const wide = String.fromCharCode(claim[name].charCodeAt(0) + 256) + claim[name].slice(1)
          wrong.push({ ...claim, [name]: wide })
        }
        for (const number of [-1, 0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
          wrong.push({ ...claim, index: number }, { ...claim, size: number })
        }
        expect(wrong.filter(verifyInclusion), `${index} of ${size}`).toEqual([])
      }
    }
  })

  it('is not made for an index that is none', async () => {
    for (const [index, size] of [
      [0, 0],
      [3, 3],
      [-1, 3],
      [0.5, 3],
      [0, Number.NaN],
    ] as const) {
      await expect(inclusionProof(tree.subtrees, index, size)).rejects.toMatchObject({ code: 'LEDGER_OPTION_INVALID' })
    }
  })
})
