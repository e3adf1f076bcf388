/**
 * The group commit: what waits becomes a batch, the batch becomes durable, its receipts resolve. And what happens when the
 * disk says no.
 *
 * Everything queued while one batch is under way becomes the next one. One *pump* does one piece of work after the other
 * (`pump.ts`). `flushNow` may step in at any moment: see `segment.ts` for why that is safe.
 */
import { LedgerError, type LedgerErrorCode } from '../errors.ts'
import type { LedgerState, SealedSegment } from '../ledger.ts'
import { type Batch, Batcher } from './batcher.ts'
import type { Checkpointer } from './checkpointer.ts'
import { CommitSchedule } from './commit-schedule.ts'
import { Cuts } from './cuts.ts'
import { Gate } from './gate.ts'
import { Heartbeat } from './heartbeat.ts'
import { InFlight, segmentsOf } from './in-flight.ts'
import type { Pending } from './pending.ts'
import { Pump, type Work } from './pump.ts'
import { Reserve } from './reserve.ts'
import { Retry } from './retry.ts'
import type { Segment } from './segment.ts'
import { SyncSchedule } from './sync-schedule.ts'
import { type Failure, Trouble } from './trouble.ts'
import { inTurn } from './turns.ts'
import { Waiters } from './waiters.ts'
import { WorkClock } from './work-clock.ts'
import type { WriterStart } from './writer-start.ts'
import { stateOf } from './writer-state.ts'

/** In ledgers that acknowledge before the sync, it comes early behind this many bytes. */
const unsyncedBytesMax = 8 * 1024 * 1024

export class Writer {
  readonly #start: WriterStart
  readonly #batcher: Batcher
  readonly #checkpointer: Checkpointer
  readonly #inFlight: InFlight
  readonly #trouble: Trouble
  readonly #reserve: Reserve
  readonly #retry = new Retry(() => this.#kick())
  readonly #commits: CommitSchedule
  readonly #syncs = new SyncSchedule(() => this.#kick())
  readonly #heartbeat: Heartbeat
  readonly #pump: Pump
  readonly #clock = new WorkClock()
  readonly #cuts = new Cuts()
  /** While closing, the first failure to write ends the attempt. */
  #closing = false
  /** Set at a final failure and at the end: from then on nothing touches the files. */
  #over = false
  readonly #waiters = new Waiters()
  readonly #gate: Gate

  constructor(start: WriterStart) {
    this.#start = start
    this.#gate = new Gate(start.beforeCommit)
    this.#batcher = new Batcher(start, (first, next) => start.sealer.ended(first, next))
    this.#inFlight = new InFlight(start.chain.next - 1)
    this.#commits = new CommitSchedule(start.commitDelayMs, () => this.#kick())
    this.#pump = new Pump({
      clock: this.#clock,
      find: () => this.#findWork(),
      failed: (error) => this.#fail('LEDGER_WRITE_FAILED', String(error)),
      atRest: async () => {
        if (this.#over) await this.#closeSegments()
      },
    })
    this.#checkpointer = start.makeCheckpointer(() => this.#kick())
    this.#reserve = new Reserve(start.disk, start.dir, start.reserveBytes, () => this.#trouble.reserved())
    const unsigned = (): string | undefined => this.#checkpointer.failure
    this.#trouble = new Trouble({ ...start, clock: this.#clock, reserve: this.#reserve, unsigned })
    this.#checkpointer.schedule()
    this.#heartbeat = new Heartbeat(start.lock, () => this.#kick())
  }

  get state(): LedgerState {
    return stateOf(this.#start.ack, this.#batcher, this.#inFlight, this.#checkpointer.newest, this.#trouble.shown)
  }

  get hasFailed(): boolean {
    return this.#trouble.failure?.final === true
  }

  add(entry: Pending, head: boolean): void {
    if (this.#start.ack === 'queued') entry.acknowledge({ writer: this.#start.writer, n: -1 })
    entry.enter(this.#commits)
    const { queue } = this.#batcher
    queue.push(entry, head)
    if (head || entry.isAsked) this.#commits.now()
    else this.#commits.later(queue.size, queue.bytes)
  }

  /** Everything that is not durable, in the order of its indexes; forgotten here. */
  takeAll(): Pending[] {
    return [
      ...this.#inFlight.takeEntries(),
      ...this.#batcher.queue.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    ]
  }

  async flush(): Promise<void> {
    const framed = this.#inFlight.all.at(-1)?.entries.at(-1)
    const lasts = [...(framed ? [framed] : []), ...this.#batcher.queue.lasts()]
    await this.#syncs.whileFlushing(() => this.#waiters.wait(lasts.map((entry) => entry.durable)))
  }

  /** Ends the segment that is filling behind everything that is queued now; resolves when it is sealed. */
  async seal(): Promise<SealedSegment> {
    await this.flush()
    if (this.#over) throw this.#trouble.closed
    const cut = this.#cuts.wait()
    this.#kick()
    return this.#start.sealer.sealed(await cut)
  }

  /** Writes and syncs everything, blocking. What is under way in the thread pool is written again, to the same place. */
  flushNow(): void {
    if (this.#over) return
    let problem = this.#writeAllNow()
    if (problem !== undefined && this.#trouble.makeRoom(problem, this.#path)) problem = this.#writeAllNow()
    if (!this.#over) this.#syncNow()
    if (!this.#over && problem !== undefined) this.#writeFailed(problem)
  }

  /** Returns what kept it from writing everything that waits. */
  #writeAllNow(): unknown {
    try {
      if (this.#heartbeat.isStale && !this.#heartbeat.isOurs()) this.#failReplaced()
      if (this.#over) return undefined
      for (const batch of this.#inFlight.unsynced) batch.segment.writeNow(batch.bytes.subarray(1), batch.offset)
      for (;;) {
        this.#frame()
        if (!this.#inFlight.batch || this.#over) return undefined
        this.#gate.clearNow(this.#inFlight.batch)
        this.#writeNow(this.#inFlight.batch)
      }
    } catch (error) {
      return error ?? new Error('no reason given')
    }
  }

  /** Flushes, signs and lets go of the files. Resolves with what kept something from being written, if anything did. */
  async finish(): Promise<Failure | undefined> {
    this.#closing = true
    this.#heartbeat.stop()
    this.#retry.now()
    await this.flush().catch(() => {})
    await this.#pump.whenIdle()
    this.#retry.stop()
    const failure = this.#trouble.failure
    await inTurn(async () => {
      if (!this.#over && failure) await this.#sync()
      else if (!this.#over) await this.#checkpointer.finish().catch(() => {}) // the one before stays the last one
      if (!this.#over) await this.#leaveRetired()
    })
    if (!this.#over && !failure) await Promise.all([this.#start.sealer.finish(), this.#start.tiles.finish()])
    await inTurn(async () => {
      this.#end()
      if (this.#canStillSign()) this.#signNow()
      await this.#closeSegments()
    })
    return failure
  }

  finishNow(): Failure | undefined {
    this.#closing = true
    this.flushNow()
    const { failure } = this.#trouble
    const isWhole = !this.#over && !failure
    this.#end()
    if (isWhole || this.#canStillSign()) this.#signNow()
    // A descriptor the thread pool still works on must not be closed: its number could be given to another file.
    if (!this.#pump.isRunning) for (const segment of this.#segments()) segment.closeNow()
    return failure
  }

  /** What the disk confirmed before it failed is still true, and readers learn of it only from a checkpoint. */
  #canStillSign(): boolean {
    return this.#trouble.failure?.code === 'LEDGER_SYNC_FAILED'
  }

  #signNow(): void {
    try {
      this.#checkpointer.writeNow()
    } catch {
      // The newest checkpoint stays the last one; the next opening signs again.
    }
  }

  // What the pump does.

  #kick(): void {
    if (!this.#over) this.#pump.kick()
  }

  /** What comes seldom comes first, or it would never come under load. */
  #findWork(): Work | undefined {
    if (this.#over) return undefined
    if (this.#heartbeat.isDue) return { run: () => this.#beat() }
    if (this.#checkpointer.isReady) return { run: () => this.#checkpointer.write() }
    if (this.#batcher.hasRetired && this.#inFlight.isSynced) return { run: () => this.#leaveRetired() }
    const wantsSync = this.#syncs.isDue || (this.#cuts.areWanted && !this.#inFlight.batch)
    if (wantsSync && !this.#inFlight.isSynced) return { run: () => this.#sync() }
    if (this.#cuts.areWanted && !this.#inFlight.batch) return { run: () => this.#cut() }
    if (this.#retry.isWaiting) return undefined
    // What others make durable needs turns of its own, and may be another ledger.
    if (this.#inFlight.batch && this.#gate.holds(this.#inFlight.batch))
      return { run: () => this.#clear(), outsideTurn: true }
    const isDue = this.#commits.isDue && this.#batcher.queue.size > 0
    return this.#inFlight.batch || isDue ? { run: () => this.#commit() } : undefined
  }

  async #commit(): Promise<void> {
    if (this.#over) return
    try {
      if (this.#heartbeat.isStale && !(await this.#heartbeat.beat())) this.#failReplaced()
      if (this.#over) return
      this.#frame()
    } catch (error) {
      this.#writeFailed(error)
      return
    }
    const batch = this.#inFlight.batch
    // Chosen now, and written once what its entries depend on is durable: see #clear().
    if (!batch || this.#gate.holds(batch)) return
    // Entries of a later segment must not become durable before those of an earlier one.
    if (this.#inFlight.isBefore(batch.segment)) await this.#sync()
    if (this.#over || batch.durable) return
    try {
      // 1. Write. Not yet promised to anyone: after a crash here recovery cuts the torn tail and keeps it in quarantine.
      await batch.segment.open()
      if (this.#over || batch.durable) return
      const written = batch.segment.write(batch.bytes.subarray(1), batch.offset)
      this.#checkpointer.hash() // of the batch before, while the disk is busy with this one
      await written
    } catch (error) {
      if (!this.#over && !batch.durable) this.#writeFailed(error)
      return
    }
    if (this.#over || batch.durable) return
    this.#written(batch)
    // 2. Sync. The one step that makes the batch exist.
    if (this.#start.ack === 'durable' || !batch.segment.isListed || this.#inFlight.unsyncedBytes > unsyncedBytesMax)
      await this.#sync()
    else this.#syncs.later()
  }

  #frame(): void {
    this.#inFlight.batch ??= this.#batcher.frame(this.#inFlight.durable, this.#start.now())
    if (this.#batcher.queue.size === 0) this.#commits.taken()
  }

  /** What the framed batch depends on becomes durable, in other files and with turns of its own. */
  async #clear(): Promise<void> {
    const batch = this.#inFlight.batch
    await (batch && this.#gate.clear(batch))?.catch((error: unknown) => {
      if (!this.#over && !batch?.durable) this.#writeFailed(error)
    })
  }

  async #sync(): Promise<void> {
    const batches = this.#inFlight.unsynced
    try {
      for (const segment of segmentsOf(batches)) {
        await segment.sync()
        if (!this.#over) segment.checkInPlace()
      }
    } catch (error) {
      if (!this.#over) this.#syncFailed(error)
      return
    }
    // 3. Promise. From here every line is found again, so the receipts may resolve.
    if (!this.#over) for (const batch of batches) this.#confirm(batch, batch.bytes)
  }

  async #beat(): Promise<void> {
    // A failed beat is tried again with the next one; a disk that fails altogether shows in the batches.
    if (!(await this.#heartbeat.beat().catch(() => true))) this.#failReplaced()
  }

  /** Segments that are whole and durable: nobody appends to them any more, and the sealer takes over. */
  async #leaveRetired(): Promise<void> {
    this.#checkpointer.hash()
    for (const segment of this.#batcher.takeRetired()) {
      await segment.protect().catch(() => {}) // not permitted everywhere, and no promise depends on it
      await segment.close().catch(() => {})
      if (!this.#over) this.#start.sealer.finished(segment.first)
    }
  }

  /** Between two batches, so that everything that was framed is in the segment that ends. */
  async #cut(): Promise<void> {
    if (this.#over || this.#inFlight.batch || !this.#inFlight.isSynced) return
    this.#batcher.endSegment()
    this.#cuts.done(this.#start.disk, this.#start.dir, this.#batcher.next)
  }

  #segments(): Segment[] {
    return [...new Set([...segmentsOf(this.#inFlight.all), ...this.#batcher.segments()])]
  }

  async #closeSegments(): Promise<void> {
    for (const segment of this.#segments()) await segment.close().catch(() => {})
  }

  #written(batch: Batch): void {
    this.#inFlight.written(batch, this.#start.ack === 'written')
    if (this.#trouble.failure) this.#retry.reset()
    this.#trouble.written()
  }

  /** `bytes` is handed on to be hashed, and changed by that. */
  #confirm(batch: Batch, bytes: Buffer): void {
    if (batch.durable) return
    const end = this.#inFlight.confirmed(batch)
    if (this.#inFlight.isSynced) this.#syncs.done()
    this.#checkpointer.add(bytes, { segment: batch.segment.first, offset: end, h: batch.h })
  }

  #writeNow(batch: Batch): void {
    if (this.#inFlight.isBefore(batch.segment)) this.#syncNow()
    if (this.#over) return
    batch.segment.openNow()
    batch.segment.writeNow(batch.bytes.subarray(1), batch.offset)
    this.#written(batch)
  }

  #syncNow(): void {
    const batches = this.#inFlight.unsynced
    try {
      for (const segment of segmentsOf(batches)) {
        segment.syncNow()
        segment.checkInPlace()
      }
    } catch (error) {
      this.#syncFailed(error)
      return
    }
    // The thread pool may still be writing these bytes, and hashing changes them: it gets a copy.
    for (const batch of batches) this.#confirm(batch, Buffer.from(batch.bytes))
  }

  // Failures.

  /** Unless the file is gone: the same bytes are written to the same place until the disk takes them. */
  #writeFailed(error: unknown): void {
    const { code, message, final } = this.#trouble.writeFailed(error, this.#path)
    if (final) {
      this.#fail(code, message)
      return
    }
    this.#retry.later()
    if (this.#trouble.makeRoom(error, this.#path)) this.#retry.now()
    else if (this.#closing) this.#waiters.giveUp(new LedgerError(code, message))
  }

  /** Where writing is at. */
  get #path(): string {
    return this.#inFlight.batch?.segment.path ?? this.#start.dir
  }

  /** Final: what the page cache holds after a failed sync says nothing about the disk, so this file is never synced again. */
  #syncFailed(error: unknown): void {
    if (error instanceof LedgerError) {
      this.#fail(error.code, error.message)
      return
    }
    const segments = segmentsOf(this.#inFlight.unsynced)
    this.#fail(
      'LEDGER_SYNC_FAILED',
      `${segments.map((one) => one.path).join(', ') || this.#start.dir}: ${String(error)}`,
    )
    for (const segment of segments) segment.cutBackNow()
  }

  #failReplaced(): void {
    this.#fail('LEDGER_LOCK_REPLACED', `${this.#start.dir} was taken over by another process`)
  }

  #fail(code: LedgerErrorCode, message: string): void {
    if (this.#over) return
    this.#trouble.final(code, message)
    this.#end()
    this.#waiters.giveUp(new LedgerError(code, message))
  }

  #end(): void {
    this.#over = true
    this.#checkpointer.stop()
    this.#retry.stop()
    this.#syncs.stop()
    this.#commits.stop()
    this.#heartbeat.stop()
    this.#reserve.stop()
    this.#start.tiles.stop()
    this.#start.sealer.stop(this.#trouble.closed)
    this.#cuts.giveUp(this.#trouble.closed)
  }
}
