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

/** The members of an `audit_gap` record's metadata. */
export function gapMetadata(gap: Gap, writer: string, incarnation: string): Record<string, string | number> {
  const { firstSeq, lastSeq, count, cause } = gap
  return { first_seq: firstSeq, last_seq: lastSeq, count, cause, writer, incarnation }
}

/**
 * The gap that a body of ours tells of, as it has to be told again in another writer. A `stream_open` that never reached the
 * disk is one too: numbers would seem to start anew behind it.
 */
export function findGap(body: string): Gap | undefined {
  if (body.includes('"event_type":"stream_open"')) return { firstSeq: 0, lastSeq: 0, count: 1, cause: 'error' }
  if (!body.includes('"event_type":"audit_gap"')) return undefined
  const parsed: { metadata?: { first_seq?: number; last_seq?: number; count?: number; cause?: GapCause } } = JSON.parse(
    `{${body}}`,
  )
  const { first_seq: firstSeq, last_seq: lastSeq, count, cause } = parsed.metadata ?? {}
  if (firstSeq === undefined || lastSeq === undefined || count === undefined || cause === undefined) return undefined
  return { firstSeq, lastSeq, count, cause }
}
