import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyRoot, type Hash, leafOf, nodeOf } from '../tree.ts'
import { consistencyProof, verifyConsistency } from './consistency.ts'
import { flipped, mutations, reference } from './rfc6962.fixture.ts'
import { rangeRoot, type Subtrees } from './subtrees.ts'

const tree = reference(Array.from({ length: 1200 }, (_, i) => `entry ${i}`))

describe('a consistency proof', () => {
  it('is the one that RFC 6962 gives, and holds, between all sizes to 257', async () => {
    for (let to = 1; to <= 257; to++) {
      const sizes = Array.from({ length: to }, (_, i) => i + 1)
      const proofs = await Promise.all(sizes.map((from) => consistencyProof(tree.subtrees, from, to)))
      expect(proofs).toEqual(sizes.map((from) => tree.proof(from, to)))
      const claims = proofs.map((proof, i) => ({
        from: i + 1,
        fromRoot: tree.root(i + 1),
        to,
        toRoot: tree.root(to),
        proof,
      }))
      expect(claims.filter((claim) => !verifyConsistency(claim))).toEqual([])
    }
  })

  it('is the one that RFC 6962 gives at any size', async () => {
    const sizes = fc
      .integer({ min: 1, max: 1200 })
      .chain((to) => fc.tuple(fc.integer({ min: 1, max: to }), fc.constant(to)))
    await fc.assert(
      fc.asyncProperty(sizes, async ([from, to]) => {
        const proof = await consistencyProof(tree.subtrees, from, to)
        expect(proof).toEqual(tree.proof(from, to))
        expect(verifyConsistency({ from, fromRoot: tree.root(from), to, toRoot: tree.root(to), proof })).toBe(true)
      }),
    )
  })

  it('holds in trees of up to 2^53 - 1 leaves', async () => {
    const levels: Hash[] = [leafOf('always the same')]
    for (let i = 0; i < 53; i++) levels.push(nodeOf(levels[i] ?? '', levels[i] ?? ''))
    const subtrees: Subtrees = { subtree: async (level) => levels[level] ?? '' }
    const sizes = fc
      .tuple(fc.maxSafeNat(), fc.maxSafeNat())
      .map((two) => two.map((n) => n + 1 - (n % 2)).sort((a, b) => a - b))
    await fc.assert(
      fc.asyncProperty(sizes, async ([from = 1, to = 1]) => {
        const proof = await consistencyProof(subtrees, from, to)
        const fromRoot = await rangeRoot(subtrees, { first: 0, end: from })
        const toRoot = await rangeRoot(subtrees, { first: 0, end: to })
        expect(verifyConsistency({ from, fromRoot, to, toRoot, proof })).toBe(true)
        expect(verifyConsistency({ from, fromRoot: flipped(fromRoot, to), to, toRoot, proof })).toBe(false)
      }),
    )
  })

  it('is refused after any single change of proof or root, between all sizes to 40', () => {
    for (let to = 1; to <= 40; to++) {
      for (let from = 1; from <= to; from++) {
        const claim = { from, fromRoot: tree.root(from), to, toRoot: tree.root(to), proof: tree.proof(from, to) }
        const wrong: (typeof claim)[] = mutations(claim.proof).map((proof) => ({ ...claim, proof }))
        for (let other = 0; other <= to; other++) {
          if (other !== from) wrong.push({ ...claim, fromRoot: tree.root(other) })
          if (other !== to) wrong.push({ ...claim, toRoot: tree.root(other) })
        }
        for (const name of ['fromRoot', 'toRoot'] as const) {
          for (let bit = 0; bit < 256; bit += 31) wrong.push({ ...claim, [name]: flipped(claim[name], bit) })
          wrong.push({ ...claim, [name]: '' }, { ...claim, [name]: claim[name].slice(1) })
        }
        for (const number of [-1, 0, 0.5, to + 1, Number.NaN, 2 ** 53]) wrong.push({ ...claim, from: number })
        for (const number of [-1, 0, 0.5, from - 1, Number.NaN, 2 ** 53]) wrong.push({ ...claim, to: number })
        expect(wrong.filter(verifyConsistency), `${from} to ${to}`).toEqual([])
      }
    }
  })

  it('from one log does not hold for a log that was changed before it', () => {
    const other = reference(['another', ...Array.from({ length: 40 }, (_, i) => `entry ${i + 1}`)])
    for (let to = 2; to <= 40; to++) {
      for (let from = 1; from < to; from++) {
        const claim = { from, fromRoot: tree.root(from), to, toRoot: other.root(to) }
        expect(verifyConsistency({ ...claim, proof: other.proof(from, to) })).toBe(false)
        expect(verifyConsistency({ ...claim, proof: tree.proof(from, to) })).toBe(false)
      }
    }
  })

  it('from the empty tree is empty, and the empty tree has one root', async () => {
    expect(await consistencyProof(tree.subtrees, 0, 9)).toEqual([])
    const claim = { from: 0, fromRoot: emptyRoot, to: 9, toRoot: tree.root(9), proof: [] }
    expect(verifyConsistency(claim)).toBe(true)
    expect(verifyConsistency({ ...claim, to: 0, toRoot: emptyRoot })).toBe(true)
    expect(verifyConsistency({ ...claim, to: 0 })).toBe(false)
    expect(verifyConsistency({ ...claim, fromRoot: tree.root(1) })).toBe(false)
    expect(verifyConsistency({ ...claim, proof: [tree.root(1)] })).toBe(false)
    expect(verifyConsistency({ ...claim, fromRoot: tree.root(1), to: 0, toRoot: tree.root(1) })).toBe(false)
  })

  it('is not made for sizes in the wrong order', async () => {
    for (const [from, to] of [
      [4, 3],
      [-1, 3],
      [0.5, 3],
      [0, Number.NaN],
    ] as const) {
      await expect(consistencyProof(tree.subtrees, from, to)).rejects.toMatchObject({ code: 'LEDGER_OPTION_INVALID' })
    }
  })
})
