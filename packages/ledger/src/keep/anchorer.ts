/**
 * Shows a service's checkpoints to the anchors: every interval, at a seal and at the end.
 *
 * Of all processes of a service one holds the anchor log; the others look every interval whether it still lives. Nothing
 * here is waited for by whoever records, and nothing an anchor does reaches anybody but as a state and a fact.
 */
import { resolve } from 'node:path'
import { LedgerError } from '../errors.ts'
import { AnchorDelivery, type AnchorState } from './anchor-delivery.ts'
import { type AnchorEvent, everyMsMax } from './anchor-entry.ts'
import { AnchorHolder } from './anchor-holder.ts'
import { AnchorLog, newestInStream } from './anchor-log.ts'
import type { AnchorFact, Anchoring, AnchoringOptions, AnchoringState } from './anchoring.ts'
import { PublishedReader } from './published.ts'

const everyMsDefault = 60_000
const everyMsMin = 100
const deadlineMsDefault = 10_000

/**
 * Starts anchoring a service directory.
 *
 * Throws LEDGER_OPTION_INVALID. Everything that goes wrong later is in the state and in facts: a slow, dead or hostile
 * anchor harms nobody, and a missing one is never passed over in silence.
 *
 *     const anchoring = startAnchoring({ serviceDir, signer, anchors: [fileAnchor({ path: '/mnt/other' })] })
 *     anchoring.state.unanchored // undefined once the newest checkpoint is with an anchor
 */
export function startAnchoring(options: AnchoringOptions): Anchoring {
  checkOptions(options)
  return new Anchorer(options)
}

class Anchorer implements Anchoring {
  readonly #options: AnchoringOptions
  readonly #serviceDir: string
  readonly #everyMs: number
  readonly #deliveries: readonly AnchorDelivery[]
  readonly #reader: PublishedReader
  #holder: AnchorHolder | undefined
  #role: AnchoringState['role'] = 'starting'
  #size = 0
  #timer: NodeJS.Timeout | undefined
  /** Rounds go one after the other. */
  #round: Promise<unknown> = Promise.resolve()
  #busy = false
  /** What is wrong with the anchor log, as it was told. */
  #trouble: string | undefined
  readonly #ended = new AbortController()
  #stopped: Promise<void> | undefined

  constructor(options: AnchoringOptions) {
    this.#options = options
    this.#serviceDir = resolve(options.serviceDir)
    this.#everyMs = options.everyMs ?? everyMsDefault
    this.#reader = new PublishedReader(this.#serviceDir)
    const deadlineMs = options.deadlineMs ?? deadlineMsDefault
    this.#deliveries = options.anchors.map((anchor) => {
      const onChange = (state: AnchorState, before: AnchorState): void => this.#changed(state, before)
      // A process that slept may be behind the one that took over meanwhile: its next entry would be refused by the lock.
      const onDoubt = (): Promise<boolean> => this.#inTurn(() => this.#publish('tick'))
      const onEarlier = (origin: string, { code, message }: LedgerError): void =>
        this.#tell({ kind: 'rollback', anchor: anchor.name, origin, code, message })
      return new AnchorDelivery({ anchor, deadlineMs, now: this.#now, onChange, onDoubt, onEarlier })
    })
    this.#later(0)
  }

  get state(): AnchoringState {
    const anchors = this.#deliveries.map(({ state }) => state)
    const anchored = Math.max(...anchors.map(({ size }) => size))
    const base = { role: this.#role, size: this.#size, anchors }
    return anchored === 0 || anchored < this.#size ? { ...base, unanchored: anchored } : base
  }

  async now(event: 'tick' | 'seal' = 'tick'): Promise<AnchoringState> {
    clearTimeout(this.#timer)
    const shown = this.#inTurn(() => this.#publish(event))
    this.#later(this.#everyMs)
    if (await shown) await this.#delivered()
    return this.state
  }

  stop(budgetMs = deadlineMsDefault): Promise<void> {
    this.#stopped ??= this.#stop(budgetMs)
    return this.#stopped
  }

  stopNow(): void {
    const log = this.#holder?.log
    this.#stopped ??= Promise.resolve()
    this.#end()
    log?.endNow({ timeMs: this.#now(), event: 'stop', everyMs: this.#everyMs, live: [], checkpoints: [] })
  }

  async #stop(budgetMs: number): Promise<void> {
    clearTimeout(this.#timer)
    const published = this.#inTurn(() => this.#publish('stop')).then((shown) => (shown ? this.#delivered() : undefined))
    await withinMs(budgetMs, published)
    const log = this.#holder?.log
    this.#end()
    // A disk that has not answered may never: then the lock is left to whoever finds this process gone.
    if (log)
      await withinMs(
        budgetMs,
        log.ledger.close().catch(() => {}),
      )
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#ended.abort()
    this.#role = 'stopped'
    this.#holder = undefined
    for (const one of this.#deliveries) one.stop()
  }

  #later(ms: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      // Those that look whether the log is free do not look together: of two that come at once both give way.
      this.#later(this.#role === 'holder' ? this.#everyMs : this.#everyMs * (0.5 + Math.random() / 2))
      if (!this.#busy) void this.#inTurn(() => this.#publish('tick'))
    }, ms).unref()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#busy = true
    const turn = this.#round.then(work)
    const over = turn.catch(() => {})
    this.#round = over
    void over.then(() => {
      if (this.#round === over) this.#busy = false
    })
    return turn
  }

  /** One round. False when there was nothing to show: another process holds the log, or it cannot be written. Never rejects. */
  async #publish(event: AnchorEvent): Promise<boolean> {
    if (this.#ended.signal.aborted) return false
    try {
      const holder = this.#holder ?? (await this.#take())
      if (!holder) return false
      const own = await holder.round(event)
      this.#size = own.size
      this.#trouble = undefined
      return true
    } catch (error) {
      this.#failed(error)
      return false
    }
  }

  /** The anchor log, if it is free. */
  async #take(): Promise<AnchorHolder | undefined> {
    let log: AnchorLog
    try {
      const { signer, clock, epochs, epochMs } = this.#options
      const ledger = { signer, ...(clock && { clock }), ...(epochs && { epochs }), ...(epochMs && { epochMs }) }
      log = new AnchorLog({ serviceDir: this.#serviceDir, ledger })
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'LEDGER_HELD') throw error
      await this.#watchHolder()
      return undefined
    }
    const holder = await AnchorHolder.begin({
      log,
      reader: this.#reader,
      deliveries: this.#deliveries,
      everyMs: this.#everyMs,
      signal: this.#ended.signal,
      now: this.#now,
      onTrouble: ({ kind, writer, code, message }) => this.#tell({ kind, origin: writer, code, message }),
    })
    if (this.#ended.signal.aborted) {
      await log.ledger.close().catch(() => {})
      return undefined
    }
    this.#holder = holder
    this.#role = 'holder'
    this.#size = log.ledger.opening.next
    this.#tell({ kind: 'holding', origin: log.ledger.origin })
    return holder
  }

  /** Another process publishes: what it leaves beside the log says how far it is. */
  async #watchHolder(): Promise<void> {
    this.#role = 'passive'
    const { size, evidence } = await newestInStream(this.#serviceDir)
    this.#size = size
    for (const one of this.#deliveries) one.remember(evidence.get(one.state.name))
  }

  #failed(error: unknown): void {
    const { code, message } =
      error instanceof LedgerError ? error : { code: 'LEDGER_DIR_UNUSABLE', message: String(error) }
    const log = this.#holder?.log
    if (log?.ledger.state.failure?.final === true || code === 'LEDGER_CLOSED') {
      this.#holder = undefined
      this.#role = 'passive'
      void log?.ledger.close().catch(() => {})
    }
    if (this.#trouble === code) return
    this.#trouble = code
    this.#tell({ kind: 'log', code, message, ...(log && { origin: log.ledger.origin }) })
  }

  async #delivered(): Promise<void> {
    await Promise.all(this.#deliveries.map((one) => one.now()))
  }

  #changed({ name, size, failure }: AnchorState, before: AnchorState): void {
    const { code, message } = failure ?? {}
    if (code === before.failure?.code && (failure || before.timeMs !== undefined)) return
    if (!failure) this.#tell({ kind: 'anchored', anchor: name, size })
    else {
      const kind = code === 'LEDGER_ANCHOR_ROLLBACK' ? 'rollback' : 'failed'
      this.#tell({ kind, anchor: name, size, ...(code && { code }), ...(message && { message }) })
    }
  }

  #tell(fact: AnchorFact): void {
    try {
      this.#options.onFact?.(fact)
    } catch {
      // A listener's failure is not ours.
    }
  }

  #now = (): number => (this.#options.clock ? this.#options.clock.now() : Date.now())
}

function checkOptions({ serviceDir, anchors, everyMs, deadlineMs }: AnchoringOptions): void {
  const invalid = (name: string, rule: string): never => {
    throw new LedgerError('LEDGER_OPTION_INVALID', `${name} ${rule}`)
  }
  if (typeof serviceDir !== 'string' || serviceDir === '') invalid('serviceDir', 'must be the path of a directory')
  if (!Array.isArray(anchors) || anchors.length === 0) invalid('anchors', 'must be a list of at least one anchor')
  const names = anchors.map((one, i) => {
    const sound = typeof one?.publish === 'function' && /^[a-z0-9-]{1,40}$/.test(one.name)
    if (!sound) invalid(`anchors[${i}]`, 'must have publish() and a name of 1 to 40 of a-z, 0-9 and -')
    return one.name
  })
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) invalid('anchors', `has two of the name ${twice}`)
  checkInteger('everyMs', everyMs, everyMsMin, everyMsMax)
  checkInteger('deadlineMs', deadlineMs, 10, 600_000)
  function checkInteger(name: string, value: number | undefined, min: number, max: number): void {
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return
    invalid(name, `must be a whole number from ${min} to ${max}`)
  }
}

/** Resolves when `work` does, and at the latest after `ms`. */
async function withinMs(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
