/** Where a walk over a log stands: what it takes to go on from there as if it had begun at the first line. */
import type { Place } from '../frontier.ts'
import type { Hash } from '../tree.ts'

/** The frontier of the tree at some size, and where in the files that was. */
export interface Snapshot {
  readonly hashes: readonly Hash[]
  /** Absent when the last entry is one that is missing. */
  readonly place?: Place
}

/** So far nothing was wrong. */
export interface Resume extends Place {
  readonly size: number
  readonly hashes: readonly Hash[]
  /** Those that were asked for, by size. */
  readonly snapshots: ReadonlyMap<number, Snapshot>
  /** What was read before it. */
  readonly bytes: number
}
