/**
 * Seals finished segments: reads each back from the disk, compares it with what was hashed while it was written, and signs it.
 *
 * A segment that this process wrote from its first entry is compared by the hash of its file (`segment-traces.ts`), any other one
 * line by line (`fold-segments.ts`).
 *
 * A seal is made off the hot path, some time after its segment ended. It is never relied on for appending: a crash at any point
 * leaves a segment without one, and the next opening makes it. What does not read back as it was hashed is reported and never
 * signed. FORMAT.md, "Seals".
 */
import { join } from 'node:path'
import { setImmediate as goRound } from 'node:timers/promises'
import type { Disk } from '../disk.ts'
import { LedgerError, systemCode } from '../errors.ts'
import type { Place } from '../frontier.ts'
import { sealFile, sealsAmong, segmentDirectory, segmentFile, segmentsAmong } from '../layout.ts'
import type { LedgerFact, SealedSegment } from '../ledger.ts'
import { describeSeal, formatSeal, type Seal } from '../seal.ts'
import { foldFrontier, type Tree } from '../tree.ts'
import { type Finished, findSeal, foldSegments, type KnownTree } from './fold-segments.ts'
import type { NoteSigner } from './note-signer.ts'
import { readFileHash } from './read-file-hash.ts'
import { SegmentTraces, type Traced } from './segment-traces.ts'
import { replaceFileLater } from './small-file.ts'
import type { TileKeeper } from './tile-keeper.ts'
import { inTurn } from './turns.ts'

const againAfterMsMin = 1000
const againAfterMsMax = 60_000

export interface SealerStart {
  readonly disk: Disk
  readonly dir: string
  readonly signer: NoteSigner
  /** The tree over what is durable; it goes on growing. */
  readonly tree: Tree
  /** Whether the last segment, too, gets no more entries: an earlier process had finished with it. */
  readonly lastIsFinished: boolean
  readonly tiles: TileKeeper
  onFact(fact: LedgerFact): void
}

interface Job {
  readonly known: KnownTree
  readonly targets: readonly Finished[]
  /** What the only target must hold, as far as this process knows. */
  readonly traced?: Traced | undefined
  /** Ended in this process. What an earlier one left unsealed waits behind these, and ends with the process. */
  readonly isUrgent: boolean
  tries: number
}

export class Sealer {
  readonly #start: SealerStart
  readonly #traces: SegmentTraces
  /** Segments that ended, by first index: the tree at their end, as soon as it has that size. */
  readonly #ended = new Map<number, { readonly next: number; known?: KnownTree }>()
  /** The next size at which the tree is to be remembered. */
  #border = -1
  readonly #jobs: Job[] = []
  #running: Promise<void> | undefined
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #waiting = new Map<number, PromiseWithResolvers<SealedSegment>>()
  /** Segments that do not read back as they were hashed. */
  readonly #refused = new Map<number, LedgerError>()
  #isFinishing = false
  #stopped: LedgerError | undefined

  constructor(start: SealerStart) {
    this.#start = start
    const { size, frontier } = start.tree
    const known = { size, frontier: [...frontier] }
    this.#traces = new SegmentTraces(start.tree)
    setImmediate(() => this.#findUnsealed(known)).unref()
  }

  /** A segment gets no more entries. To be called before the tree grows beyond it. */
  ended(first: number, next: number): void {
    this.#ended.set(first, { next })
    this.#border = this.#border < 0 ? next : Math.min(this.#border, next)
    this.#remember()
  }

  /** The tree is about to grow by the lines of a batch: see `SegmentTraces.lines`. */
  growing(bytes: Buffer, place: Place): void {
    this.#traces.lines(bytes, place)
  }

  /** The tree has one more leaf. */
  grown(): void {
    this.#traces.grown()
    this.#remember()
  }

  #remember(): void {
    const { size, frontier } = this.#start.tree
    if (size !== this.#border) return
    const known = { size, frontier: [...frontier] }
    for (const one of this.#ended.values()) if (one.next === size) one.known = known
    const later = [...this.#ended.values()].filter((one) => !one.known).map((one) => one.next)
    this.#border = later.length === 0 ? -1 : Math.min(...later)
  }

  /** Everything in this segment is durable and hashed: it is sealed as soon as possible. */
  finished(first: number): void {
    const ended = this.#ended.get(first)
    this.#ended.delete(first)
    if (!ended?.known) return // never the case; the next opening would seal it
    const { known, next } = ended
    const traced = this.#traces.take(first, next, known.frontier)
    this.#add({ known, targets: [{ first, next }], traced, isUrgent: true, tries: 0 })
  }

  /** The seal of a finished segment, when it is there. Rejects when it will not be. */
  async sealed(first: number): Promise<SealedSegment> {
    const error = this.#stopped ?? this.#refused.get(first)
    if (error) throw error
    const waiting = this.#waiting.get(first) ?? Promise.withResolvers<SealedSegment>()
    this.#waiting.set(first, waiting)
    waiting.promise.catch(() => {})
    const seal = await findSeal(this.#start.disk, this.#start.dir, first).catch(() => undefined)
    if (seal) this.#tell(first, (one) => one.resolve(describeSeal(seal)))
    return waiting.promise
  }

  /** Resolves when the segments that ended in this process are sealed, or one attempt at it has failed. */
  async finish(): Promise<void> {
    for (let i = this.#jobs.length - 1; i >= 0; i--) if (!this.#jobs[i]?.isUrgent) this.#jobs.splice(i, 1)
    this.#isFinishing = true
    await this.#running
  }

  /** From now on nothing is written any more. */
  stop(error: LedgerError): void {
    if (this.#stopped) return
    this.#stopped = error
    this.#jobs.length = 0
    for (const timer of this.#timers) clearTimeout(timer)
    for (const first of [...this.#waiting.keys()]) this.#tell(first, (one) => one.reject(error))
  }

  /** Segments of earlier processes that ended before their seal was made. */
  #findUnsealed(known: KnownTree): void {
    if (this.#stopped || this.#isFinishing) return
    const { disk, dir, lastIsFinished } = this.#start
    let names: string[]
    try {
      names = disk.list(join(dir, segmentDirectory))
    } catch {
      return // whatever it is, appending will meet it
    }
    const seals = new Set(sealsAmong(names))
    const targets = segmentsAmong(names)
      .filter((first) => first < known.size)
      .map((first, i, all) => ({ first, next: all[i + 1] ?? known.size }))
      .filter(
        ({ first, next }) =>
          !seals.has(first) && (next < known.size || lastIsFinished || this.#isFollowed(names, next)),
      )
    if (targets.length > 0) this.#add({ known, targets, isUrgent: false, tries: 0 })
  }

  /** The last segment with entries has an empty one behind it. */
  #isFollowed(names: readonly string[], next: number): boolean {
    return segmentsAmong(names).includes(next)
  }

  #add(job: Job): void {
    if (this.#stopped) return
    const behind = this.#jobs.findIndex((one) => !one.isUrgent)
    this.#jobs.splice(job.isUrgent && behind >= 0 ? behind : this.#jobs.length, 0, job)
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) await this.#do(job)
    this.#running = undefined
  }

  async #do(job: Job): Promise<void> {
    try {
      const seals = await this.#readBack(job)
      if (!seals) this.#refuse(job, 'does not read back as it was hashed when it was written')
      for (const seal of seals ?? []) await this.#write({ origin: this.#start.signer.origin, ...seal })
      for (const { first, next } of job.targets) await this.#start.tiles.complete(first, next, () => this.#pause(job))
    } catch (error) {
      if (this.#stopped || error === droppedJob) return
      if (gone.has(systemCode(error))) this.#refuse(job, `cannot be read back: ${String(error)}`)
      else this.#again(job)
    }
  }

  /** What the targets hold; undefined when that is not what was hashed. */
  async #readBack(job: Job): Promise<Omit<Seal, 'origin'>[] | undefined> {
    const { known, traced, targets } = job
    const [target] = targets
    // The leaves are wanted again where a tile over them is missing.
    if (!traced || !target || !(await this.#start.tiles.hasLeaves(target.first, target.next)))
      return (await this.#fold(job, true)) ?? (await this.#fold(job, false))
    const path = join(this.#start.dir, segmentFile(target.first))
    const found = await readFileHash(this.#start.disk, path, traced.bytes, () => this.#pause(job))
    if (found.bytes !== traced.bytes || found.sha256 !== traced.sha256) return undefined
    return [{ ...target, ...traced, root: foldFrontier(known.frontier) }]
  }

  #fold(job: Job, useSeals: boolean): Promise<Omit<Seal, 'origin'>[] | undefined> {
    const { disk, dir, tiles } = this.#start
    return foldSegments({
      ...{ disk, dir, known: job.known, targets: job.targets, useSeals },
      onLeafOf: ({ first, next }) => tiles.collect(first, next),
      pause: () => this.#pause(job),
    })
  }

  /** Between two slices everything else goes first. */
  async #pause(job: Job): Promise<void> {
    await goRound(undefined, { ref: job.isUrgent })
    if (!job.isUrgent) {
      for (let other = this.#takeUrgent(); other; other = this.#takeUrgent()) await this.#do(other)
      if (this.#isFinishing) throw droppedJob
    }
    if (this.#stopped) throw this.#stopped
  }

  #takeUrgent(): Job | undefined {
    return this.#jobs[0]?.isUrgent ? this.#jobs.shift() : undefined
  }

  async #write(seal: Seal): Promise<void> {
    const { disk, dir, signer } = this.#start
    const note = await signer.note(formatSeal(seal))
    if (this.#stopped) throw this.#stopped
    const path = join(dir, sealFile(seal.first))
    await inTurn(async () => {
      await replaceFileLater(disk, path, note, () => !this.#stopped)
      await disk.later.chmod(path, 0o444).catch(() => {}) // as for the segment: not permitted everywhere
      await disk.later.syncDirectory(join(dir, segmentDirectory))
    })
    if (this.#stopped) throw this.#stopped
    this.#start.onFact({ kind: 'sealed', segment: describeSeal(seal) })
    this.#tell(seal.first, (one) => one.resolve(describeSeal(seal)))
  }

  #refuse(job: Job, why: string): void {
    const files = job.targets.map(({ first }) => segmentFile(first))
    const shown = files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ')
    const error = new LedgerError('LEDGER_SEAL_MISMATCH', `${this.#start.dir}: ${shown} ${why}; not sealed`)
    this.#start.onFact({ kind: 'unsealed', code: error.code, message: error.message })
    for (const { first } of job.targets) {
      this.#refused.set(first, error)
      this.#tell(first, (one) => one.reject(error))
    }
  }

  /** The signer or the disk failed; both may well come back. */
  #again(job: Job): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        this.#add(job)
      },
      Math.min(againAfterMsMax, againAfterMsMin * 2 ** job.tries),
    ).unref()
    job.tries += 1
    this.#timers.add(timer)
  }

  #tell(first: number, settle: (waiting: PromiseWithResolvers<SealedSegment>) => void): void {
    const waiting = this.#waiting.get(first)
    this.#waiting.delete(first)
    if (waiting) settle(waiting)
  }
}

/** Why a job of an earlier process ends when this one does. */
const droppedJob = new Error('left to the next opening')

/** The file, or the way to it, is not there any more. */
const gone = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP'])
