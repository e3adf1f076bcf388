/**
 * What a caller gets for a record: the promise that it will be found again, made only if somebody asks.
 *
 * The two promises are getters that make themselves on first access, so that the common receipt, which nobody reads, costs
 * one small object and can never become an unhandled rejection.
 */

/** Where a record stands: the writer directory that holds it and its index there, counted from 0. */
export interface Position {
  readonly writer: string
  readonly n: number
}

/** The receipt of one `record()` call. */
export interface Receipt {
  /** The record's id (UUIDv7): the idempotency key everywhere downstream. */
  readonly id: string
  /**
   * Resolves at the ledger's acknowledgement level (option `ack`): after fdatasync in production, after the write in
   * development. Rejects with an `AuditError` (`AUDIT_RECORD_DROPPED`, `AUDIT_NOT_RECORDED`, `AUDIT_EVENT_INCOMPLETE`,
   * `AUDIT_CLOSED`) or with the ledger's own coded error.
   */
  readonly acknowledged: Promise<Position>
  /** Resolves always after fdatasync: from here on the record survives `kill -9`. Rejects as `acknowledged` does. */
  readonly durable: Promise<Position>
}

/** A receipt for something that will never stand in a ledger; both promises reject with what `reason` makes, if read. */
export class RefusedReceipt implements Receipt {
  readonly id: string
  readonly #reason: () => Error
  #rejected: Promise<never> | undefined

  constructor(id: string, reason: () => Error) {
    this.id = id
    this.#reason = reason
  }

  get acknowledged(): Promise<Position> {
    return this.#reject()
  }

  get durable(): Promise<Position> {
    return this.#reject()
  }

  #reject(): Promise<never> {
    if (this.#rejected === undefined) {
      this.#rejected = Promise.reject(this.#reason())
      // Reading a receipt in passing (a debugger, a spread) must not end the process.
      this.#rejected.catch(() => undefined)
    }
    return this.#rejected
  }
}
