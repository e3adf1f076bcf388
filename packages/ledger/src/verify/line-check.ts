/**
 * Walks over every line of a log, in the order of the files, and finds each place where it is not one unbroken row.
 *
 * After a break it goes on with what the next sound line says of itself, so that one edit is one break at its own index, and
 * the leaves of the tree keep their places. It never parses JSON.
 */
import type { LedgerErrorCode } from '../errors.ts'
import type { Place } from '../frontier.ts'
import { computedHash, emptyFrame, parseFrame, parseHead, statedHash } from '../line.ts'
import { type Hash, leafIn, Tree } from '../tree.ts'
import type { Break } from './report.ts'
import type { Resume, Snapshot } from './resume.ts'
import type { WantedRoots } from './wanted-roots.ts'

/** Sees each sound line: where its body is, and its index. Called before the bytes in front of it are overwritten. */
export type VisitBody = (bytes: Buffer, body: number, bodyEnd: number, n: number) => void

/** More missing entries than this are not stood in for: the tree is then given up, and the break says so. */
const standInsMax = 1_000_000
/** Nor are more malformed lines remembered. */
const doubtfulMax = 100_000
const unknown: readonly string[] = []
const missingLeaf: Hash = '\0'.repeat(32)

export interface Wanted {
  /** What the checkpoint covers. */
  readonly signedSize: number
  /** Where the frontier is asked for afterwards: a few. */
  readonly sizes: readonly number[]
  /** Roots to compare with on the way: any number. */
  readonly roots: WantedRoots
  /**
   * Whether signed lines, too, are held against the hashes at their ends. That finds where a log was changed; whether it was,
   * the root says alone.
   */
  readonly chained: boolean
}

export class LineCheck {
  readonly tree: Tree
  readonly breaks: Break[] = []
  /** Set when so much is missing that the tree cannot be compared any more. */
  givenUp = false
  readonly #visitBody: VisitBody
  /** Below it nothing can be a torn write. */
  readonly #signedSize: number
  /** Below it the hashes at the ends of the lines are not looked at. */
  readonly #unchainedSize: number
  readonly #snapshots = new Map<number, Snapshot | undefined>()
  readonly #roots: WantedRoots
  readonly #frame = emptyFrame()
  #segment = 0
  /** The index the next line should have. */
  #next = 0
  /** Leaves of malformed lines since the last sound one: they may or may not have been entries. */
  #doubtful: Hash[] = []
  /** The highest `d` of a line that was not itself in doubt. */
  #claimed = -1
  /** What the next line may be chained to; empty when that cannot be known. */
  #previous: readonly string[] = ['']
  /** The first break that may be a torn write, by its index and its place among the breaks: see `takeTornTail`. */
  #tornAt: { n: number; at: number } | undefined
  /** Where the log ends when a torn tail was taken off it. */
  #soundSize: number | undefined

  /** From the first line on, or from where somebody else has come without finding anything. */
  constructor(wanted: Wanted, visitBody: VisitBody, resume?: Resume) {
    this.#signedSize = wanted.signedSize
    this.#unchainedSize = wanted.chained ? 0 : wanted.signedSize
    this.#visitBody = visitBody
    this.#roots = wanted.roots
    for (const size of wanted.sizes) this.#snapshots.set(size, undefined)
    this.tree = Tree.from(resume?.size ?? 0, resume?.hashes ?? [])
    if (resume) {
      this.#segment = resume.segment
      this.#next = resume.size
      this.#previous = [resume.h]
      for (const [size, snapshot] of resume.snapshots) this.#snapshots.set(size, snapshot)
    } else this.#takeSnapshot({ segment: 0, offset: 0, h: '' })
  }

  /** One more than the highest index seen, without a torn tail that was taken off. */
  get entries(): number {
    return this.#soundSize ?? this.#next
  }

  /** The root over these entries. */
  root(): Hash {
    const sound = this.#soundSize === undefined ? undefined : this.#snapshots.get(this.#soundSize)
    return sound && this.#soundSize !== undefined ? Tree.from(this.#soundSize, sound.hashes).root() : this.tree.root()
  }

  /** The frontier when the tree had this size, and where in the files that was; undefined when it never had. */
  findSnapshot(size: number): Snapshot | undefined {
    return this.#snapshots.get(size)
  }

  /** Breaks at the very end that look like a write cut off by a crash: nothing signed, and nobody said it was durable. */
  takeTornTail(): Break[] {
    if (!this.#tornAt) return []
    this.#soundSize = this.#tornAt.n
    return this.breaks.splice(this.#tornAt.at)
  }

  beginSegment(first: number, file: string): void {
    this.#segment = first
    if (first >= this.#next) {
      const before = this.#tornAt
      this.#fillUpTo(first, file, 0)
      // A segment is begun when the one before it is durable: what lies between was, and is gone.
      if (!before) this.#tornAt = undefined
    } else
      this.#break(
        'LEDGER_SEGMENT_MISPLACED',
        first,
        file,
        0,
        `begins at ${first} by name, entry ${this.#next} was expected`,
      )
  }

  line(bytes: Buffer, start: number, end: number, file: string, offset: number, tooLong: boolean): void {
    const frame = this.#frame
    if (this.#tornAt && parseHead(bytes, start, end, frame)) this.#weighClaim(frame.n, frame.d)
    if (tooLong || !parseFrame(bytes, start, end, frame)) {
      const code = tooLong ? 'LEDGER_LINE_TOO_LONG' : 'LEDGER_LINE_MALFORMED'
      const message = tooLong ? 'longer than a line can be' : 'not framed as a line of this format'
      this.#break(code, this.#next + this.#doubtful.length, file, offset, message)
      if (this.#doubtful.length < doubtfulMax) this.#doubtful.push(leafIn(bytes, start, end))
      this.#previous = unknown
      return
    }
    const { n, d } = frame
    if (n < this.#next) {
      this.#repeated(n, file, offset)
      return
    }
    this.#fillUpTo(n, file, offset)
    this.#weighClaim(n, d)
    if (this.#doubtful.length > 0) this.#doubtful = []
    if (d < this.#claimed) {
      this.#break(
        'LEDGER_LINE_CLAIM',
        n,
        file,
        offset,
        `claims ${d} to be durable, a line before it claimed ${this.#claimed}`,
      )
    }
    this.#visitBody(bytes, frame.body, frame.bodyEnd, n)
    if (n < this.#unchainedSize) this.#passHash(bytes, end, n)
    else if (this.#checkHash(bytes, start, end, n, file, offset)) this.#claimed = Math.max(this.#claimed, d)
    this.#push(leafIn(bytes, start, end))
    if (!this.#snapshots.has(this.tree.size)) return
    this.#takeSnapshot({ segment: this.#segment, offset: offset + end + 1 - start, h: statedHash(bytes, end) })
  }

  /** Bytes behind the last line feed of a segment. */
  unfinished(file: string, offset: number, bytes: number): void {
    this.#break(
      'LEDGER_LINE_MALFORMED',
      this.#next + this.#doubtful.length,
      file,
      offset,
      `${bytes} bytes without a line feed`,
    )
    this.#previous = unknown
  }

  /** Malformed lines at the end of the log stand for entries as far as something was signed there. */
  end(): void {
    for (const leaf of this.#doubtful.splice(0)) if (this.#next < this.#signedSize) this.#push(leaf)
  }

  /** The first line behind the signed ones is chained to the last of them. */
  #passHash(bytes: Buffer, end: number, n: number): void {
    this.#previous = n + 1 === this.#unchainedSize ? [statedHash(bytes, end)] : unknown
  }

  /** A line is chained to what the line before it states, or to what that should state: an edited hash is one break, not two. */
  #checkHash(bytes: Buffer, start: number, end: number, n: number, file: string, offset: number): boolean {
    const stated = statedHash(bytes, end)
    const previous = this.#previous
    let isSound = previous.length === 0
    let computed = stated
    for (const one of previous) {
      computed = computedHash(bytes, start, end, one)
      if (computed === stated) isSound = true
      if (isSound) break
    }
    this.#previous = computed === stated ? [stated] : [stated, computed]
    if (!isSound)
      this.#break('LEDGER_LINE_HASH', n, file, offset, `the line hashes to ${computed}, its end says ${stated}`)
    return isSound
  }

  /** Entries between the last sound line and `n`: doubtful ones count, the rest is missing. */
  #fillUpTo(n: number, file: string, offset: number): void {
    if (n === this.#next) return
    for (const leaf of this.#doubtful.splice(0, n - this.#next)) this.#push(leaf)
    const first = this.#next
    const missing = n - first
    if (missing === 0) return
    const which = missing === 1 ? `entry ${first} is` : `entries ${first} to ${n - 1} are`
    this.#break('LEDGER_LINE_MISSING', first, file, offset, `${which} missing before this line`)
    this.#previous = unknown
    if (missing > standInsMax) this.givenUp = true
    if (!this.givenUp) for (let i = 0; i < missing; i++) this.#push(missingLeaf)
    this.#next = n
  }

  #push(leaf: Hash): void {
    this.#next += 1
    if (this.givenUp) return
    this.tree.push(leaf)
    if (this.tree.size === this.#roots.nextSize) this.#roots.reach(this.tree.size, () => this.tree.root())
    if (this.#snapshots.has(this.tree.size)) this.#takeSnapshot()
  }

  #takeSnapshot(place?: Place): void {
    const { size, frontier } = this.tree
    if (this.#snapshots.has(size)) this.#snapshots.set(size, { hashes: [...frontier], ...(place && { place }) })
  }

  /** A whole segment put back a second time is one break, not one for each of its lines. */
  #repeated(n: number, file: string, offset: number): void {
    const last = this.breaks.at(-1)
    const run = this.#repeatedRun
    if (last && run && last === run.found && run.last + 1 === n && last.file === file) {
      run.last = n
      const message = `entries ${last.n} to ${n} again, where entry ${this.#next} was expected`
      run.found = { ...last, message }
      this.breaks[this.breaks.length - 1] = run.found
      return
    }
    const found = this.#break(
      'LEDGER_LINE_REPEATED',
      n,
      file,
      offset,
      `entry ${n} again, where entry ${this.#next} was expected`,
    )
    this.#repeatedRun = { found, last: n }
  }

  #repeatedRun: { found: Break; last: number } | undefined

  /** A line that knows more to be durable than where a torn write was suspected: so it was not torn. */
  #weighClaim(n: number, d: number): void {
    if (this.#tornAt && n > this.#tornAt.n && d >= this.#tornAt.n) this.#tornAt = undefined
  }

  #break(code: LedgerErrorCode, n: number, file: string, offset: number, message: string): Break {
    const found = { code, n, file, offset, message }
    if (n >= this.#signedSize && !this.#tornAt) {
      this.#tornAt = { n, at: this.breaks.length }
      if (!this.#snapshots.get(n)) this.#snapshots.set(n, undefined)
      if (!this.#snapshots.get(n) && this.tree.size === n) this.#takeSnapshot()
    }
    this.breaks.push(found)
    return found
  }
}
