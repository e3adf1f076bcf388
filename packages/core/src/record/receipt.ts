/** The receipt of a record that a ledger accepted: the ledger's own, where it carries the record's id. */
import type { Position, Receipt } from '../receipt.ts'
import type { LogReceipt } from './record-log.ts'

/** What the caller of `record()` gets for what the ledger gave: one object for both, or one more. */
export function receiptOf(id: string, log: LogReceipt): Receipt {
  return isNamed(log, id) ? log : new LedgerReceipt(id, log)
}

function isNamed(log: LogReceipt, id: string): log is LogReceipt & Receipt {
  return log?.id === id
}

/** Passes both questions on to the ledger, which makes a promise only when it is asked. */
class LedgerReceipt implements Receipt {
  readonly id: string
  readonly #log: LogReceipt

  constructor(id: string, log: LogReceipt) {
    this.id = id
    this.#log = log
  }

  get acknowledged(): Promise<Position> {
    return this.#log.acknowledged
  }

  get durable(): Promise<Position> {
    return this.#log.durable
  }
}
