/**
 * The group commit: what waits becomes a batch, the batch becomes durable, its receipts resolve. And what happens when the
 * disk says no.
 *
 * Everything queued while one batch is under way becomes the next one. One *pump* runs at a time and does one piece of work
 * after the other, each in a turn on the disk; between two pieces the event loop goes round, so that callers who were just
 * answered are part of the next batch. `flushNow` may step in at any moment: see `segment.ts` for why that is safe.
 */
import { LedgerError, type LedgerErrorCode } from '../errors.ts'
import type { LedgerFact, LedgerState } from '../ledger.ts'
import { acknowledge, type Batch, Batcher, confirm } from './batcher.ts'
import type { Checkpointer } from './checkpointer.ts'
import { Gate } from './gate.ts'
import { Heartbeat } from './heartbeat.ts'
import type { Pending } from './pending.ts'
import { Retry } from './retry.ts'
import type { Segment } from './segment.ts'
import { SyncSchedule } from './sync-schedule.ts'
import { inTurn } from './turns.ts'
import { segmentsOf, Unsynced } from './unsynced.ts'
import { Waiters } from './waiters.ts'
import { WorkClock } from './work-clock.ts'
import { writeFailure } from './write-failure.ts'
import type { WriterStart } from './writer-start.ts'

/** In ledgers that acknowledge before the sync, it comes early behind this many bytes. */
const unsyncedBytesMax = 8 * 1024 * 1024

export type Failure = NonNullable<LedgerState['failure']>

export class Writer {
  readonly #start: WriterStart
  readonly #batcher: Batcher
  readonly #checkpointer: Checkpointer
  /** Framed and not yet written. */
  #batch: Batch | undefined
  /** Written and not yet confirmed by the disk. */
  readonly #unsynced = new Unsynced()
  #durable: number
  #failure: Failure | undefined
  readonly #retry = new Retry(() => this.#kick())
  readonly #syncs = new SyncSchedule(() => this.#kick())
  readonly #heartbeat: Heartbeat
  #running = false
  #idle: (() => void)[] = []
  readonly #clock = new WorkClock()
  /** While closing, the first failure to write ends the attempt. */
  #closing = false
  /** Set at a final failure and at the end: from then on nothing touches the files. */
  #over = false
  readonly #waiters = new Waiters()
  readonly #gate: Gate

  constructor(start: WriterStart) {
    this.#start = start
    this.#gate = new Gate(start.beforeCommit)
    this.#batcher = new Batcher(start.disk, start.dir, start.chain, start.segment)
    this.#durable = start.chain.next - 1
    this.#checkpointer = start.makeCheckpointer(() => this.#kick())
    this.#checkpointer.schedule()
    this.#heartbeat = new Heartbeat(start.lock, () => this.#kick())
  }

  get state(): LedgerState {
    const { queue, next } = this.#batcher
    const { newest } = this.#checkpointer
    const failure = this.#failure ?? this.#clock.findStuck(this.#start.dir) ?? this.#unsigned()
    const waiting =
      this.#start.ack === 'durable' ? this.#framed() : this.#framed().filter((batch) => batch === this.#batch)
    return {
      next: next + queue.size,
      durable: this.#durable,
      queuedBytes: waiting.reduce((sum, batch) => sum + batch.bytes.length, queue.bytes),
      queuedEntries: waiting.reduce((sum, batch) => sum + batch.entries.length, queue.size),
      healthy: !failure || failure.code === 'LEDGER_SIGNER_FAILED',
      ...(failure && { failure }),
      ...(newest && { checkpoint: newest }),
    }
  }

  get hasFailed(): boolean {
    return this.#failure?.final === true
  }

  add(entry: Pending, head: boolean): void {
    if (this.#start.ack === 'queued') entry.acknowledge({ writer: this.#start.writer, n: -1 })
    this.#batcher.queue.push(entry, head)
    this.#kick()
  }

  /** Everything that is not durable, in the order of its indexes; forgotten here. */
  takeAll(): Pending[] {
    const framed = this.#framed().flatMap((batch) => batch.entries)
    this.#unsynced.clear()
    this.#batch = undefined
    return [...framed, ...this.#batcher.queue.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)]
  }

  async flush(): Promise<void> {
    const framed = this.#framed().at(-1)?.entries.at(-1)
    const lasts = [...(framed ? [framed] : []), ...this.#batcher.queue.lasts()]
    await this.#syncs.whileFlushing(() => this.#waiters.wait(lasts.map((entry) => entry.durable)))
  }

  /** Writes and syncs everything, blocking. What is under way in the thread pool is written again, to the same place. */
  flushNow(): void {
    if (this.#over) return
    let problem: unknown
    try {
      if (this.#heartbeat.isStale && !this.#heartbeat.isOurs()) {
        this.#failReplaced()
        return
      }
      for (const batch of this.#unsynced.all) batch.segment.writeNow(batch.bytes.subarray(1), batch.offset)
      for (;;) {
        this.#batch ??= this.#batcher.frame(this.#durable, this.#start.now())
        if (!this.#batch || this.#over) break
        this.#gate.clearNow(this.#batch)
        this.#writeNow(this.#batch)
      }
    } catch (error) {
      problem = error
    }
    if (!this.#over) this.#syncNow()
    if (!this.#over && problem !== undefined) this.#writeFailed(problem)
  }

  /** Flushes, signs and lets go of the files. Resolves with what kept something from being written, if anything did. */
  async finish(): Promise<Failure | undefined> {
    this.#closing = true
    this.#heartbeat.stop()
    this.#retry.now()
    await this.flush().catch(() => {})
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve))
    this.#retry.stop()
    const failure = this.#failure
    await inTurn(async () => {
      if (!this.#over && failure) await this.#sync()
      else if (!this.#over) await this.#checkpointer.finish().catch(() => {}) // the one before stays the last one
      if (!this.#over) await this.#sealRetired()
      this.#end()
      if (this.#canStillSign()) this.#signNow()
      for (const segment of this.#segments()) await segment.close().catch(() => {})
    })
    return failure
  }

  finishNow(): Failure | undefined {
    this.#closing = true
    this.flushNow()
    const failure = this.#failure
    const isWhole = !this.#over && !failure
    this.#end()
    if (isWhole || this.#canStillSign()) this.#signNow()
    // A descriptor the thread pool still works on must not be closed: its number could be given to another file.
    if (!this.#running) for (const segment of this.#segments()) segment.closeNow()
    return failure
  }

  /** What the disk confirmed before it failed is still true, and readers learn of it only from a checkpoint. */
  #canStillSign(): boolean {
    return this.#failure?.code === 'LEDGER_SYNC_FAILED'
  }

  #signNow(): void {
    try {
      this.#checkpointer.writeNow()
    } catch {
      // The newest checkpoint stays the last one; the next opening signs again.
    }
  }

  // The pump.

  #kick(): void {
    if (this.#running || this.#over) return
    this.#running = true
    setImmediate(() => void this.#pump())
  }

  async #pump(): Promise<void> {
    for (let work = this.#findWork(); work; work = this.#findWork()) {
      const timed = (): Promise<void> => this.#clock.time(() => work.call(this))
      // What others make durable needs turns of its own, and may be another ledger: waiting for it holds none.
      const done = work === this.#clear ? timed() : inTurn(timed)
      await done.catch((error: unknown) => this.#fail('LEDGER_WRITE_FAILED', String(error)))
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#running = false
    if (this.#over) for (const segment of this.#segments()) await segment.close().catch(() => {})
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** What comes seldom comes first, or it would never come under load. */
  #findWork(): (() => Promise<void>) | undefined {
    if (this.#over) return undefined
    if (this.#heartbeat.isDue) return this.#beat
    if (this.#checkpointer.isReady) return () => this.#checkpointer.write()
    if (this.#batcher.hasRetired && this.#unsynced.isEmpty) return this.#sealRetired
    if (this.#syncs.isDue && !this.#unsynced.isEmpty) return this.#sync
    if (this.#retry.isWaiting) return undefined
    if (this.#batch && this.#gate.holds(this.#batch)) return this.#clear
    return this.#batch || this.#batcher.queue.size > 0 ? this.#commit : undefined
  }

  async #commit(): Promise<void> {
    if (this.#over) return
    try {
      if (this.#heartbeat.isStale && !(await this.#heartbeat.beat())) this.#failReplaced()
      if (this.#over) return
      this.#batch ??= this.#batcher.frame(this.#durable, this.#start.now())
    } catch (error) {
      this.#writeFailed(error)
      return
    }
    const batch = this.#batch
    // Chosen now, and written once what its entries depend on is durable: see #clear().
    if (!batch || this.#gate.holds(batch)) return
    // Entries of a later segment must not become durable before those of an earlier one.
    if (this.#unsynced.isBefore(batch.segment)) await this.#sync()
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
    if (this.#start.ack === 'durable' || !batch.segment.isListed || this.#unsynced.bytes > unsyncedBytesMax)
      await this.#sync()
    else this.#syncs.later()
  }

  /** What the framed batch depends on becomes durable, in other files and with turns of its own. */
  async #clear(): Promise<void> {
    const batch = this.#batch
    await (batch && this.#gate.clear(batch))?.catch((error: unknown) => {
      if (!this.#over && !batch?.durable) this.#writeFailed(error)
    })
  }

  async #sync(): Promise<void> {
    const batches = this.#unsynced.all
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

  async #sealRetired(): Promise<void> {
    for (const segment of this.#batcher.takeRetired()) {
      await segment.seal().catch(() => {}) // not permitted everywhere, and no promise depends on it
      await segment.close().catch(() => {})
    }
  }

  // Batches.

  #framed(): Batch[] {
    return this.#batch ? [...this.#unsynced.all, this.#batch] : [...this.#unsynced.all]
  }

  #segments(): Segment[] {
    return [...new Set([...segmentsOf(this.#framed()), ...this.#batcher.segments()])]
  }

  #written(batch: Batch): void {
    this.#batch = undefined
    this.#unsynced.add(batch)
    if (this.#start.ack === 'written') acknowledge(batch, this.#start.writer)
    if (this.#failure?.final !== false) return
    this.#failure = undefined
    this.#retry.reset()
    this.#tell({ kind: 'writable' })
  }

  /** `bytes` is handed on to be hashed, and changed by that. */
  #confirm(batch: Batch, bytes: Buffer): void {
    if (batch.durable) return
    batch.durable = true
    const end = batch.offset + batch.bytes.length - 1
    this.#durable = batch.first + batch.entries.length - 1
    batch.segment.durableEnd = end
    this.#unsynced.remove(batch)
    if (this.#unsynced.isEmpty) this.#syncs.done()
    confirm(batch, this.#start.writer)
    this.#checkpointer.add(bytes, { segment: batch.segment.first, offset: end, h: batch.h })
  }

  #writeNow(batch: Batch): void {
    if (this.#unsynced.isBefore(batch.segment)) this.#syncNow()
    if (this.#over) return
    batch.segment.openNow()
    batch.segment.writeNow(batch.bytes.subarray(1), batch.offset)
    this.#written(batch)
  }

  #syncNow(): void {
    const batches = this.#unsynced.all
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
    const { code, message, final } = writeFailure(error, this.#batch?.segment.path ?? this.#start.dir)
    if (final) {
      this.#fail(code, message)
      return
    }
    const isNew = this.#failure?.code !== code
    this.#failure = { code, message, final }
    this.#retry.later()
    if (isNew) this.#tell({ kind: 'full', code, message })
    if (this.#closing) this.#waiters.giveUp(new LedgerError(code, message))
  }

  /** Final: what the page cache holds after a failed sync says nothing about the disk, so this file is never synced again. */
  #syncFailed(error: unknown): void {
    if (error instanceof LedgerError) {
      this.#fail(error.code, error.message)
      return
    }
    const segments = segmentsOf(this.#unsynced.all)
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
    this.#failure = { code, message, final: true }
    this.#end()
    this.#waiters.giveUp(new LedgerError(code, message))
    // Told later, so that whoever opens a new ledger now finds this one at rest.
    queueMicrotask(() => this.#tell({ kind: code === 'LEDGER_LOCK_REPLACED' ? 'replaced' : 'failed', code, message }))
  }

  #end(): void {
    this.#over = true
    this.#checkpointer.stop()
    this.#retry.stop()
    this.#syncs.stop()
    this.#heartbeat.stop()
  }

  #unsigned(): Failure | undefined {
    const message = this.#checkpointer.failure
    return message === undefined ? undefined : { code: 'LEDGER_SIGNER_FAILED', message, final: false }
  }

  #tell(fact: LedgerFact): void {
    try {
      this.#start.onFact(fact)
    } catch {
      // A listener's failure is not ours, and must not become one.
    }
  }
}
