/**
 * Where a log really ends: from the newest checkpoint, line by line, to the first one that is not valid.
 *
 * A line is valid when it ends in a line feed, carries the next index and agrees with the hash at its end. The first one that
 * is not is *torn*, as a crash leaves it, when the checkpoint does not cover it and no later line claims that it was durable:
 * then nobody was promised it, and `cut.ts` moves it to quarantine. Everything else is damage: the directory is refused.
 */
import { constants } from 'node:fs'
import { join } from 'node:path'
import type { Checkpoint } from '../checkpoint.ts'
import type { Disk, FileFacts } from '../disk.ts'
import { LedgerError, type LedgerErrorCode } from '../errors.ts'
import { type Frontier, frontierBytesMax, type Place, parseFrontiers, treeOf } from '../frontier.ts'
import { frontierFile, segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import { computedHash, emptyFrame, parseFrame, parseHead, statedHash } from '../line.ts'
import { LineSplitter } from '../line-splitter.ts'
import { leafIn, Tree } from '../tree.ts'
import { readSmall } from './small-file.ts'

/** The end of a log: what a writer needs to append to it. */
export interface LogEnd {
  readonly next: number
  /** Where the last line ends. */
  readonly place: Place
  readonly tree: Tree
  /** The newest segment, by its first index; undefined when there is none. */
  readonly segment?: { readonly first: number; readonly bytes: number; readonly facts: FileFacts }
  /** Segments that hold entries behind the checkpoint; their bytes may still be in the page cache only. */
  readonly unsynced: readonly { readonly first: number; readonly from: number; readonly isSealed: boolean }[]
  /** Where a torn tail begins. It has to be cut before anything is written. */
  readonly torn?: TornTail
}

export interface TornTail {
  readonly first: number
  readonly segment: number
  readonly offset: number
  /** Segments behind it: nothing in them was promised either. */
  readonly later: readonly number[]
}

/** Finds the end. Reads only what is behind the checkpoint when the file beside it can be trusted. Throws what refuses the log. */
export function findEnd(disk: Disk, dir: string, checkpoint: Checkpoint | undefined): LogEnd {
  const segments = segmentsAmong(disk.list(join(dir, segmentDirectory)))
  const frontier = checkpoint && findFrontier(disk, dir, checkpoint, segments)
  const scan = new Scan(disk, dir, checkpoint, frontier)
  for (const first of segments) if (!frontier || first >= frontier.segment) scan.readSegment(first)
  return scan.end()
}

class Scan {
  readonly #disk: Disk
  readonly #dir: string
  readonly #checkpoint: Checkpoint | undefined
  readonly #tree: Tree
  #from: Frontier | undefined
  #next: number
  #place: Place
  #segment: LogEnd['segment']
  #torn: { first: number; segment: number; offset: number; later: number[] } | undefined
  readonly #unsynced: LogEnd['unsynced'][number][] = []

  constructor(disk: Disk, dir: string, checkpoint: Checkpoint | undefined, frontier: Frontier | undefined) {
    this.#disk = disk
    this.#dir = dir
    this.#checkpoint = checkpoint
    this.#from = frontier
    this.#tree = frontier ? treeOf(frontier) : new Tree()
    this.#next = frontier?.size ?? 0
    this.#place = { segment: frontier?.segment ?? 0, offset: frontier?.offset ?? 0, h: frontier?.h ?? '' }
  }

  readSegment(first: number): void {
    const path = join(this.#dir, segmentFile(first))
    const facts = this.#disk.findFacts(path)
    if (!facts) return
    if ((facts.mode & constants.S_IFMT) !== constants.S_IFREG)
      throw new LedgerError('LEDGER_SEGMENT_UNREADABLE', `${path} is not a file`)
    if (this.#torn) {
      this.#torn.later.push(first)
      this.#lookForClaims(path, 0, facts.size)
      return
    }
    const from = this.#from?.segment === first ? this.#from.offset : 0
    if (from === 0 && first !== this.#next) {
      const code = first > this.#next ? 'LEDGER_LINE_MISSING' : 'LEDGER_SEGMENT_MISPLACED'
      throw new LedgerError(code, `${path} begins at ${first}, entry ${this.#next} was expected`)
    }
    this.#segment = { first, bytes: facts.size, facts }
    if (facts.size > from) this.#unsynced.push({ first, from, isSealed: (facts.mode & 0o200) === 0 })
    this.#readLines(path, first, from, facts.size)
  }

  end(): LogEnd {
    const size = this.#checkpoint?.size ?? 0
    if (this.#next < size) {
      throw new LedgerError(
        'LEDGER_CHECKPOINT_REWOUND',
        `${this.#dir} holds ${this.#next} entries, its checkpoint ${size}`,
      )
    }
    return {
      next: this.#next,
      place: this.#place,
      tree: this.#tree,
      unsynced: this.#unsynced,
      ...(this.#segment && { segment: this.#segment }),
      ...(this.#torn && { torn: this.#torn }),
    }
  }

  #readLines(path: string, segment: number, from: number, size: number): void {
    const frame = emptyFrame()
    readChunks(
      this.#disk,
      path,
      from,
      size,
      (bytes, start, end, offset, tooLong) => {
        if (this.#torn) {
          this.#weighClaim(path, bytes, start, end)
          return
        }
        const valid =
          !tooLong &&
          parseFrame(bytes, start, end, frame) &&
          frame.n === this.#next &&
          statedHash(bytes, end) === computedHash(bytes, start, end, this.#place.h)
        if (!valid) {
          this.#tear(path, segment, offset)
          this.#weighClaim(path, bytes, start, end)
          return
        }
        this.#place = { segment, offset: offset + end + 1 - start, h: statedHash(bytes, end) }
        this.#next += 1
        this.#tree.push(leafIn(bytes, start, end))
        if (this.#next === this.#checkpoint?.size) this.#compareRoot(path)
      },
      (offset) => {
        if (!this.#torn) this.#tear(path, segment, offset)
      },
    )
  }

  /** The first invalid line. Below the checkpoint it cannot be a torn write, since it was signed. */
  #tear(path: string, segment: number, offset: number): void {
    if (this.#next < (this.#checkpoint?.size ?? 0)) this.#refuse('LEDGER_LINE_MALFORMED', path, offset)
    this.#torn = { first: this.#next, segment, offset, later: [] }
  }

  #lookForClaims(path: string, from: number, size: number): void {
    readChunks(
      this.#disk,
      path,
      from,
      size,
      (bytes, start, end) => this.#weighClaim(path, bytes, start, end),
      () => {},
    )
  }

  /** A line behind the torn one that knew it to be durable turns the tear into damage. */
  #weighClaim(path: string, bytes: Buffer, start: number, end: number): void {
    const torn = this.#torn
    const frame = emptyFrame()
    if (!torn || !parseHead(bytes, start, end, frame) || frame.n <= torn.first || frame.d < torn.first) return
    throw new LedgerError(
      'LEDGER_LINE_MALFORMED',
      `${path}: entry ${torn.first} is not valid at byte ${torn.offset}, and entry ${frame.n} says that it was durable`,
    )
  }

  #compareRoot(path: string): void {
    if (this.#tree.root() !== this.#checkpoint?.root) this.#refuse('LEDGER_ROOT_MISMATCH', path, 0)
  }

  #refuse(code: LedgerErrorCode, path: string, offset: number): never {
    throw new LedgerError(
      code,
      `${path}: entry ${this.#next} at byte ${offset}, under a checkpoint of ${this.#checkpoint?.size} entries`,
    )
  }
}

/** The kept frontier of this checkpoint, if it folds to the signed root and the log ends a line where it says. */
function findFrontier(
  disk: Disk,
  dir: string,
  checkpoint: Checkpoint,
  segments: readonly number[],
): Frontier | undefined {
  const bytes = readSmall(disk, join(dir, frontierFile), frontierBytesMax)
  if (!bytes) return undefined
  return parseFrontiers(bytes).find(
    (one) =>
      one.size === checkpoint.size &&
      treeOf(one).root() === checkpoint.root &&
      (one.size === 0
        ? one.segment === 0 && one.offset === 0 && one.h === ''
        : segments.includes(one.segment) && endsLine(disk, dir, one)),
  )
}

function endsLine(disk: Disk, dir: string, frontier: Frontier): boolean {
  const expected = Buffer.from(`,"h":"${frontier.h}"}\n`)
  const from = frontier.offset - expected.length
  if (from < 0) return false
  const fd = disk.open(join(dir, segmentFile(frontier.segment)), 'read')
  try {
    const found = Buffer.alloc(expected.length)
    return disk.read(fd, found, 0, found.length, from) === found.length && found.equals(expected)
  } finally {
    disk.close(fd)
  }
}

type VisitChunkLine = (bytes: Buffer, start: number, end: number, offset: number, tooLong: boolean) => void

/** Visits the lines of a file from `from`, and then the place of an unfinished one. */
function readChunks(
  disk: Disk,
  path: string,
  from: number,
  size: number,
  visit: VisitChunkLine,
  unfinished: (offset: number) => void,
): void {
  if (from >= size) return
  const splitter = new LineSplitter(from, Math.min(size - from, 1 << 20))
  const { bytes } = splitter
  const fd = disk.open(path, 'read')
  try {
    for (;;) {
      const room = splitter.room()
      const count = disk.read(fd, bytes, room, bytes.length - room, splitter.position)
      if (count === 0) break
      splitter.feed(count, (start, end, offset, tooLong) => visit(bytes, start, end, offset, tooLong))
    }
  } finally {
    disk.close(fd)
  }
  if (splitter.rest < splitter.position) unfinished(splitter.rest)
}
