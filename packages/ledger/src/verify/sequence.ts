/**
 * Completeness: whether every sequence number that was given out has its record.
 *
 * Numbers count from 0 at each `stream_open`. Records that went to the head of the queue overtake others, so numbers may arrive
 * out of order; what is still missing when the opening ends is a gap, explained if an `audit_gap` record of the same opening
 * names it.
 */
import type { Gap, Note } from './report.ts'
import { type EventType, type Range, readEventType, readGap, readSeq, seqAt } from './sequence-record.ts'
import type { SequenceRun } from './sequence-runs.ts'

/** After a crash, records may be missing that later ones had overtaken: at most so many as one batch holds. */
const overtakenMax = 4096

export class Sequence {
  readonly gaps: Gap[] = []
  readonly notes: Note[] = []
  #opening: Opening | undefined
  #withoutSeq = 0

  /** One entry: `body`..`bodyEnd` are the members between the frame. */
  visit(bytes: Buffer, body: number, bodyEnd: number, n: number): void {
    const seq = readSeq(bytes, body, bodyEnd)
    if (seq < 0) {
      this.#withoutSeq += 1
      return
    }
    const type = readEventType(bytes, body + seqAt, bodyEnd)
    this.#add(seq, n, type, type === 'audit_gap' ? readGap(bytes, body, bodyEnd) : undefined)
  }

  /** The same for entries that somebody else has looked at, in their order. */
  replay({ type, seq, n, count, gap }: SequenceRun): void {
    if (type === 'absent') {
      this.#withoutSeq += count
      return
    }
    if (count > 1 && this.#opening?.addRun(seq, seq + count - 1)) {
      this.#opening.isClosed = false
      return
    }
    for (let i = 0; i < count; i++) this.#add(seq + i, n + i, type, gap)
  }

  #add(seq: number, n: number, type: EventType, gap: Range | undefined): void {
    if (type === 'stream_open' && seq === 0) {
      this.#finish(n)
      this.#opening = new Opening(n)
    }
    this.#opening ??= new Opening(n)
    if (!this.#opening.add(seq)) {
      this.gaps.push({
        firstSeq: seq,
        lastSeq: seq,
        explained: false,
        message: `seq ${seq} stands twice, again in entry ${n}`,
      })
    }
    this.#opening.isClosed = type === 'stream_close'
    this.#opening.explain(gap)
  }

  end(entries: number): void {
    this.#finish(entries)
    if (this.#withoutSeq > 0) {
      const message = `${this.#withoutSeq} entries are not audit/1 records and carry no seq`
      this.notes.push({ code: 'LEDGER_SEQ_ABSENT', message })
    }
  }

  #finish(next: number): void {
    const opening = this.#opening
    if (!opening) return
    if (!opening.isClosed) {
      const message = `the opening at entry ${opening.first} ends before entry ${next} without stream_close: a crash, or it is still open`
      this.notes.push({ code: 'LEDGER_CLOSE_MISSING', message })
    }
    for (const { first, last } of opening.missing()) {
      const which = first === last ? `seq ${first}` : `seq ${first} to ${last}`
      const explained = opening.isExplained(first, last)
      if (!explained && !opening.isClosed && opening.countAbove(last) <= overtakenMax) {
        const message = `${which} of the opening at entry ${opening.first}: never acknowledged when it ended`
        this.notes.push({ code: 'LEDGER_SEQ_UNACKNOWLEDGED', message })
        continue
      }
      const why = explained ? 'named by an audit_gap record' : 'no record and no audit_gap'
      this.gaps.push({
        firstSeq: first,
        lastSeq: last,
        explained,
        message: `${which} of the opening at entry ${opening.first}: ${why}`,
      })
    }
    this.#opening = undefined
  }
}

/** The numbers seen since one `stream_open`, as ranges: nearly always one. */
class Opening {
  readonly first: number
  isClosed = false
  #seen: Range[] = []
  #named: Range[] = []

  constructor(first: number) {
    this.first = first
  }

  /** False when the number was there before. */
  add(seq: number): boolean {
    const seen = this.#seen
    const at = this.#rangeBefore(seq)
    const before = seen[at]
    const after = seen[at + 1]
    if (before && seq <= before.last) return false
    const joinsBefore = before?.last === seq - 1
    const joinsAfter = after?.first === seq + 1
    if (before && joinsBefore) before.last = seq
    if (after && joinsAfter) after.first = seq
    if (before && after && joinsBefore && joinsAfter) {
      before.last = after.last
      seen.splice(at + 1, 1)
    } else if (!joinsBefore && !joinsAfter) seen.splice(at + 1, 0, { first: seq, last: seq })
    return true
  }

  /** Numbers that go on where the highest so far ends; false, and nothing added, when they are others. */
  addRun(first: number, last: number): boolean {
    const highest = this.#seen.at(-1)
    if (highest?.last !== first - 1) return false
    highest.last = last
    return true
  }

  explain(range: Range | undefined): void {
    if (range) this.#named.push(range)
  }

  missing(): Range[] {
    const found: Range[] = []
    let next = 0
    for (const { first, last } of this.#seen) {
      if (first > next) found.push(...this.#splitByName({ first: next, last: first - 1 }))
      next = last + 1
    }
    return found
  }

  isExplained(first: number, last: number): boolean {
    return this.#named.some((one) => one.first <= first && last <= one.last)
  }

  countAbove(seq: number): number {
    return this.#seen.reduce((sum, range) => sum + (range.first > seq ? range.last - range.first + 1 : 0), 0)
  }

  /** A hole of which only a part is named: the parts are reported apart. */
  #splitByName(hole: Range): Range[] {
    const cuts = new Set([hole.first])
    for (const { first, last } of this.#named) {
      if (first > hole.first && first <= hole.last) cuts.add(first)
      if (last >= hole.first && last < hole.last) cuts.add(last + 1)
    }
    const firsts = [...cuts].sort((a, b) => a - b)
    return firsts.map((first, i) => ({ first, last: (firsts[i + 1] ?? hole.last + 1) - 1 }))
  }

  /** The last range that begins at or before `seq`, or -1. From the end: that is where new numbers go. */
  #rangeBefore(seq: number): number {
    let low = 0
    let high = this.#seen.length
    if ((this.#seen.at(-1)?.first ?? Number.POSITIVE_INFINITY) <= seq) return high - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#seen[middle]?.first ?? 0) <= seq) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}
