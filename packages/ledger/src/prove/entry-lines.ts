/**
 * The lines of a log by index, straight from its segments.
 *
 * A segment names its first index and its lines stand in order, so a line is found by halving the bytes between two known
 * ones: some ten reads, however long the segment. In a log that was tampered with that may lead astray; the root shows it.
 */
import { type FileHandle, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LedgerError } from '../errors.ts'
import { segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { emptyFrame, lineBytesMax, lineFeed, parseHead } from '../line.ts'
import { LineSplitter } from '../line-splitter.ts'
import { openFile } from '../read/open-file.ts'

/** Closer than this, lines are read one after the other. */
const nearBytes = 128 * 1024
/** Enough for the end of most lines and the beginning of the next one. */
const probeBytes = 4096
const headBytesMax = 64

/** A line in a buffer, without its line feed. The byte before it may be overwritten; the buffer is used again. */
export type VisitEntry = (bytes: Buffer, start: number, end: number) => void

interface Place {
  readonly segment: number
  readonly n: number
  readonly offset: number
}

export class EntryLines {
  readonly #dir: string
  #segments: readonly number[] | undefined
  /** Behind the lines visited last, so that going on needs no search. */
  #next: Place | undefined

  constructor(dir: string) {
    this.#dir = dir
  }

  /** Visits `count` lines from `first` on. Rejects with LEDGER_TREE_INCOMPLETE when one is missing or not framed. */
  async visit(first: number, count: number, visit: VisitEntry): Promise<void> {
    for (let n = first; n < first + count; ) n = await this.#visitSegment(n, first + count, visit)
  }

  /** Visits lines up to the end of one segment; the index of the line that is due then. */
  async #visitSegment(n: number, end: number, visit: VisitEntry): Promise<number> {
    const { segment, next } = await this.#segmentOf(n)
    const file = await openFile(join(this.#dir, segmentFile(segment))).catch((error: unknown) => {
      throw incomplete(n, `${segmentFile(segment)} cannot be read`, error)
    })
    try {
      const known = this.#next
      const start = known?.segment === segment && known.n === n ? known : await findLine(file, segment, n)
      const behind = await readFrom(file, start, { n, end: Math.min(end, next) }, visit)
      this.#next = behind
      return behind.n
    } catch (error) {
      this.#next = undefined
      throw error instanceof LedgerError ? error : incomplete(n, `${segmentFile(segment)} cannot be read`, error)
    } finally {
      await file.close()
    }
  }

  async #segmentOf(n: number): Promise<{ segment: number; next: number }> {
    const known = this.#segments ?? []
    // The last one known may have a successor by now.
    const segments = n < (known.at(-1) ?? 0) ? known : await this.#list()
    const at = segments.findLastIndex((first) => first <= n)
    const segment = segments[at]
    if (segment === undefined) throw incomplete(n, 'no segment holds it')
    return { segment, next: segments[at + 1] ?? Number.MAX_SAFE_INTEGER }
  }

  async #list(): Promise<readonly number[]> {
    this.#segments = segmentsAmong(await readdir(join(this.#dir, segmentDirectory)).catch(() => []))
    return this.#segments
  }
}

/** The beginning of a line at or a little before line `n`. */
async function findLine(file: FileHandle, segment: number, n: number): Promise<Place> {
  let low: Place = { segment, n: segment, offset: 0 }
  let high = (await file.stat()).size
  while (low.n < n && high - low.offset > nearBytes) {
    const middle = Math.floor((low.offset + high) / 2)
    const found = await lineAfter(file, middle)
    // No line begins between here and `high`, or one that cannot be read: what is to be found lies before.
    if (!found || found.offset >= high || found.n > n) high = middle
    else if (found.n < low.n) throw incomplete(n, `${segmentFile(segment)} is out of order`)
    else low = { segment, ...found }
  }
  return low
}

/** The first line that begins behind `offset`. */
async function lineAfter(file: FileHandle, offset: number): Promise<{ n: number; offset: number } | undefined> {
  for (const length of [probeBytes, lineBytesMax + 1 + headBytesMax]) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
    const start = buffer.subarray(0, bytesRead).indexOf(lineFeed) + 1
    const frame = emptyFrame()
    if (start > 0 && parseHead(buffer, start, bytesRead, frame)) return { n: frame.n, offset: offset + start }
  }
  return undefined
}

/** Visits the lines from `n` to `end` that begin behind a place, and answers with the place behind the last one. */
async function readFrom(
  file: FileHandle,
  from: Place,
  { n, end }: { n: number; end: number },
  visit: VisitEntry,
): Promise<Place> {
  const splitter = new LineSplitter(from.offset, nearBytes)
  const { bytes } = splitter
  const frame = emptyFrame()
  let due = from.n
  let behind = from.offset
  let wrong: number | undefined
  while (due < end && wrong === undefined) {
    const room = splitter.room()
    const { bytesRead } = await file.read(bytes, room, bytes.length - room, splitter.position)
    if (bytesRead === 0) throw incomplete(due, `${segmentFile(from.segment)} ends before it`)
    splitter.feed(bytesRead, (start, lineEnd, offset, tooLong) => {
      if (due >= end || wrong !== undefined) return
      if (tooLong || !parseHead(bytes, start, lineEnd, frame) || frame.n !== due) {
        wrong = offset
        return
      }
      if (due >= n) visit(bytes, start, lineEnd)
      due += 1
      behind = offset + lineEnd - start + 1
    })
  }
  if (wrong !== undefined) throw incomplete(due, `${segmentFile(from.segment)} holds something else at byte ${wrong}`)
  return { segment: from.segment, n: due, offset: behind }
}

function incomplete(n: number, why: string, cause?: unknown): LedgerError {
  return new LedgerError('LEDGER_TREE_INCOMPLETE', `entry ${n} cannot be read: ${why}`, { cause })
}
