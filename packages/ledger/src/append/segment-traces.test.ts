import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rangeSubtrees } from '../seal.ts'
import { SubtreeRow } from '../subtree-row.ts'
import { leafIn, leafOf, Tree } from '../tree.ts'
import { SegmentTraces } from './segment-traces.ts'

/** Segments, each of batches, each of so many lines. */
const segments = fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 8,
})

/** A tree of `before` leaves, and what traces say of a batch after the other. */
class Growing {
  readonly tree = new Tree()
  readonly traces = new SegmentTraces(this.tree)
  readonly lines: string[] = []

  constructor(before: number) {
    for (let i = 0; i < before; i++) this.tree.push(leafOf(`before ${i}`))
  }

  /** A batch of `count` lines behind `offset` of a segment; returns where it ends. */
  add(segment: number, offset: number, count: number): number {
    const added = Array.from({ length: count }, (_, i) => `line ${this.tree.size + i}`)
    const bytes = Buffer.from(`\n${added.join('\n')}\n`)
    const end = offset + bytes.length - 1
    this.traces.lines(bytes, { segment, offset: end, h: '' })
    for (let at = 1; at < bytes.length; ) {
      const to = bytes.indexOf('\n', at)
      this.tree.push(leafIn(bytes, at, to))
      this.traces.grown()
      at = to + 1
    }
    this.lines.push(...added)
    return end
  }
}

describe('the trace of a segment', () => {
  it('is what its lines fold to, wherever segments and batches end and however late it is asked for', () => {
    fc.assert(
      fc.property(fc.nat(600), segments, fc.boolean(), (before, sizes, late) => {
        const growing = new Growing(before)
        const asked: (() => void)[] = []
        for (const batches of sizes) {
          const first = growing.tree.size
          let end = 0
          for (const count of batches) end = growing.add(first, end, count)
          const next = growing.tree.size
          const frontier = [...growing.tree.frontier]
          const lines = growing.lines.slice(first - before)
          const ask = (): void => {
            const row = new SubtreeRow(first)
            for (const line of lines) row.push(leafOf(line))
            const file = Buffer.from(`${lines.join('\n')}\n`)
            const sha256 = createHash('sha256').update(file).digest('binary')
            expect(growing.traces.take(first, next, frontier)).toEqual({
              ...{ bytes: end, sha256, hashes: row.hashes },
            })
            expect(row.hashes).toHaveLength(rangeSubtrees({ first, next }).length)
            expect(growing.traces.take(first, next, frontier)).toBeUndefined()
          }
          if (late) asked.push(ask)
          else ask()
        }
        for (const ask of asked) ask()
      }),
    )
  })

  it('has one hash for a segment of 65,536 entries that begins at a multiple of that', () => {
    const growing = new Growing(65_536)
    growing.add(65_536, 0, 65_536)
    const leaves = growing.lines.map(leafOf)
    const row = new SubtreeRow(65_536)
    for (const leaf of leaves) row.push(leaf)
    const traced = growing.traces.take(65_536, 131_072, growing.tree.frontier)
    expect(traced?.hashes).toEqual(row.hashes)
    expect(traced?.hashes).toHaveLength(1)
  })

  it('is not there for a segment that began before this process', () => {
    const growing = new Growing(10)
    growing.add(7, 100, 5)
    growing.add(7, 150, 5)
    expect(growing.traces.take(7, 20, growing.tree.frontier)).toBeUndefined()
  })

  it('is not there where batches leave a gap, or repeat a place, or another size is asked for', () => {
    for (const second of [11, 0, 1000]) {
      const growing = new Growing(4)
      const end = growing.add(4, 0, 3)
      growing.add(4, second === 11 ? end : second, 3)
      const asked = second === 11 ? 11 : 10
      expect(growing.traces.take(4, asked, growing.tree.frontier)).toBeUndefined()
    }
  })

  it('is not there for a segment that does not begin where the tree ends', () => {
    const growing = new Growing(4)
    growing.add(3, 0, 3)
    expect(growing.traces.take(3, 7, growing.tree.frontier)).toBeUndefined()
  })
})
