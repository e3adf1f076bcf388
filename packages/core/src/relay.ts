/**
 * Takes what transactions left in the outbox to the ledger: see `outbox.ts` for the order that makes it once and only once.
 *
 * It asks the database every second, and more often after this process put something there. One drain at a time; a database or
 * a ledger that does not answer is asked again, ever later up to half a minute, and says so once.
 */
import type { Drained, Outbox, OutboxRow } from './outbox.ts'
import type { Receipt } from './receipt.ts'

export interface RelaySettings {
  readonly outbox: Outbox
  /** Records one row; undefined when it is not of this trail. */
  readonly record: (row: OutboxRow) => Receipt | undefined
  /** Which of these ids stand in a ledger already; asked of rows that somebody was given before. */
  readonly findRecorded: (ids: ReadonlySet<string>) => Promise<ReadonlySet<string>>
  /** Told how many rows were refused. */
  readonly refused: (count: number) => void
  readonly notice: (code: string, message: string) => void
}

export interface Relay {
  /** Something was put into the outbox: it will be committed soon, or never. */
  expect(): void
  /** Everything that is committed by now is durable in the ledger. Rejects with what keeps it from being so. */
  drain(): Promise<void>
  /** No more drains; resolves when the one under way has ended. */
  stop(): Promise<void>
}

const batch = 100
const idleMs = 1_000
const busyMs = 50
/** How long after a `put` its commit is looked for often. */
const busyForMs = 5_000
const retryMsMax = 30_000
/** How long rows that were given to somebody are given to nobody else: what an outbox promises. */
export const takenMs = 60_000
const idsMax = 100_000

export function startRelay(settings: RelaySettings): Relay {
  return new OutboxRelay(settings)
}

class OutboxRelay implements Relay {
  readonly #settings: RelaySettings
  /** Handed to the ledger and not durable yet: a disk may be full for hours. */
  readonly #waiting = new Map<string, Promise<void>>()
  /** Durable, and perhaps still in the table. */
  readonly #recorded = new Set<string>()
  #timer: NodeJS.Timeout
  #running: Promise<void> | undefined
  #busyUntilMs = 0
  #failures = 0
  #stopped = false

  constructor(settings: RelaySettings) {
    this.#settings = settings
    this.#timer = this.#again(busyMs)
  }

  expect(): void {
    this.#busyUntilMs = performance.now() + busyForMs
    if (this.#failures > 0 || this.#stopped) return
    clearTimeout(this.#timer)
    this.#timer = this.#again(busyMs)
  }

  async drain(): Promise<void> {
    await this.#running?.catch(() => undefined)
    if (!this.#stopped) await this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running?.catch(() => undefined)
  }

  #again(ms: number): NodeJS.Timeout {
    return setTimeout(() => void this.#tick(), ms).unref()
  }

  async #tick(): Promise<void> {
    try {
      await this.#run()
      this.#failures = 0
    } catch (error) {
      this.#failures++
      const message = error instanceof Error ? error.name : typeof error
      this.#settings.notice(
        'OUTBOX_FAILED',
        `the outbox cannot be drained (${message}); its rows wait, and it is tried again`,
      )
    }
    if (this.#stopped) return
    const calm = performance.now() < this.#busyUntilMs ? busyMs : idleMs
    this.#timer = this.#again(this.#failures === 0 ? calm : Math.min(retryMsMax, idleMs * 2 ** this.#failures))
  }

  #run(): Promise<void> {
    this.#running ??= this.#drainAll().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #drainAll(): Promise<void> {
    const { outbox } = this.#settings
    for (let taken = batch; taken === batch && !this.#stopped; ) {
      taken = await outbox.drain(batch, (rows) => this.#take(rows))
    }
  }

  async #take(rows: readonly OutboxRow[]): Promise<Drained> {
    await this.#recall(rows)
    const refused: string[] = []
    const waiting: Promise<void>[] = []
    for (const row of rows) {
      if (this.#recorded.has(row.id)) continue
      const durable = this.#waiting.get(row.id) ?? this.#record(row)
      if (durable === undefined) refused.push(row.id)
      else waiting.push(durable)
    }
    await this.#inTime(waiting)
    if (refused.length > 0) this.#settings.refused(refused.length)
    return { done: rows.map(({ id }) => id).filter((id) => this.#recorded.has(id)), refused }
  }

  #record(row: OutboxRow): Promise<void> | undefined {
    const receipt = this.#settings.record(row)
    if (receipt === undefined) return undefined
    const durable = receipt.durable.then(() => this.#keep(row.id))
    const settled = (): void => void this.#waiting.delete(row.id)
    this.#waiting.set(row.id, durable)
    durable.then(settled, settled)
    return durable
  }

  /** Rejects with the first failure, and when the ledger takes longer than the rows are ours. */
  async #inTime(waiting: readonly Promise<void>[]): Promise<void> {
    const ended = Promise.allSettled(waiting)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, takenMs / 2, undefined).unref()
    })
    const all = await Promise.race([ended, late])
    clearTimeout(timer)
    if (all === undefined) throw new Error('the ledger does not write')
    const failure = all.find((one) => one.status === 'rejected')
    if (failure !== undefined) throw failure.reason
  }

  /** What somebody has recorded of these and not removed. */
  async #recall(rows: readonly OutboxRow[]): Promise<void> {
    const strange = rows.filter(({ id, taken }) => taken === true && !this.#recorded.has(id) && !this.#waiting.has(id))
    if (strange.length === 0) return
    for (const id of await this.#settings.findRecorded(new Set(strange.map(({ id }) => id)))) this.#keep(id)
  }

  #keep(id: string): void {
    this.#recorded.add(id)
    if (this.#recorded.size <= idsMax) return
    for (const oldest of this.#recorded) {
      this.#recorded.delete(oldest)
      break
    }
  }
}
