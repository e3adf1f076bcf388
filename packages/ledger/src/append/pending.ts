/**
 * One entry between `append` and the disk, which is also its receipt: an object per entry, a promise only where one is read.
 *
 * What becomes of an entry is what becomes of its batch, so that stands once per batch, in its *lot*; where the entry stands is
 * computed when somebody asks. Only entries whose promises were read are told anything.
 */
import type { LedgerError } from '../errors.ts'
import type { AppendReceipt, PendingEntry, Position } from '../ledger.ts'

/** What is known of a batch. Small, because receipts hold on to it for as long as somebody holds on to them. */
export class Lot {
  readonly writer: string
  isAcknowledged = false
  isDurable = false
  /** Entries whose promises were read. */
  #asked: Pending[] | undefined

  constructor(writer: string) {
    this.writer = writer
  }

  /** Tells an entry once there is something to tell. */
  tell(entry: Pending): void {
    this.#asked ??= []
    this.#asked.push(entry)
  }

  acknowledge(): void {
    this.isAcknowledged = true
    if (this.#asked) for (const entry of this.#asked) entry.settle()
  }

  confirm(): void {
    this.isAcknowledged = true
    this.isDurable = true
    if (this.#asked) for (const entry of this.#asked) entry.settle()
    this.#asked = undefined
  }
}

/** Where an entry waits that is in no batch yet. */
export interface WaitingRoom {
  /** Somebody waits for an entry in it. */
  now(): void
}

/** What an entry will be written as, and how many bytes of UTF-8 that is. */
export let bodyOf: (entry: Pending) => string
export let bytesOf: (entry: Pending) => number
/** Another ledger adopts the entry; the receipt stays the same object. */
export let rewriteEntry: (entry: Pending, body: string, bytes: number) => void

/**
 * Callers hold this object as their receipt: they may print it, and must neither read nor change what is written. So it is
 * frozen, and what the ledger asks of it can be reached from this module alone.
 */
export class Pending implements AppendReceipt, PendingEntry {
  static {
    bodyOf = (entry) => entry.#body
    bytesOf = (entry) => entry.#bytes
    rewriteEntry = (entry, body, bytes) => {
      entry.#body = body
      entry.#bytes = bytes
    }
  }

  readonly id: string
  #body: string
  /** Of the body, in UTF-8. */
  #bytes: number
  #room: WaitingRoom | undefined
  #lot: Lot | undefined
  /** The index, once it is in a batch. */
  #n = -1
  /** What an earlier ledger promised stays promised. */
  #acknowledgedAt: Position | undefined
  #error: LedgerError | undefined
  #acknowledged: PromiseWithResolvers<Position> | undefined
  #durable: PromiseWithResolvers<Position> | undefined

  constructor(body: string, bytes: number, id: string) {
    this.id = id
    this.#body = body
    this.#bytes = bytes
    Object.freeze(this)
  }

  get acknowledged(): Promise<Position> {
    if (this.#acknowledged === undefined) {
      const at = this.#acknowledgedAt ?? (this.#lot?.isAcknowledged ? this.#position() : undefined)
      this.#acknowledged = promised(at, this.#error)
      if (at === undefined) this.#ask()
    }
    return this.#acknowledged.promise
  }

  get durable(): Promise<Position> {
    if (this.#durable === undefined) {
      const at = this.#lot?.isDurable ? this.#position() : undefined
      this.#durable = promised(at, this.#error)
      if (at === undefined) this.#ask()
    }
    return this.#durable.promise
  }

  /** Whether somebody waits for it. */
  get isAsked(): boolean {
    return this.#durable !== undefined || this.#acknowledged !== undefined
  }

  /** It waits to be taken into a batch, the first time or again. */
  enter(room: WaitingRoom): void {
    if (this.#lot?.isAcknowledged) this.#acknowledgedAt ??= this.#position()
    this.#lot = undefined
    this.#room = room
  }

  /** It is taken into a batch. */
  join(lot: Lot, n: number): void {
    this.#room = undefined
    this.#lot = lot
    this.#n = n
    if (this.#durable !== undefined || this.#acknowledged !== undefined) lot.tell(this)
  }

  /** Promised without being in any batch. */
  acknowledge(at: Position): void {
    this.#acknowledgedAt ??= at
    this.#acknowledged?.resolve(at)
  }

  /** Something became of its lot. */
  settle(): void {
    const at = this.#position()
    if (this.#lot?.isAcknowledged) this.#acknowledged?.resolve(this.#acknowledgedAt ?? at)
    if (this.#lot?.isDurable) this.#durable?.resolve(at)
  }

  /** The ledger ended first. What was acknowledged stays acknowledged. */
  fail(error: LedgerError): void {
    this.#error = error
    this.#acknowledged?.reject(error)
    this.#durable?.reject(error)
  }

  #position(): Position {
    return { writer: this.#lot?.writer ?? '', n: this.#n }
  }

  #ask(): void {
    this.#lot?.tell(this)
    this.#room?.now()
  }
}

function promised(at: Position | undefined, error: LedgerError | undefined): PromiseWithResolvers<Position> {
  const promise = Promise.withResolvers<Position>()
  // Whoever reads a receipt may drop it again; that must not end the process.
  promise.promise.catch(() => {})
  if (at) promise.resolve(at)
  else if (error) promise.reject(error)
  return promise
}
