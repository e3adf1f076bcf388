/**
 * Which sequence numbers were given out and lost: contiguous ranges, told exactly.
 *
 * A record gets its `seq` before it is queued, so a dropped one leaves a hole that anybody can see. The gap collects the
 * hole in progress; the next record that is accepted closes it, and an `audit_gap` record names it right behind the hole.
 */

export type GapCause =
  | 'queue_full'
  | 'shutdown'
  | 'no_space'
  | 'io_error'
  | 'sync_failed'
  | 'read_only'
  | 'replaced'
  | 'deleted'
  | 'forbidden'
  | 'stuck'
  | 'error'

export interface Gap {
  readonly firstSeq: number
  readonly lastSeq: number
  readonly count: number
  readonly cause: GapCause
}

/** Collects lost sequence numbers, which must be told in order and without holes between them. */
export class GapCollector {
  #first = -1
  #last = -1
  #cause: GapCause = 'queue_full'

  get open(): boolean {
    return this.#first !== -1
  }

  add(seq: number, cause: GapCause): void {
    if (this.#first === -1) {
      this.#first = seq
      this.#cause = cause
    }
    this.#last = seq
  }

  /** The hole so far, which is then forgotten; undefined when there is none. */
  take(): Gap | undefined {
    if (this.#first === -1) return undefined
    const gap = { firstSeq: this.#first, lastSeq: this.#last, count: this.#last - this.#first + 1, cause: this.#cause }
    this.#first = -1
    return gap
  }
}
