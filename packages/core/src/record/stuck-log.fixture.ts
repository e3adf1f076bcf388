/** A log under a test's control: it keeps what it gets until told to write, fails when told, and is adopted from. */
import { randomBytes } from 'node:crypto'
import type { Position } from '../receipt.ts'
import type { LogFact, LogReceipt, LogState, OpenLog, RecordLog } from './record-log.ts'

interface Pending {
  body: string
  settled: PromiseWithResolvers<Position>
}

export class StuckLog implements RecordLog<Pending> {
  readonly writer = `w-${randomBytes(6).toString('hex')}`
  readonly opening = {
    writer: this.writer,
    incarnation: randomBytes(8).toString('hex'),
    next: 0,
    previous: 'new' as const,
    refused: [],
    ack: 'durable',
    publicKey: '',
  }
  readonly written: string[] = []
  readonly #heads: Pending[] = []
  readonly #others: Pending[] = []
  failure: { code: string; message: string; final: boolean } | undefined
  closed = false
  readonly #onFact: (fact: LogFact) => void

  constructor(open: OpenLog) {
    this.#onFact = open.onFact
  }

  get queue(): readonly Pending[] {
    return [...this.#heads, ...this.#others]
  }

  get state(): LogState {
    return {
      next: this.written.length + this.queue.length,
      durable: this.written.length - 1,
      queuedBytes: this.queue.reduce((sum, one) => sum + one.body.length, 0),
      queuedEntries: this.queue.length,
      healthy: this.failure === undefined,
      ...(this.failure && { failure: this.failure }),
    }
  }

  append(body: string, head = false): LogReceipt {
    const settled = Promise.withResolvers<Position>()
    settled.promise.catch(() => undefined)
    if (head) this.#heads.push({ body, settled })
    else this.#others.push({ body, settled })
    return { acknowledged: settled.promise, durable: settled.promise }
  }

  /** Writes so many queued entries, or all. */
  write(entries = this.queue.length): void {
    for (const { body, settled } of this.#take(entries)) {
      settled.resolve({ writer: this.writer, n: this.written.length })
      this.written.push(body)
    }
  }

  fail(code = 'LEDGER_SYNC_FAILED'): void {
    this.failure = { code, message: 'as the test wanted', final: true }
    this.tell({ kind: 'failed', code, message: 'as the test wanted' })
  }

  tell(fact: LogFact): void {
    this.#onFact(fact)
  }

  takeUnacknowledged(): readonly Pending[] {
    return this.#take(this.queue.length)
  }

  adopt(entries: readonly Pending[], rewrite: (body: string) => string): void {
    for (const { body, settled } of entries) this.#others.push({ body: rewrite(body), settled })
  }

  #take(entries: number): Pending[] {
    const heads = this.#heads.splice(0, entries)
    return [...heads, ...this.#others.splice(0, entries - heads.length)]
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  flushSync(): void {}

  close(): Promise<void> {
    this.closeSync()
    return Promise.resolve()
  }

  closeSync(): void {
    if (this.failure === undefined) this.write()
    this.closed = true
  }
}

/** The records of a log, parsed. */
export function recordsIn(log: StuckLog): ParsedRecord[] {
  return log.written.map((body): ParsedRecord => JSON.parse(`{${body}}`))
}

export interface ParsedRecord {
  readonly id: string
  readonly seq: number
  readonly event_type: string
  readonly service: { readonly writer: string }
  readonly metadata?: Readonly<Record<string, string | number | boolean>>
}
