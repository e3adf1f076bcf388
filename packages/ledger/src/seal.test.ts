import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSeal, parseSeal, rangeSubtrees, type Seal } from './seal.ts'
import { SubtreeRow } from './subtree-row.ts'
import { frontierRanges, leafOf, Tree } from './tree.ts'

const leaves = Array.from({ length: 200 }, (_, i) => leafOf(`entry ${i}`))
const treeOfSize = (size: number): Tree => {
  const tree = new Tree()
  for (const leaf of leaves.slice(0, size)) tree.push(leaf)
  return tree
}

function sealOf(first: number, next: number): Seal {
  const row = new SubtreeRow(first)
  for (const leaf of leaves.slice(first, next)) row.push(leaf)
  const [sha256 = ''] = leaves
  return {
    origin: 'clinic/audit.standard/w-0',
    first,
    next,
    bytes: 7,
    sha256,
    root: treeOfSize(next).root(),
    hashes: row.hashes,
  }
}

describe('a seal', () => {
  it('read back is what was written, for every range of a small log', () => {
    for (let first = 0; first < 40; first++)
      for (let next = first + 1; next <= 70; next++) {
        const seal = sealOf(first, next)
        expect(parseSeal(formatSeal(seal))).toEqual(seal)
      }
  })

  it('is refused after any change of its shape', () => {
    const text = formatSeal(sealOf(5, 23))
    expect(parseSeal(text)).toBeDefined()
    const lines = text.slice(0, -1).split('\n')
    const changed = [
      text.slice(0, -1),
      `${text}\n`,
      text.replace('\nseal\n', '\nepoch\n'),
      text.replace('\n5\n', '\n05\n'),
      text.replace('\n5\n', '\n23\n'),
      text.replace('\n23\n', '\n22\n'),
      text.replace('\n5\n', '\n9007199254740993\n'),
      text.replace('\n7\n', '\n-7\n'),
      text.replaceAll('\n', '\r\n'),
      `${lines.slice(0, -1).join('\n')}\n`,
      `${[...lines, lines.at(-1)].join('\n')}\n`,
      `\n${lines.slice(1).join('\n')}\n`,
    ]
    for (const one of changed) expect(parseSeal(one), one).toBeUndefined()
  })

  it('of anything else is none, and nothing is thrown', () => {
    const piece = fc.constantFrom('seal', '0', '1', '65536', formatSeal(sealOf(0, 1)).split('\n')[5] ?? '', '', 'x')
    const texts = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 50 }).map((all) => `${all.join('\n')}\n`),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const seal = parseSeal(text)
        expect(seal === undefined || formatSeal(seal) === text).toBe(true)
      }),
    )
  })

  it('holds at most 32 hashes, wherever its segment ends', () => {
    for (const [first, next] of [
      [1, 65_535],
      [0, 65_536],
      [65_537, 131_071],
      [32_767, 32_769],
    ] as const)
      expect(rangeSubtrees({ first, next }).length).toBeLessThanOrEqual(32)
  })
})

describe('a row of subtrees', () => {
  it('from 0 is the frontier and has the root, for every size', () => {
    const row = new SubtreeRow(0)
    expect(row.root()).toBeUndefined()
    for (const [i, leaf] of leaves.entries()) {
      row.push(leaf)
      expect(row.hashes).toEqual(treeOfSize(i + 1).frontier)
      expect(row.root()).toBe(treeOfSize(i + 1).root())
    }
  })

  it('between any two places has the subtrees that are named for it, and completes the tree before it', () => {
    fc.assert(
      fc.property(fc.nat(199), fc.nat(199), (a, b) => {
        const [first, next] = a < b ? [a, b + 1] : [b, a + 1]
        const part = new SubtreeRow(first)
        for (const leaf of leaves.slice(first, next)) part.push(leaf)
        const ranges = rangeSubtrees({ first, next })
        expect(part.hashes).toHaveLength(ranges.length)
        const whole = new SubtreeRow(0)
        const before = treeOfSize(first).frontier
        for (const [i, range] of frontierRanges(first).entries()) whole.push(before[i] ?? '', range.size)
        for (const [i, range] of ranges.entries()) whole.push(part.hashes[i] ?? '', range.size)
        expect(whole.next).toBe(next)
        expect(whole.root()).toBe(treeOfSize(next).root())
      }),
    )
  })
})
