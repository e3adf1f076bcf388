/** The receipt of a record that a ledger accepted. */
import type { Position, Receipt } from '../receipt.ts'
import type { LogReceipt } from './record-log.ts'

/** Passes both questions on to the ledger, which makes a promise only when it is asked. */
export class LedgerReceipt implements Receipt {
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
