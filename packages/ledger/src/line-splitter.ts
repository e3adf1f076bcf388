/**
 * Cuts the chunks of a file into lines, in one buffer that never grows, whatever the file holds.
 *
 * The caller reads a chunk to `bytes` at `room()` and calls `feed()`, which visits every line that is now complete. In front
 * of each visited line there are at least `headroom` bytes that nobody needs any more.
 */
import { lineBytesMax, lineFeed } from './line.ts'

const headroom = 16

/** `start`..`end` in the splitter's bytes, without the line feed; `offset` in the file. A line too long has no bytes here. */
export type VisitLine = (start: number, end: number, offset: number, tooLong: boolean) => void

export class LineSplitter {
  readonly bytes: Buffer
  #from = headroom
  #to = headroom
  /** Where in the file `#from` is. */
  #offset: number
  /** Where in the file a line began that is already longer than any line may be, else -1. */
  #tooLongFrom = -1

  constructor(offset: number, chunkBytes: number) {
    this.#offset = offset
    this.bytes = Buffer.allocUnsafe(headroom + lineBytesMax + 1 + chunkBytes)
  }

  /** Makes room and returns where the next chunk goes; it may be as long as the rest of `bytes`. */
  room(): number {
    this.bytes.copyWithin(headroom, this.#from, this.#to)
    this.#to -= this.#from - headroom
    this.#from = headroom
    return this.#to
  }

  /** Where in the file the next chunk begins. */
  get position(): number {
    return this.#offset + this.#to - this.#from
  }

  /** Where in the file the line begins that has no line feed yet; equals `position` when there is none. */
  get rest(): number {
    return this.#tooLongFrom < 0 ? this.#offset : this.#tooLongFrom
  }

  feed(count: number, visit: VisitLine): void {
    this.#to += count
    const filled = this.bytes.subarray(0, this.#to)
    for (;;) {
      const end = filled.indexOf(lineFeed, this.#from)
      if (end < 0) break
      const start = this.#from
      const offset = this.rest
      const tooLong = this.#tooLongFrom >= 0 || end - start > lineBytesMax
      this.#offset += end + 1 - start
      this.#from = end + 1
      this.#tooLongFrom = -1
      visit(tooLong ? end : start, end, offset, tooLong)
    }
    if (this.#to - this.#from > lineBytesMax) {
      if (this.#tooLongFrom < 0) this.#tooLongFrom = this.#offset
      this.#offset += this.#to - this.#from
      this.#from = this.#to
    }
  }
}
