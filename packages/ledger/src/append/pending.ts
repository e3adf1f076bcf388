/**
 * One entry between `append` and the disk, which is also its receipt: an object per entry, a promise only where one is read.
 */
import type { LedgerError } from '../errors.ts'
import type { AppendReceipt, PendingEntry, Position } from '../ledger.ts'

export class Pending implements AppendReceipt, PendingEntry {
  /** Changes when another ledger adopts the entry; the receipt stays the same object. */
  body: string
  /** Of the body, in UTF-8. */
  bytes: number
  #acknowledgedAt: Position | undefined
  #durableAt: Position | undefined
  #error: LedgerError | undefined
  #acknowledged: PromiseWithResolvers<Position> | undefined
  #durable: PromiseWithResolvers<Position> | undefined

  constructor(body: string, bytes: number) {
    this.body = body
    this.bytes = bytes
  }

  get acknowledged(): Promise<Position> {
    this.#acknowledged ??= settled(this.#acknowledgedAt, this.#error)
    return this.#acknowledged.promise
  }

  get durable(): Promise<Position> {
    this.#durable ??= settled(this.#durableAt, this.#error)
    return this.#durable.promise
  }

  acknowledge(at: Position): void {
    this.#acknowledgedAt ??= at
    this.#acknowledged?.resolve(at)
  }

  becomeDurable(at: Position): void {
    this.acknowledge(at)
    this.#durableAt = at
    this.#durable?.resolve(at)
  }

  /** The ledger ended first. What was acknowledged stays acknowledged. */
  fail(error: LedgerError): void {
    this.#error = error
    this.#acknowledged?.reject(error)
    this.#durable?.reject(error)
  }
}

function settled(at: Position | undefined, error: LedgerError | undefined): PromiseWithResolvers<Position> {
  const promise = Promise.withResolvers<Position>()
  // Whoever reads a receipt may drop it again; that must not end the process.
  promise.promise.catch(() => {})
  if (at) promise.resolve(at)
  else if (error) promise.reject(error)
  return promise
}
