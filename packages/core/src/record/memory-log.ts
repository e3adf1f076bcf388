/**
 * The record log in memory: for tests, for development without a writable directory, and for services that say so.
 *
 * It keeps the newest `recordsMax` records as lines and promises nothing beyond the process. `durable` resolves like
 * `acknowledged`: somebody who chose memory chose that.
 */
import { randomBytes } from 'node:crypto'
import type { Position } from '../receipt.ts'
import type { LogReceipt, LogState, OpenLog, RecordLog } from './record-log.ts'

/** Where a stream's lines can be read again. */
export interface MemoryLog extends RecordLog<never> {
  readonly stream: string
  /** Complete JSON lines with their index `n`, oldest first. */
  readonly lines: readonly string[]
}

/** Enough for any test and for hours of development; older records make room. */
export const memoryRecordsMax = 100_000

/** Opens a log that forgets everything with the process. */
export function openMemoryLog(open: OpenLog, recordsMax = memoryRecordsMax): MemoryLog {
  const writer = `m-${randomBytes(6).toString('hex')}`
  const lines: string[] = []
  let next = 0
  let closed = false

  const state = (): LogState => ({ next, durable: next - 1, queuedBytes: 0, queuedEntries: 0, healthy: !closed })

  return {
    stream: `${open.stream}.${open.retentionClass}`,
    writer,
    opening: {
      writer,
      incarnation: randomBytes(8).toString('hex'),
      next: 0,
      previous: 'new',
      refused: [],
      ack: 'memory',
      publicKey: '',
    },
    lines,
    get state() {
      return state()
    },
    append(body, _head, id = '') {
      const n = next++
      lines.push(`{"n":${n},${body}}`)
      // Cutting a tenth at a time keeps the cost per record constant.
      if (lines.length > recordsMax) lines.splice(0, Math.ceil(recordsMax / 10))
      return new MemoryReceipt(writer, n, id)
    },
    takeUnacknowledged: () => [],
    adopt: () => undefined,
    flush: () => Promise.resolve(),
    flushSync: () => undefined,
    close: () => {
      closed = true
      return Promise.resolve()
    },
    closeSync: () => {
      closed = true
    },
  }
}

class MemoryReceipt implements LogReceipt {
  readonly id: string
  readonly #writer: string
  readonly #n: number

  constructor(writer: string, n: number, id: string) {
    this.id = id
    this.#writer = writer
    this.#n = n
  }

  get acknowledged(): Promise<Position> {
    return Promise.resolve({ writer: this.#writer, n: this.#n })
  }

  get durable(): Promise<Position> {
    return this.acknowledged
  }
}
