/**
 * The numbers of a part of a log, folded: entries that follow each other with numbers that follow each other are one run.
 *
 * So a thread that has read a segment hands over a few runs instead of 65,536 numbers, and what `Sequence` finds in them is what
 * it would have found in the lines.
 */
import { type EventType, type Range, readEventType, readGap, readSeq, seqAt } from './sequence-record.ts'

export interface SequenceRun {
  /** `absent` for entries that are no audit/1 records. */
  readonly type: EventType | 'absent'
  /** The number of the first entry of the run, and its index. */
  readonly seq: number
  readonly n: number
  count: number
  /** What an `audit_gap` record names. */
  readonly gap?: Range
}

/** More runs than this are nothing to hand over: the log is then read in order. */
const runsMax = 100_000

export class SequenceRuns {
  readonly runs: SequenceRun[] = []
  #last: SequenceRun | undefined

  /** One entry, in order of the index. False when there are too many runs. */
  visit(bytes: Buffer, body: number, bodyEnd: number, n: number): boolean {
    const seq = readSeq(bytes, body, bodyEnd)
    const type = seq < 0 ? 'absent' : readEventType(bytes, body + seqAt, bodyEnd)
    const last = this.#last
    if (last?.type === type && (type === 'absent' || (type === 'other' && last.seq + last.count === seq))) {
      last.count += 1
      return true
    }
    const gap = type === 'audit_gap' ? readGap(bytes, body, bodyEnd) : undefined
    this.#last = { type, seq, n, count: 1, ...(gap && { gap }) }
    this.runs.push(this.#last)
    return this.runs.length <= runsMax
  }
}
