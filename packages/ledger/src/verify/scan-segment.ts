/**
 * Reads one segment that is believed to be sound, knowing nothing of the others: threads do this beside each other.
 *
 * It hands on what the walk over the whole log needs of it: the subtrees of its leaves, and its sequence numbers as runs. At
 * the first thing that is not as it should be it gives up, without a word about what or where: `LineCheck` then walks over
 * the log in order, and has the words.
 */
import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { emptyFrame, lineBytesMax, parseFrame, statedHash } from '../line.ts'
import { LineSplitter } from '../line-splitter.ts'
import { openFile } from '../read/open-file.ts'
import { type Hash, leafIn } from '../tree.ts'
import { LeafBlocks } from './leaf-blocks.ts'
import { type SequenceRun, SequenceRuns } from './sequence-runs.ts'

/** What stays in the cache of a core between reading and hashing it, */
const chunkBytesNow = 1 << 18
/** and what is worth a way through the event loop. */
const chunkBytesLater = 1 << 20

export interface SegmentJob {
  readonly path: string
  /** The index its name says. */
  readonly first: number
  /** The index behind the last line to read: the next segment's, or that behind the last signed entry. */
  readonly next: number
  /** Whether the file has to end there. */
  readonly whole: boolean
  /** Sizes above `first` and up to `next` at which the subtrees are asked for, growing. */
  readonly sizes: readonly number[]
}

/** What stands in the segment when the log has some size. */
export interface SegmentPlace {
  readonly size: number
  /** The subtrees from the segment's first leaf up to there. */
  readonly hashes: readonly Hash[]
  /** The byte behind the line, and the hash at its end. */
  readonly offset: number
  readonly h: string
}

export interface SegmentFacts {
  /** At each size that was asked for, and at `next`. */
  readonly places: readonly SegmentPlace[]
  readonly runs: readonly SequenceRun[]
}

/**
 * Undefined when it is not one sound row of the lines asked for, or cannot be read. Rejects only with what `onBytes` throws.
 * `blocking` is for threads that do nothing else.
 */
export async function scanSegment(
  job: SegmentJob,
  onBytes: (bytes: number) => void,
  { blocking = false }: { readonly blocking?: boolean } = {},
): Promise<SegmentFacts | undefined> {
  const file = await openFile(job.path).catch(() => undefined)
  if (!file) return undefined
  try {
    const scan = new Scan(job)
    const splitter = new LineSplitter(0, blocking ? chunkBytesNow : chunkBytesLater)
    const { bytes } = splitter
    const visit = (start: number, end: number, offset: number, tooLong: boolean): void => {
      if (!scan.isOver) scan.line(bytes, start, end, offset, tooLong)
    }
    let counted = 0
    while (!scan.isOver) {
      const room = splitter.room()
      const part = { offset: room, length: bytes.length - room, position: splitter.position }
      const bytesRead = blocking ? readNow(file.fd, bytes, part) : await readLater(file, bytes, part)
      if (bytesRead === 0) return undefined
      splitter.feed(bytesRead, visit)
      const done = scan.isOver ? scan.end : splitter.position
      onBytes(done - counted)
      counted = done
    }
    if (scan.failed || (job.whole && (await file.stat()).size !== scan.end)) return undefined
    return scan.facts
  } finally {
    await file.close()
  }
}

type Part = { readonly offset: number; readonly length: number; readonly position: number }

/** A thread that has nothing else to do need not wait its turn for each chunk. What cannot be read counts as the end. */
function readNow(fd: number, bytes: Buffer, part: Part): number {
  try {
    return readSync(fd, bytes, part)
  } catch {
    return 0
  }
}

async function readLater(file: FileHandle, bytes: Buffer, part: Part): Promise<number> {
  return file.read(bytes, part).then(
    ({ bytesRead }) => bytesRead,
    () => 0,
  )
}

class Scan {
  failed = false
  isOver = false
  /** The byte behind the last line that was asked for. */
  end = 0
  readonly #job: SegmentJob
  readonly #leaves: LeafBlocks
  readonly #runs = new SequenceRuns()
  readonly #places: SegmentPlace[] = []
  readonly #frame = emptyFrame()
  #next: number
  #sizeAt = 0
  /** The next size that is one of the places. */
  #stop: number

  constructor(job: SegmentJob) {
    this.#job = job
    this.#next = job.first
    this.#leaves = new LeafBlocks(job.first)
    this.#stop = job.sizes[0] ?? job.next
  }

  get facts(): SegmentFacts {
    return { places: this.#places, runs: this.#runs.runs }
  }

  line(bytes: Buffer, start: number, end: number, offset: number, tooLong: boolean): void {
    const frame = this.#frame
    const n = this.#next
    if (tooLong || end - start > lineBytesMax || !parseFrame(bytes, start, end, frame) || frame.n !== n) {
      this.#fail(offset)
      return
    }
    if (!this.#runs.visit(bytes, frame.body, frame.bodyEnd, n)) {
      this.#fail(offset)
      return
    }
    this.#leaves.push(leafIn(bytes, start, end))
    this.#next = n + 1
    if (n + 1 < this.#stop) return
    const behind = offset + end + 1 - start
    this.#places.push({ size: n + 1, hashes: this.#leaves.hashes(), offset: behind, h: statedHash(bytes, end) })
    this.#sizeAt += 1
    this.#stop = this.#job.sizes[this.#sizeAt] ?? this.#job.next
    if (n + 1 < this.#job.next) return
    this.end = behind
    this.isOver = true
  }

  #fail(offset: number): void {
    this.failed = true
    this.isOver = true
    this.end = offset
  }
}
