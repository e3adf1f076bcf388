/**
 * Keeps a scanner from filling the trail: beyond a rate, blocked requests of one client and one rule are counted, and the
 * count becomes one record with `aggregate` when the minute is over.
 *
 * Memory is bounded: clients beyond a thousand are counted together by rule. What is counted is written at the latest when
 * the audit closes.
 */
import type { Clock } from '../clock.ts'
import type { ExchangeFacts } from '../draft.ts'
import type { DebugBlock } from './debug-guard-patterns.ts'

/** Blocked requests that one record stands for. */
export interface Folded {
  readonly count: number
  readonly startMs: number
  readonly endMs: number
}

/** What is counted together where the client is the same, too. */
export interface Foldable {
  readonly rule: string
}

/** Writes one record: of one request, or of many; then `facts` are those of the first. */
export type WriteBlock<B extends Foldable = DebugBlock> = (block: B, facts: ExchangeFacts, folded?: Folded) => void

export interface FoldLimits {
  readonly windowMs: number
  /** Single records of one client and rule in a window. */
  readonly eachMax: number
  /** Single records in a window. */
  readonly allMax: number
  /** Pairs of client and rule that are told apart in a window. */
  readonly pairsMax: number
}

const usual: FoldLimits = { windowMs: 60_000, eachMax: 10, allMax: 200, pairsMax: 1_000 }

interface Pair<B> {
  seen: number
  count: number
  startMs: number
  endMs: number
  /** Of the first that was counted. */
  facts: ExchangeFacts
  readonly block: B
  /** Stands for many clients. */
  readonly shared: boolean
}

export class DebugFold<B extends Foldable = DebugBlock> {
  readonly #clock: Clock
  readonly #write: WriteBlock<B>
  readonly #limits: FoldLimits
  readonly #pairs = new Map<string, Pair<B>>()
  #written = 0
  #endsMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(clock: Clock, write: WriteBlock<B>, limits: FoldLimits = usual) {
    this.#clock = clock
    this.#write = write
    this.#limits = limits
  }

  /** Writes the record, or counts it for later. */
  add(block: B, facts: ExchangeFacts): void {
    const { eachMax, allMax, windowMs } = this.#limits
    const monotonicMs = this.#clock.monotonic()
    if (monotonicMs >= this.#endsMs) {
      this.flush()
      this.#endsMs = monotonicMs + windowMs
    }
    const pair = this.#pairOf(block, facts)
    pair.seen++
    if (pair.seen <= eachMax && this.#written < allMax) {
      this.#written++
      this.#write(block, facts)
      return
    }
    const nowMs = this.#clock.now()
    if (pair.count++ === 0) {
      pair.startMs = nowMs
      // A record of many names none of them.
      pair.facts = pair.shared ? withoutClient(facts) : facts
    }
    pair.endMs = nowMs
    this.#timer ??= setTimeout(() => this.flush(), Math.max(1, this.#endsMs - monotonicMs)).unref()
  }

  /** Writes what was counted, and begins anew. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const pairs = [...this.#pairs.values()]
    this.#pairs.clear()
    this.#written = 0
    this.#endsMs = 0
    for (const { block, facts, count, startMs, endMs } of pairs) {
      if (count > 0) this.#write(block, facts, { count, startMs, endMs })
    }
  }

  #pairOf(block: B, facts: ExchangeFacts): Pair<B> {
    const own = `${block.rule} ${facts.clientAddress ?? ''}`
    const found = this.#pairs.get(own)
    if (found !== undefined) return found
    const shared = this.#pairs.size >= this.#limits.pairsMax
    const key = shared ? `${block.rule} *` : own
    const pair = this.#pairs.get(key) ?? { seen: 0, count: 0, startMs: 0, endMs: 0, facts, block, shared }
    this.#pairs.set(key, pair)
    return pair
  }
}

function withoutClient(facts: ExchangeFacts): ExchangeFacts {
  return { ...facts, clientAddress: undefined, peerAddress: undefined, userAgent: undefined }
}
