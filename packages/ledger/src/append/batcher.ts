/**
 * Turns queued entries into batches: lines with their indexes, the segment they go to, and the place in it.
 *
 * Once framed, a batch is final: whatever fails, the same bytes go to the same place until they are durable.
 */
import type { Disk } from '../disk.ts'
import { segmentAgeMsMax, segmentBytesMax, segmentEntriesMax } from '../layout.ts'
import type { Chain } from '../line.ts'
import { EntryQueue } from './entry-queue.ts'
import { bodyOf, bytesOf, Lot, type Pending } from './pending.ts'
import { Segment } from './segment.ts'

const batchEntriesMax = 4096
const batchBytesMax = 1024 * 1024

export interface Batch {
  readonly entries: readonly Pending[]
  /** What its entries' receipts are told. */
  readonly lot: Lot
  readonly first: number
  readonly segment: Segment
  readonly offset: number
  /** A line feed, which is not written, then the lines with theirs. */
  readonly bytes: Buffer
  /** The hash at the end of the last line. */
  readonly h: string
  durable: boolean
  /** What had to be durable elsewhere before it is. */
  cleared: boolean
}

export class Batcher {
  readonly queue = new EntryQueue()
  readonly #disk: Disk
  readonly #dir: string
  readonly #writer: string
  readonly #chain: Chain
  #segment: Segment | undefined
  /** Segments that get no more entries, to be closed and sealed. */
  #retired: Segment[] = []
  readonly #ended: (first: number, next: number) => void

  /** `ended` is told of a segment that gets no more entries: its first index and the one behind its last. */
  constructor(
    start: {
      readonly disk: Disk
      readonly dir: string
      readonly writer: string
      readonly chain: Chain
      readonly segment: Segment | undefined
    },
    ended: (first: number, next: number) => void,
  ) {
    this.#disk = start.disk
    this.#dir = start.dir
    this.#writer = start.writer
    this.#chain = start.chain
    this.#segment = start.segment
    this.#ended = ended
  }

  /** The index the next framed entry gets. */
  get next(): number {
    return this.#chain.next
  }

  get hasRetired(): boolean {
    return this.#retired.length > 0
  }

  takeRetired(): Segment[] {
    return this.#retired.splice(0)
  }

  /** Every segment that may still be open. */
  segments(): Segment[] {
    return this.#segment ? [...this.#retired, this.#segment] : [...this.#retired]
  }

  /** Ends the segment that is filling, if anything is in it: the next batch begins another. */
  endSegment(): void {
    if (!this.#segment || this.#segment.end === 0) return
    this.#retire(this.#segment)
    this.#segment = undefined
  }

  /** The next batch, or undefined when nothing waits. It never crosses the end of a segment. */
  frame(durable: number, timeMs: number): Batch | undefined {
    const first = this.#chain.next
    const untilBorder = segmentEntriesMax - (first % segmentEntriesMax)
    const entries = this.queue.take(Math.min(batchEntriesMax, untilBorder), batchBytesMax)
    if (entries.length === 0) return undefined
    const lot = new Lot(this.#writer)
    let text = '\n'
    let isAscii = true
    for (const entry of entries) {
      entry.join(lot, this.#chain.next)
      const body = bodyOf(entry)
      text += `${this.#chain.frame(durable, body)}\n`
      isAscii &&= bytesOf(entry) === body.length
    }
    // Nearly always true, and then a copy instead of an encoding.
    const bytes = Buffer.from(text, isAscii ? 'latin1' : 'utf8')
    const segment = this.#segmentFor(first, bytes.length - 1, timeMs)
    const offset = segment.end
    segment.end += bytes.length - 1
    return { entries, lot, first, segment, offset, bytes, h: this.#chain.last, durable: false, cleared: false }
  }

  #segmentFor(first: number, bytes: number, timeMs: number): Segment {
    const current = this.#segment
    const isEmpty = current?.end === 0
    const hasRoom =
      current &&
      !current.isSealed &&
      first % segmentEntriesMax !== 0 &&
      current.end + bytes <= segmentBytesMax &&
      timeMs - current.bornMs < segmentAgeMsMax
    if (current && (isEmpty || hasRoom)) return current
    if (current) this.#retire(current, first)
    this.#segment = new Segment(this.#disk, this.#dir, first, timeMs)
    return this.#segment
  }

  #retire(segment: Segment, next = this.#chain.next): void {
    this.#retired.push(segment)
    if (!segment.isSealed) this.#ended(segment.first, next)
  }
}
