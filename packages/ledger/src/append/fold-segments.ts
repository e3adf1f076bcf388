/**
 * Folds finished segments, as the disk has them, into the tree that was hashed while they were written.
 *
 * What the writer hashed is known as a frontier, at the end of the segment or at opening. A segment is compared by filling the
 * smallest part of that frontier it lies in: with its own leaves, and with what its neighbours hold, from their seals where there
 * are any, else from their lines. Nothing is believed of a seal here: one that is wrong does not fold to the frontier.
 */
import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { sealFile, sealsAmong, segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { noteBytesMax, parseNote } from '../note.ts'
import { parseSeal, rangeSubtrees, type Seal } from '../seal.ts'
import { SubtreeRow } from '../subtree-row.ts'
import { frontierRanges, type Hash } from '../tree.ts'
import { type ReadBack, readBack } from './read-back.ts'
import { readSmallLater } from './small-file.ts'
import { inTurn } from './turns.ts'

/** A tree this process vouches for: it grew it, or checked it against a signed root at opening. */
export interface KnownTree {
  readonly size: number
  readonly frontier: readonly Hash[]
}

/** A finished segment: its first entry and the one behind its last. */
export interface Finished {
  readonly first: number
  readonly next: number
}

export interface Folding {
  readonly disk: Disk
  readonly dir: string
  readonly known: KnownTree
  /** In order. None of them ends behind the known tree. */
  readonly targets: readonly Finished[]
  /** Whether seals may stand for segments that are none of the targets. */
  readonly useSeals: boolean
  onLeafOf(target: Finished): ((leaf: Hash) => void) | undefined
  pause(): Promise<void>
}

/** What the targets hold, without an origin yet; undefined when that is not what was hashed. Rejects with the system's error. */
export async function foldSegments(folding: Folding): Promise<Omit<Seal, 'origin'>[] | undefined> {
  const { known, targets } = folding
  const blocks = frontierRanges(known.size).map((range, i) => ({ ...range, hash: known.frontier[i] ?? '' }))
  const firstWanted = targets[0]?.first ?? 0
  const nextWanted = targets.at(-1)?.next ?? 0
  const from = blocks.findLast((block) => block.first <= firstWanted)?.first ?? 0
  const end = blocks.map((block) => block.first + block.size).find((one) => one >= nextWanted)
  if (end === undefined) return undefined
  // The row begins as what is known before the first target, so that it has the root of every size it passes.
  const row = new SubtreeRow(0)
  for (const block of blocks) if (block.first < from) row.push(block.hash, block.size)
  const found: Omit<Seal, 'origin'>[] = []
  for (const piece of await piecesBetween(folding, from, end)) {
    const target = targets.find((one) => one.first === piece.first)
    const part = target ? await readTarget(folding, target) : await readNeighbour(folding, piece)
    if (!part || !extend(row, piece, part.hashes, from, end)) return undefined
    if (target && part.read)
      found.push({
        ...target,
        bytes: part.read.bytes,
        sha256: part.read.sha256,
        root: row.root() ?? '',
        hashes: part.hashes,
      })
  }
  const expected = blocks.filter((block) => block.first < end).map((block) => block.hash)
  const same =
    row.next === end && row.hashes.length === expected.length && row.hashes.every((one, i) => one === expected[i])
  return same && found.length === targets.length ? found : undefined
}

/** Adds those subtrees of a piece that lie between `from` and `end`. No subtree crosses either: both are borders of the frontier. */
function extend(row: SubtreeRow, piece: Finished, hashes: readonly Hash[], from: number, end: number): boolean {
  for (const [i, range] of rangeSubtrees(piece).entries()) {
    if (range.first < from || range.first >= end) continue
    const hash = hashes[i]
    if (hash === undefined || range.first !== row.next) return false
    row.push(hash, range.size)
  }
  return true
}

interface Part {
  readonly hashes: readonly Hash[]
  readonly read?: ReadBack
}

async function readTarget(folding: Folding, target: Finished): Promise<Part | undefined> {
  const read = await readLines(folding, target, folding.onLeafOf(target))
  return read.entries === target.next - target.first && read.rest === 0 ? { hashes: read.row.hashes, read } : undefined
}

async function readNeighbour(folding: Folding, piece: Finished): Promise<Part | undefined> {
  const seal = folding.useSeals ? await findSeal(folding.disk, folding.dir, piece.first) : undefined
  if (seal && seal.next === piece.next) return { hashes: seal.hashes }
  const read = await readLines(folding, piece)
  return read.entries === piece.next - piece.first ? { hashes: read.row.hashes } : undefined
}

function readLines(folding: Folding, piece: Finished, onLeaf?: (leaf: Hash) => void): Promise<ReadBack> {
  const { disk, dir, pause } = folding
  const { first, next } = piece
  return readBack({ disk, path: join(dir, segmentFile(first)), first, entriesMax: next - first, onLeaf, pause })
}

/** The segment's own seal, whoever signed it; undefined when there is none that can be read. */
export async function findSeal(disk: Disk, dir: string, first: number): Promise<Seal | undefined> {
  const bytes = await inTurn(() => readSmallLater(disk, join(dir, sealFile(first)), noteBytesMax))
  const note = bytes && parseNote(bytes)
  const seal = note && parseSeal(note.text)
  return seal?.first === first ? seal : undefined
}

/** The segments that hold entries between two places, each with the place behind its last entry in the known tree. */
async function piecesBetween({ disk, dir, known }: Folding, from: number, end: number): Promise<Finished[]> {
  const names = disk.list(join(dir, segmentDirectory))
  const firsts = [...new Set([...segmentsAmong(names), ...sealsAmong(names)])].sort((a, b) => a - b)
  return firsts
    .filter((first) => first < known.size)
    .map((first, i, all) => ({ first, next: all[i + 1] ?? known.size }))
    .filter(({ first, next }) => next > from && first < end)
}
