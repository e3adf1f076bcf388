/** What has to be durable elsewhere before a batch may be written: asked once per batch, after its entries were chosen. */
import type { BeforeCommit } from '../ledger.ts'
import type { Batch } from './batcher.ts'

/** Something that a batch depends on could not be made durable. Never final: nothing is wrong with this ledger's own file. */
export class NotCleared extends Error {
  constructor(reason: unknown) {
    super(`what this batch depends on could not be made durable: ${String(reason)}`, { cause: reason })
  }
}

export class Gate {
  readonly #beforeCommit: BeforeCommit | undefined

  constructor(beforeCommit: BeforeCommit | undefined) {
    this.#beforeCommit = beforeCommit
  }

  /** Whether the batch has to wait. Later entries may need more, but they are not in it. */
  holds(batch: Batch): boolean {
    return !batch.cleared && this.#beforeCommit?.due() === true
  }

  /** Waits until everything that the batch depends on is durable. Rejects with a NotCleared. */
  async clear(batch: Batch): Promise<void> {
    try {
      await this.#beforeCommit?.persist()
    } catch (error) {
      throw new NotCleared(error)
    }
    batch.cleared = true
  }

  /** The same, blocking. */
  clearNow(batch: Batch): void {
    try {
      if (this.holds(batch)) this.#beforeCommit?.persistSync()
    } catch (error) {
      throw new NotCleared(error)
    }
    batch.cleared = true
  }
}
