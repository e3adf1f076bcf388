/**
 * Whether the queue of a log may take one more record: bounded in bytes, and asked as seldom as possible.
 *
 * A queue only shrinks between two records, so what was free at the last question is a credit that can be spent without
 * asking again. Once full it stays closed until it is half empty: otherwise every freed byte would bring a record and a gap
 * of its own.
 */

/** Records of class block may use this much beyond the bound: one sixteenth of it. */
const reserveShare = 16
/** What the ledger adds around a body. */
const frameBytes = 64

export class QueueBound {
  readonly #bytesMax: number
  readonly #queuedBytes: () => number
  #creditBytes = 0
  #full = false

  constructor(bytesMax: number, queuedBytes: () => number) {
    this.#bytesMax = bytesMax
    this.#queuedBytes = queuedBytes
  }

  /** True from the first refusal until the queue is half empty. */
  get full(): boolean {
    if (this.#full && this.#queuedBytes() <= this.#bytesMax / 2) this.#full = false
    return this.#full
  }

  /** Whether one more record may be accepted. */
  admits(block: boolean): boolean {
    if (this.#creditBytes > 0) return true
    const queuedBytes = this.#queuedBytes()
    if (block) return queuedBytes < this.#bytesMax + this.#bytesMax / reserveShare
    if (this.full) return false
    this.#creditBytes = this.#bytesMax - queuedBytes
    this.#full = this.#creditBytes <= 0
    return !this.#full
  }

  /** A body of so many characters was queued; a character has at most three bytes. */
  spend(chars: number): void {
    this.#creditBytes -= chars * 3 + frameBytes
  }

  /** A record was refused. */
  close(): void {
    this.#full = true
    this.#creditBytes = 0
  }

  /** Another log with another queue: ask again. */
  forget(): void {
    this.#creditBytes = 0
  }
}
