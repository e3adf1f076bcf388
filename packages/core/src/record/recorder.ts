/**
 * Takes masked drafts and puts each into the ledger it belongs to: one lane per stream and retention class.
 *
 * Retention classes are separate ledgers because pruning is by prefix. `audit.standard` and `audit.long` are opened at the
 * start, so that a wrong directory fails there and not at the first record; other streams are opened when first used.
 */
import type { MaskedDraft } from '../draft.ts'
import type { EventDefinition } from '../event.ts'
import type { LedgerHealth } from '../health.ts'
import { type Receipt, RefusedReceipt } from '../receipt.ts'
import type { SealedLedger } from '../seal-and-switch.ts'
import { Births, type BirthsSettings } from './births.ts'
import { Lane, type LaneSettings } from './lane.ts'

/** Births and aliases of subject keys, kept for as long as anything that depends on them. */
const keysName = 'keys.keys'

export interface RecorderSettings extends Omit<LaneSettings, 'stream' | 'retentionClass' | 'beforeCommit'> {
  /** Whose new keys have to be on record before what was made with them. Default: nobody's. */
  readonly subjects?: Omit<BirthsSettings, 'lane'> | undefined
}

export class Recorder {
  readonly #settings: Omit<RecorderSettings, 'subjects'>
  readonly #lanes = new Map<string, Lane>()
  /** The lane of an event, found without joining its names each time. */
  readonly #known = new Map<EventDefinition, Lane>()
  readonly #births: Births | undefined

  /** Opens the two audit ledgers. Throws what their opening throws; then nothing stays open. */
  constructor(settings: RecorderSettings) {
    const { subjects, ...rest } = settings
    this.#settings = rest
    this.#births = subjects && new Births({ ...subjects, lane: () => this.#lane('keys', 'keys') })
    try {
      this.#lane('audit', 'standard')
      this.#lane('audit', 'long')
    } catch (error) {
      this.closeSync()
      throw error
    }
  }

  /** Appends the record to its ledger. Never throws: what goes wrong is in the receipt. */
  record(masked: MaskedDraft): Receipt {
    const { stream, definition, members } = masked
    this.#births?.tell()
    try {
      let lane = this.#known.get(definition)
      if (lane === undefined) {
        lane = this.#lane(stream, definition.retentionClass)
        this.#known.set(definition, lane)
      }
      return lane.record(masked)
    } catch (error) {
      this.#settings.counts.failed++
      const reason = error instanceof Error ? error : new Error(String(error))
      this.#settings.notice('LEDGER_OPEN_FAILED', `the ledger of ${stream} records cannot be opened: ${reason.message}`)
      return new RefusedReceipt(members.id, () => reason)
    }
  }

  /** Everything that masked drafts made so far depend on is durable: the keys they were made with. */
  async settle(): Promise<void> {
    this.#births?.tell()
    if (this.#births?.due() === true) await this.#births.persist()
  }

  /** The writer that records of `audit.standard` go to now. */
  get writer(): string {
    return this.#lane('audit', 'standard').writer
  }

  get dropping(): boolean {
    for (const lane of this.#lanes.values()) if (lane.dropping) return true
    return false
  }

  health(): LedgerHealth[] {
    return [...this.#lanes.values()].map((lane) => lane.health())
  }

  async flush(): Promise<void> {
    this.#births?.tell()
    await Promise.all([...this.#lanes.values()].map((lane) => lane.flush()))
  }

  /** Seals what every ledger holds so far; the logs of the rest cannot. */
  seal(): Promise<PromiseSettledResult<SealedLedger>[]> {
    this.#births?.tell()
    return Promise.allSettled([...this.#lanes.values()].flatMap((lane) => lane.seal() ?? []))
  }

  /**
   * Closes every ledger; one that fails does not keep the others open. That of the keys is the last, since the others may have
   * births to tell until their own end. Rejects with the first failure.
   */
  async close(): Promise<void> {
    this.#births?.tell()
    const ended = [
      ...(await Promise.allSettled(this.#users().map((lane) => lane.close()))),
      ...(await Promise.allSettled(this.#keys().map((lane) => lane.close()))),
    ]
    for (const one of ended) if (one.status === 'rejected') throw one.reason
  }

  /** Never throws: it runs while the process ends. */
  closeSync(): void {
    this.#births?.tell()
    for (const lane of this.#users()) closeQuietly(lane)
    for (const lane of this.#keys()) closeQuietly(lane)
  }

  #users(): Lane[] {
    return [...this.#lanes.values()].filter((lane) => lane.name !== keysName)
  }

  /** Asked again once the others are closed: their last batches may have opened it. */
  #keys(): Lane[] {
    return [...this.#lanes.values()].filter((lane) => lane.name === keysName)
  }

  #lane(stream: string, retentionClass: string): Lane {
    const name = `${stream}.${retentionClass}`
    const found = this.#lanes.get(name)
    if (found !== undefined) return found
    const beforeCommit = name === keysName ? this.#births?.slots : this.#births
    const lane = new Lane({ ...this.#settings, stream, retentionClass, beforeCommit })
    this.#lanes.set(name, lane)
    return lane
  }
}

function closeQuietly(lane: Lane): void {
  try {
    lane.closeSync()
  } catch {
    // Nothing is left that could be told: the process is ending. The next start sees the missing stream_close.
  }
}
