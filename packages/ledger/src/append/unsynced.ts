/** Batches that were written and that the disk has not confirmed yet, in order. */
import type { Batch } from './batcher.ts'
import type { Segment } from './segment.ts'

export class Unsynced {
  #batches: readonly Batch[] = []
  #bytes = 0

  get all(): readonly Batch[] {
    return this.#batches
  }

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  add(batch: Batch): void {
    this.#batches = [...this.#batches, batch]
    this.#bytes += batch.bytes.length
  }

  remove(batch: Batch): void {
    this.#batches = this.#batches.filter((one) => one !== batch)
    this.#bytes -= batch.bytes.length
  }

  clear(): void {
    this.#batches = []
    this.#bytes = 0
  }

  /** Whether something waits in a segment before this one: it has to become durable first. */
  isBefore(segment: Segment): boolean {
    return this.#batches.some((one) => one.segment !== segment)
  }
}

export function segmentsOf(batches: readonly Batch[]): Segment[] {
  return [...new Set(batches.map((batch) => batch.segment))]
}
