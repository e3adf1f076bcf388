/**
 * The signed part of a log, a segment at a time and several at once, put together again in order.
 *
 * A sound log is what nearly every verification finds, and for it the order of reading does not matter: each segment gives the
 * subtrees of its leaves, and these side by side are the tree. Whatever is not sound ends this at once, with no result.
 */
import { join } from 'node:path'
import type { Place } from '../frontier.ts'
import { segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { SubtreeRow } from '../subtree-row.ts'
import { emptyRoot, frontierRanges, type Hash } from '../tree.ts'
import { listNames } from './list-names.ts'
import type { Resume, Snapshot } from './resume.ts'
import type { SegmentFacts, SegmentJob } from './scan-segment.ts'
import type { Sequence } from './sequence.ts'
import { subtreeSizes } from './subtree-sizes.ts'
import type { WantedRoots } from './wanted-roots.ts'

/** Whoever reads segments: this thread, or a row of others. */
export interface Scanner {
  /** How many segments it reads at once. */
  readonly width: number
  /** As `scanSegment`. Rejects when the verification has to end. */
  scan(job: SegmentJob, onBytes: (bytes: number) => void): Promise<SegmentFacts | undefined>
}

export interface SignedPart {
  readonly size: number
  /** Where a snapshot is asked for. */
  readonly snapshotSizes: readonly number[]
  /** Told of every size that somebody wants. */
  readonly roots: WantedRoots
  /** Told of every entry. */
  readonly sequence: Sequence
}

/** Undefined when it is not sound, or cannot be read. `roots` and `sequence` are then of no more use. */
export async function scanSigned(
  dir: string,
  part: SignedPart,
  scanner: Scanner,
  onBytes: (bytes: number) => void,
): Promise<Resume | undefined> {
  const jobs = jobsOf(dir, segmentsAmong(await listNames(join(dir, segmentDirectory))), part)
  if (!jobs) return undefined
  const ahead: Promise<SegmentFacts | undefined>[] = []
  const walk = new SignedWalk(part)
  for (const [at, job] of jobs.entries()) {
    for (const one of jobs.slice(at + ahead.length, at + scanner.width + 1)) {
      const scan = scanner.scan(one, onBytes)
      scan.catch(() => {}) // it is waited for below, unless an earlier one ends this
      ahead.push(scan)
    }
    const facts = await ahead.shift()
    if (!facts) {
      await Promise.allSettled(ahead)
      return undefined
    }
    walk.add(job, facts)
  }
  return walk.resume
}

/** One for each segment that holds signed entries; undefined when they cannot be one row. */
function jobsOf(dir: string, segments: readonly number[], part: SignedPart): SegmentJob[] | undefined {
  if (part.size === 0 || segments[0] !== 0) return undefined
  return segments
    .filter((first) => first < part.size)
    .map((first, at) => {
      const behind = segments[at + 1] ?? Number.POSITIVE_INFINITY
      const next = Math.min(behind, part.size)
      const snapshots = part.snapshotSizes.filter((size) => size > first && size <= next)
      const sizes = [...new Set([...snapshots, ...part.roots.sizesWithin(first, next)])].sort((a, b) => a - b)
      return { path: join(dir, segmentFile(first)), first, next, whole: behind === next, sizes }
    })
}

/** Goes over the facts in the order of the log. */
class SignedWalk {
  readonly #part: SignedPart
  readonly #snapshots = new Map<number, Snapshot>()
  #hashes: readonly Hash[] = []
  #size = 0
  #place: Place = { segment: 0, offset: 0, h: '' }
  #bytes = 0

  constructor(part: SignedPart) {
    this.#part = part
    this.#keep({ hashes: [], place: this.#place })
  }

  get resume(): Resume {
    return { ...this.#place, size: this.#size, hashes: this.#hashes, snapshots: this.#snapshots, bytes: this.#bytes }
  }

  add({ first }: SegmentJob, { places, runs }: SegmentFacts): void {
    const before = this.#hashes
    for (const { size, hashes, offset, h } of places) {
      this.#hashes = extended(before, first, hashes, size)
      this.#size = size
      this.#place = { segment: first, offset, h }
      this.#keep({ hashes: this.#hashes, place: this.#place })
      this.#part.roots.reach(size, () => foldRow(this.#hashes, size))
    }
    for (const run of runs) this.#part.sequence.replay(run)
    this.#bytes += this.#place.offset
  }

  #keep(snapshot: Snapshot): void {
    if (this.#part.snapshotSizes.includes(this.#size)) this.#snapshots.set(this.#size, snapshot)
  }
}

/** The frontier of the tree of `next` leaves, from that of `size` leaves and the subtrees between. */
function extended(frontier: readonly Hash[], size: number, between: readonly Hash[], next: number): Hash[] {
  const row = new SubtreeRow(0)
  for (const [i, range] of frontierRanges(size).entries()) row.push(frontier[i] ?? '', range.size)
  for (const [i, width] of subtreeSizes(size, next).entries()) row.push(between[i] ?? '', width)
  return row.hashes
}

function foldRow(frontier: readonly Hash[], size: number): Hash {
  const row = new SubtreeRow(0)
  for (const [i, range] of frontierRanges(size).entries()) row.push(frontier[i] ?? '', range.size)
  return row.root() ?? emptyRoot
}
