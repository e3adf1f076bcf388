/** What waits for the next batch: heads before the others, each in the order it came. */
import { bytesOf, type Pending } from './pending.ts'

export class EntryQueue {
  #heads: Pending[] = []
  #others: Pending[] = []
  /** How many of each were taken already; the arrays are dropped once they are empty. */
  #headsTaken = 0
  #othersTaken = 0
  #bytes = 0

  get size(): number {
    return this.#heads.length - this.#headsTaken + this.#others.length - this.#othersTaken
  }

  get bytes(): number {
    return this.#bytes
  }

  push(entry: Pending, head: boolean): void {
    this.#bytes += bytesOf(entry)
    if (head) this.#heads.push(entry)
    else this.#others.push(entry)
  }

  /** At least one entry, if there is one, and no more than fit into both bounds. */
  take(entriesMax: number, bytesMax: number): Pending[] {
    const taken: Pending[] = []
    let bytes = 0
    while (taken.length < entriesMax) {
      const entry = this.#heads[this.#headsTaken] ?? this.#others[this.#othersTaken]
      if (!entry || (taken.length > 0 && bytes + bytesOf(entry) > bytesMax)) break
      if (this.#headsTaken < this.#heads.length) this.#headsTaken += 1
      else this.#othersTaken += 1
      bytes += bytesOf(entry)
      taken.push(entry)
    }
    this.#bytes -= bytes
    this.#dropTaken()
    return taken
  }

  /** The last of each kind: once these are durable, so is everything that waits now. */
  lasts(): Pending[] {
    return [this.#heads.at(-1), this.#others.at(-1)].filter((entry) => entry !== undefined)
  }

  #dropTaken(): void {
    if (this.#headsTaken > 0 && this.#headsTaken === this.#heads.length) {
      this.#heads = []
      this.#headsTaken = 0
    }
    if (this.#othersTaken > 0 && (this.#othersTaken === this.#others.length || this.#othersTaken > 16_384)) {
      this.#others = this.#others.slice(this.#othersTaken)
      this.#othersTaken = 0
    }
  }
}
