/**
 * One round of anchoring, by the process that holds the anchor log:
 *
 *     writers' checkpoints → an entry in the anchor log → its own checkpoint → offered to every anchor
 */
import { LedgerError, type LedgerErrorCode } from '../errors.ts'
import type { PublishedCheckpoint } from './anchor.ts'
import type { AnchorDelivery } from './anchor-delivery.ts'
import type { AnchorEvent } from './anchor-entry.ts'
import type { AnchorLog } from './anchor-log.ts'
import { anchorTree } from './anchor-tree.ts'
import type { PublishedReader } from './published.ts'
import { PublishedNotes } from './published-notes.ts'
import { type WriterTrouble, WriterWatch } from './writer-watch.ts'

/** How long an entry of the anchor log may take to be durable before the round is given up. */
const appendMsMax = 10_000

export interface HolderStart {
  readonly log: AnchorLog
  readonly reader: PublishedReader
  readonly deliveries: readonly AnchorDelivery[]
  readonly everyMs: number
  readonly signal: AbortSignal
  now(): number
  onTrouble(trouble: WriterTrouble): void
}

export class AnchorHolder {
  readonly log: AnchorLog
  readonly #start: HolderStart
  readonly #watch: WriterWatch
  readonly #notes = new Map<string, PublishedNotes>()
  #begun = false
  #appending = false

  private constructor(start: HolderStart, known: Map<string, PublishedCheckpoint>) {
    this.#start = start
    this.log = start.log
    this.#watch = new WriterWatch(known)
  }

  /** Goes on where the log was left, by whatever process. */
  static async begin(start: HolderStart): Promise<AnchorHolder> {
    const newest = await start.log.evidence.newest()
    const { evidence } = start.log
    const earlier = (await start.log.earlier()).map((checkpoint) => {
      return { checkpoint, evidence, tree: () => anchorTree(checkpoint.dir, checkpoint) }
    })
    for (const one of start.deliveries) {
      one.remember(newest.get(one.state.name))
      one.follow(earlier)
    }
    return new AnchorHolder(start, await start.log.restore())
  }

  /**
   * The checkpoint that was offered to every anchor. Rejects with LEDGER_CLOSED and what else keeps the anchor log from being
   * written, LEDGER_STUCK when it takes too long.
   */
  async round(event: AnchorEvent): Promise<PublishedCheckpoint> {
    const { reader, deliveries, everyMs, onTrouble, now, signal } = this.#start
    const published = await reader.read()
    const { changed, troubles } = this.#watch.compare(published)
    for (const one of troubles) onTrouble(one)

    // 1. The entry. At a start it names every writer, so that nobody has to read further back.
    const known = new Map(this.#watch.known.map((one) => [one.origin, one]))
    for (const one of changed) known.set(one.origin, one)
    const shown = this.#begun ? changed : [...known.values()]
    const checkpoints = shown.map(({ note }) => note)
    const entry = { timeMs: now(), everyMs, live: published.live }
    let size = 0
    if (!this.#begun) size = await this.#append({ ...entry, event: 'start', checkpoints })
    if (this.#begun || event !== 'tick')
      size = await this.#append({ ...entry, event, checkpoints: this.#begun ? checkpoints : [] })
    this.#begun = true
    this.#watch.written(changed)

    // 2. The checkpoint over it.
    const own = await this.log.checkpoint(size, signal)
    if (!own) throw this.#notSigned(size)
    await this.#keepNotes([own, ...changed], entry.timeMs)

    // 3. The anchors. Each goes its own way from here.
    const { evidence, dir } = { evidence: this.log.evidence, dir: this.log.ledger.dir }
    for (const one of deliveries) one.offer({ checkpoint: own, evidence, tree: () => anchorTree(dir, own) })
    return own
  }

  async #append(entry: Parameters<AnchorLog['append']>[0]): Promise<number> {
    const { state } = this.log.ledger
    if (this.#appending)
      throw new LedgerError(codeOf(state.failure?.code), state.failure?.message ?? 'still being written')
    this.#appending = true
    const written = this.log.append(entry).finally(() => {
      this.#appending = false
    })
    written.catch(() => {}) // it may fail when nobody waits for it any more
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      const { failure } = this.log.ledger.state
      late.reject(new LedgerError(codeOf(failure?.code), failure?.message ?? 'the disk has not answered'))
    }, appendMsMax)
    try {
      return await Promise.race([written, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  #notSigned(size: number): LedgerError {
    const { failure } = this.log.ledger.state
    const why = failure?.message ?? `no checkpoint of ${size} entries came in time`
    return new LedgerError('LEDGER_SIGNER_FAILED', `${this.log.ledger.origin}: ${why}`)
  }

  /** Everything is in the anchor log already: where a copy cannot be written, nothing is lost. */
  async #keepNotes(shown: readonly PublishedCheckpoint[], timeMs: number): Promise<void> {
    for (const { dir, note } of shown) {
      if (dir === undefined) continue
      const notes = this.#notes.get(dir) ?? new PublishedNotes(dir)
      this.#notes.set(dir, notes)
      await notes.add(note, timeMs).catch(() => {})
    }
  }
}

/** Codes of the ledger's own failures are its own; anything else is a disk that does not answer. */
function codeOf(code: string | undefined): LedgerErrorCode {
  return code === 'LEDGER_FULL' || code === 'LEDGER_WRITE_FAILED' ? code : 'LEDGER_STUCK'
}
