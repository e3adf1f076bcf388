/** Batches between framing and the disk's word for it: one that is framed, and those that were written, in order. */
import type { Batch } from './batcher.ts'
import type { Pending } from './pending.ts'
import type { Segment } from './segment.ts'

export class InFlight {
  /** Framed and not yet written. */
  batch: Batch | undefined
  #unsynced: readonly Batch[] = []
  #bytes = 0
  /** The highest durable index, -1 for none. */
  #durable: number

  constructor(durable: number) {
    this.#durable = durable
  }

  get durable(): number {
    return this.#durable
  }

  /** Written and not yet confirmed. */
  get unsynced(): readonly Batch[] {
    return this.#unsynced
  }

  get unsyncedBytes(): number {
    return this.#bytes
  }

  get isSynced(): boolean {
    return this.#unsynced.length === 0
  }

  get all(): readonly Batch[] {
    return this.batch ? [...this.#unsynced, this.batch] : this.#unsynced
  }

  /** The framed batch was written. */
  written(batch: Batch, isAcknowledged: boolean): void {
    this.batch = undefined
    this.#unsynced = [...this.#unsynced, batch]
    this.#bytes += batch.bytes.length
    if (isAcknowledged) batch.lot.acknowledge()
  }

  /** The disk confirmed a batch; returns where it ends in its segment. */
  confirmed(batch: Batch): number {
    const end = batch.offset + batch.bytes.length - 1
    batch.durable = true
    batch.segment.durableEnd = end
    this.#durable = batch.first + batch.entries.length - 1
    this.#unsynced = this.#unsynced.filter((one) => one !== batch)
    this.#bytes -= batch.bytes.length
    batch.lot.confirm()
    return end
  }

  /** The entries of everything that is not durable, in order; forgotten here. */
  takeEntries(): Pending[] {
    const entries = this.all.flatMap((batch) => batch.entries)
    this.#unsynced = []
    this.#bytes = 0
    this.batch = undefined
    return entries
  }

  /** Whether something waits in a segment before this one: it has to become durable first. */
  isBefore(segment: Segment): boolean {
    return this.#unsynced.some((one) => one.segment !== segment)
  }
}

export function segmentsOf(batches: readonly Batch[]): Segment[] {
  return [...new Set(batches.map((batch) => batch.segment))]
}
