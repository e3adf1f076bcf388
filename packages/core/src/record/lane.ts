/**
 * One ledger of this process: gives records their sequence numbers, keeps the queue within its bound, and goes on in a new
 * writer when the ledger has failed for good.
 *
 * `seq` counts from 0 at every `stream_open`, without holes but for those that an `audit_gap` names. The lane owns that
 * promise; durability is the log's.
 */
import type { Clock } from '../clock.ts'
import { isoTime } from '../clock.ts'
import type { MaskedDraft } from '../draft.ts'
import { AuditError } from '../errors.ts'
import type { EventInput } from '../event.ts'
import type { Counts, LedgerHealth } from '../health.ts'
import { type Receipt, RefusedReceipt } from '../receipt.ts'
import type { SealedLedger } from '../seal-and-switch.ts'
import type { BodyWriter } from './bodies.ts'
import { failureCause, openFacts } from './facts.ts'
import { findGap, type GapCause, GapCollector, gapMetadata } from './gap.ts'
import { QueueBound } from './queue-bound.ts'
import { receiptOf } from './receipt.ts'
import type { BeforeCommit, LogFact, OpenRecordLog, RecordLog } from './record-log.ts'
import { Reopening } from './reopening.ts'

export interface LaneSettings {
  readonly stream: string
  readonly retentionClass: string
  readonly open: OpenRecordLog
  readonly bodyWriter: (writer: string) => BodyWriter
  /** Makes a masked record of the trail's own; facts are never left out by policy. */
  readonly compose: (type: string, event: EventInput) => MaskedDraft
  readonly queueBytesMax: number
  readonly clock: Clock
  readonly counts: Counts
  /** What every `stream_open` says of the configuration. */
  readonly openMetadata: Readonly<Record<string, string | number | boolean>>
  readonly notice: (code: string, message: string) => void
  /** What the records of this ledger depend on. */
  readonly beforeCommit?: BeforeCommit | undefined
}

/** How often a full queue is looked at, so that a gap is also told when no further record comes. */
const roomMs = 500

export class Lane {
  readonly name: string
  readonly #settings: LaneSettings
  readonly #gap = new GapCollector()
  #log: RecordLog
  #bodies: BodyWriter
  readonly #bound: QueueBound
  readonly #reopening = new Reopening(() => this.#reopen())
  #seq = 0
  #dropped = 0
  #reopened = 0
  #closed = false
  #room: NodeJS.Timeout | undefined

  /** Opens the log and writes `stream_open`. Throws what the log's opening throws. */
  constructor(settings: LaneSettings) {
    this.name = `${settings.stream}.${settings.retentionClass}`
    this.#settings = settings
    this.#log = this.#openLog()
    this.#bodies = settings.bodyWriter(this.#log.writer)
    this.#bound = new QueueBound(settings.queueBytesMax, () => this.#log.state.queuedBytes)
    this.#tellOpening(undefined)
  }

  get writer(): string {
    return this.#log.writer
  }

  /** Accepts a record, or drops it and remembers the gap. Never throws. */
  record(masked: MaskedDraft): Receipt {
    const { id } = masked.members
    if (this.#closed) return new RefusedReceipt(id, () => closedError(this.name))
    const block = masked.failureClass === 'block'
    if (!this.#bound.admits(block)) return this.#drop(id, 'queue_full')
    return this.#append(masked, block)
  }

  /** False while there is no room for a record that must not be dropped. */
  get hasRoom(): boolean {
    return !this.#closed && this.#bound.admits(true)
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Accepts a record that was asked room for with `hasRoom`. */
  recordKept(masked: MaskedDraft): Receipt {
    const { id } = masked.members
    return this.#closed ? new RefusedReceipt(id, () => closedError(this.name)) : this.#append(masked, false)
  }

  /** Why nothing is written now, unless it is. */
  get failure(): { readonly code: string; readonly message: string } | undefined {
    const { healthy, failure } = this.#log.state
    return healthy ? undefined : failure
  }

  /** True when everything accepted is durable. */
  get settled(): boolean {
    const { durable, next } = this.#log.state
    return durable >= next - 1
  }

  flushSync(): void {
    this.#log.flushSync()
  }

  health(): LedgerHealth {
    const { state, writer, dir } = this.#log
    const { failure, checkpoint } = state
    return {
      stream: this.name,
      writer,
      ...(dir !== undefined && { dir }),
      healthy: state.healthy,
      ...(failure && { failure: { code: failure.code, message: failure.message } }),
      entries: state.next,
      durable: state.durable,
      queueBytes: state.queuedBytes,
      queueEntries: state.queuedEntries,
      dropped: this.#dropped,
      reopened: this.#reopened,
      ...(checkpoint && { checkpoint: { size: checkpoint.size, time: isoTime(checkpoint.timeMs) } }),
    }
  }

  /** True while records are being dropped. */
  get dropping(): boolean {
    return this.#bound.full
  }

  /** Waits while the disk is full, and over a failed log until the next one is open. */
  async flush(): Promise<void> {
    for (;;) {
      const log = this.#log
      try {
        await log.flush()
        return
      } catch (error) {
        if (this.#reopening.pending) await this.#reopening.settled
        else if (this.#log === log) throw error
      }
    }
  }

  /** Seals what was recorded so far; undefined when this kind of log cannot. */
  seal(): Promise<SealedLedger> | undefined {
    const log = this.#log
    const { writer, dir } = log
    if (log.seal === undefined || dir === undefined) return undefined
    return log.seal().then((range) => ({ ...range, stream: this.name, writer, dir }))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#sayGoodbye('shutdown')
    await this.#log.close()
  }

  /** Before the process ends: everything accepted is on disk when this returns, if the disk still works. */
  closeSync(): void {
    // An orderly close may be under way that the process will not wait for.
    if (this.#closed) {
      this.#log.flushSync()
      return
    }
    this.#sayGoodbye('exit')
    this.#log.closeSync()
  }

  #openLog(): RecordLog {
    const { open, stream, retentionClass, beforeCommit } = this.#settings
    const onFact = (fact: LogFact): void => this.#onFact(log, fact)
    const log = open({ stream, retentionClass, onFact, ...(beforeCommit && { beforeCommit }) })
    return log
  }

  #append(masked: MaskedDraft, head: boolean): Receipt {
    // A number given out behind a hole ends it: ranges are told without others' numbers inside.
    if (this.#gap.open) this.#tellGap()
    const { id } = masked.members
    const seq = this.#seq++
    try {
      const body = this.#bodies.body(masked, seq)
      this.#bound.spend(body.length)
      const receipt = receiptOf(id, this.#log.append(body, head, id))
      this.#settings.counts.recorded++
      return receipt
    } catch (error) {
      // The number is given out and will be missing, so it is told like any other loss.
      this.#gap.add(seq, 'error')
      this.#countDrop()
      this.#settings.notice('RECORD_REFUSED', `a record was refused by ${this.name}: ${describe(error)}`)
      return new RefusedReceipt(id, () => (error instanceof Error ? error : droppedError(this.name, 'error')))
    }
  }

  #drop(id: string, cause: GapCause): Receipt {
    this.#bound.close()
    this.#awaitRoom()
    this.#gap.add(this.#seq++, cause)
    this.#countDrop()
    this.#settings.notice(
      'QUEUE_FULL',
      `${this.name} cannot keep up: records are dropped and will be named in an audit_gap (${failureText(this.#log)})`,
    )
    return new RefusedReceipt(id, () => droppedError(this.name, cause))
  }

  /** Tells the gap also when no further record comes to close it. */
  #awaitRoom(): void {
    this.#room ??= setInterval(() => {
      if (this.dropping) return
      this.#stopWaiting()
      this.#tellGap()
    }, roomMs).unref()
  }

  #stopWaiting(): void {
    clearInterval(this.#room)
    this.#room = undefined
  }

  #countDrop(): void {
    this.#dropped++
    this.#settings.counts.dropped++
  }

  #tellGap(): void {
    const gap = this.#gap.take()
    if (gap === undefined) return
    const { writer, opening } = this.#log
    this.#tell('audit_gap', { reason: gap.cause, metadata: gapMetadata(gap, writer, opening.incarnation) })
  }

  /** Appends a record of our own, whatever the queue holds. */
  #tell(type: string, event: EventInput, head = false): void {
    try {
      this.#append(this.#settings.compose(type, event), head)
    } catch (error) {
      this.#settings.counts.failed++
      this.#settings.notice('FACT_LOST', `a ${type} record could not be made: ${describe(error)}`)
    }
  }

  /** At the head, so that no record of class block gets before the `stream_open` that its number counts from. */
  #tellOpening(replaced: string | undefined): void {
    for (const fact of openFacts(this.#log.opening, this.#settings.openMetadata, replaced)) {
      this.#tell(fact.type, fact.event, true)
    }
  }

  #onFact(log: RecordLog, fact: LogFact): void {
    if (this.#closed || log !== this.#log) return
    const { queuedBytes, queuedEntries, failure } = log.state
    if (fact.kind === 'full') {
      const reason = failureCause(fact.code)
      this.#tell(
        'ledger_full',
        { reason, metadata: { queued_bytes: queuedBytes, queued: queuedEntries, writer: log.writer } },
        true,
      )
      this.#settings.notice(fact.code ?? 'LEDGER_FULL', `${this.name} cannot write: ${fact.message ?? 'no space left'}`)
    } else if (fact.kind === 'writable') {
      this.#tell('ledger_full', { reason: 'no_space', metadata: { writable_again: true, writer: log.writer } })
    } else if (fact.kind === 'unsealed') {
      this.#tell('audit_integrity_failed', { reason: 'altered', metadata: { verifier: 'sealer' } })
      this.#settings.notice(fact.code ?? 'LEDGER_SEAL_MISMATCH', `${this.name}: ${fact.message ?? 'not sealed'}`)
    } else if (fact.kind === 'failed' || fact.kind === 'replaced') {
      this.#settings.notice(
        fact.code ?? 'LEDGER_FAILED',
        `${this.name} failed and goes on in a new writer: ${fact.message ?? ''}`,
      )
      if (failure?.final ?? true) this.#reopening.schedule(log.state.durable >= log.opening.next)
    }
  }

  /** Goes on in a new writer: what nobody was promised moves along, under new numbers. */
  #reopen(): void {
    if (this.#closed) return
    const failed = this.#log
    try {
      this.#log = this.#openLog()
    } catch (error) {
      this.#settings.notice(
        'LEDGER_REOPEN_FAILED',
        `${this.name} cannot be opened again: ${describe(error)}; trying on`,
      )
      this.#reopening.schedule(false)
      return
    }
    this.#bound.forget()
    this.#reopened++
    this.#bodies = this.#settings.bodyWriter(this.#log.writer)
    const lost = this.#gap.take()
    this.#seq = 0
    this.#tellOpening(failed.writer)
    // Numbers belong to a writer. The old one ended without its last numbers, which its verifier is told by the missing
    // stream_close; here everything gets numbers again, the lost records too, so that their count stays exact.
    this.#log.adopt(failed.takeUnacknowledged(), (body) => this.#renumber(body, failed.writer))
    for (let i = 0; lost !== undefined && i < lost.count; i++) this.#gap.add(this.#seq++, lost.cause)
    if (!this.dropping) this.#tellGap()
    this.#reopening.done()
    try {
      failed.closeSync()
    } catch {
      // It failed already; what matters is that its lock is let go, and a lock left behind only costs a directory.
    }
  }

  #renumber(body: string, writer: string): string {
    const gap = findGap(body)
    if (gap === undefined) return this.#bodies.rewrite(body, writer, this.#seq++)
    const firstSeq = this.#seq
    this.#seq += gap.count
    const { writer: to, opening } = this.#log
    const metadata = gapMetadata({ ...gap, firstSeq, lastSeq: this.#seq - 1 }, to, opening.incarnation)
    return this.#bodies.body(this.#settings.compose('audit_gap', { reason: gap.cause, metadata }), this.#seq++)
  }

  #sayGoodbye(reason: 'shutdown' | 'exit'): void {
    this.#stopWaiting()
    // A last try: a process that ends between a failure and its next attempt would take the whole queue with it.
    if (this.#log.state.failure?.final) this.#reopen()
    this.#tellGap()
    const { writer, opening, state } = this.#log
    // What a healthy log still queues is on its way; what an unhealthy one queues may be lost.
    const unflushed = state.healthy ? 0 : state.queuedEntries
    const { incarnation } = opening
    this.#tell('stream_close', {
      reason,
      metadata: { records: this.#seq, unflushed_count: unflushed, incarnation, writer },
    })
    this.#closed = true
    this.#reopening.stop()
  }
}

function closedError(name: string): AuditError {
  return new AuditError('AUDIT_CLOSED', `${name} was closed before this record was made`)
}

function droppedError(name: string, cause: GapCause): AuditError {
  return new AuditError('AUDIT_RECORD_DROPPED', `dropped by ${name}: ${cause}; an audit_gap record will name it`)
}

function failureText(log: RecordLog): string {
  return log.state.failure?.message ?? 'the disk is slow or hangs'
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
