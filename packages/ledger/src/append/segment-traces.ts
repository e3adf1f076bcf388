/**
 * What the segments that this process writes from their first entry must hold: the hash of the file, and the subtrees it fills.
 *
 * Both come from what is done anyway. The bytes of a batch are hashed once more just before its leaves are; the subtrees are
 * nodes that the tree closes as it grows. So a seal needs no second tree: the file is read back only to compare it with this. A
 * segment that an earlier process began, or whose batches do not follow each other, has no trace, and is folded line by line.
 */
import { createHash } from 'node:crypto'
import type { Place } from '../frontier.ts'
import { frontierRanges, type Hash, type Tree } from '../tree.ts'

/** A finished segment as it was hashed while it was written. */
export interface Traced {
  readonly bytes: number
  readonly sha256: Hash
  /** The subtrees of `rangeSubtrees`, in that order. */
  readonly hashes: readonly Hash[]
}

interface Trace {
  readonly first: number
  /** The size of the tree behind its last entry so far, once entries of another segment came. */
  next: number | undefined
  bytes: number
  readonly file: ReturnType<typeof createHash>
  /** Subtrees that no later entry makes larger, since they end the left edge of the range: each is as large as its place allows. */
  readonly edge: Hash[]
  /** Where the edge ends, and the level and end of the next subtree in it. */
  at: number
  level: number
  border: number
}

export class SegmentTraces {
  readonly #tree: Tree
  readonly #traces = new Map<number, Trace>()
  /** The segment that the newest entries went to. */
  #segment = -1
  #current: Trace | undefined

  /** `tree` is the one that grows by what `lines` is told of. */
  constructor(tree: Tree) {
    this.#tree = tree
  }

  /** The tree is about to grow by a batch: a line feed, which is not in the file, then lines with theirs, up to `place`. */
  lines(bytes: Buffer, place: Place): void {
    const start = place.offset - (bytes.length - 1)
    if (place.segment !== this.#segment) this.#begin(place.segment, start)
    const trace = this.#current
    if (!trace) return
    if (start === trace.bytes) {
      trace.file.update(bytes.subarray(1))
      trace.bytes = place.offset
      return
    }
    this.#traces.delete(trace.first)
    this.#current = undefined
  }

  /** The tree has one more leaf. */
  grown(): void {
    const trace = this.#current
    if (trace?.border !== this.#tree.size) return
    trace.edge.push(this.#tree.newestOf(trace.level))
    aim(trace, trace.border)
  }

  /** Hands over what a finished segment must hold, if it is known. `frontier` is that of the tree of size `next`. */
  take(first: number, next: number, frontier: readonly Hash[]): Traced | undefined {
    const trace = this.#traces.get(first)
    this.#traces.delete(first)
    if (trace && trace === this.#current) this.#current = undefined
    if (!trace || (trace.next ?? this.#tree.size) !== next) return undefined
    const ranges = frontierRanges(next)
    const rest = frontier.filter((_, i) => (ranges[i]?.first ?? -1) >= trace.at)
    return { bytes: trace.bytes, sha256: trace.file.digest('binary'), hashes: [...trace.edge, ...rest] }
  }

  #begin(segment: number, start: number): void {
    const { size } = this.#tree
    if (this.#current) this.#current.next = size
    this.#segment = segment
    this.#current = undefined
    if (start !== 0 || segment !== size) return
    const trace = { first: segment, next: undefined, bytes: 0, file: createHash('sha256'), edge: [] }
    this.#current = aim({ ...trace, at: 0, level: 0, border: 0 }, segment)
    this.#traces.set(segment, this.#current)
  }
}

/** The next subtree of the edge begins at `at`, and is as large as the largest power of two that divides that. */
function aim(trace: Trace, at: number): Trace {
  let level = 0
  let size = 1
  while (at > 0 && at % (2 * size) === 0) {
    level += 1
    size *= 2
  }
  return Object.assign(trace, { at, level, border: at === 0 ? Number.POSITIVE_INFINITY : at + size })
}
