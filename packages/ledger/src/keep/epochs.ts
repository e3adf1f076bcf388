/**
 * The epochs of one writer while it is open: which key signs now, when the next one is due, and what has to be on disk before.
 *
 * An epoch ends in this order, and each moment leaves a log that opens and verifies:
 *
 *     1. the next key is kept          nothing names it yet: an opening forgets it again
 *     2. the statement is durable      it names the next key: an opening goes on with that one
 *     3. a checkpoint of the new epoch
 *     4. the old key is destroyed      the moment that counts: from here on nobody can sign for what is before the statement
 *
 * The checkpointer does 2 and 3, with the files it writes anyway.
 */
import { keyStatementFile } from '../layout.ts'
import type { Hash } from '../tree.ts'
import type { EpochKeeper, EpochKey, EpochWriter } from './epoch-keeper.ts'
import { type EpochStatement, formatEpoch } from './key-statement.ts'
import type { Rotation } from './lineage.ts'

/** How long an epoch lasts where nobody says otherwise. */
export const epochMsDefault = 3_600_000
/** How soon a keeper that failed is asked again. */
const retryMs = 60_000
/** A clock that was set back by more ends the epoch: its begin lies in the future. */
const setBackMsMax = 60_000

export interface EpochsStart {
  /** Undefined: no epochs, only rotations of the log key are written. */
  readonly keeper: EpochKeeper | undefined
  readonly writer: EpochWriter
  readonly epochMs: number
  /** The number of the next statement. */
  readonly nextNumber: number
  readonly newest?: EpochStatement | undefined
  /** The key of that statement. */
  readonly current?: EpochKey | undefined
  /** Rotations of the log key that the directory does not hold yet, oldest first. */
  readonly lacking: readonly Rotation[]
  /** True when the newest statement is not followed by a checkpoint of its epoch. */
  readonly unfinished: boolean
  now(): number
  /** Whether the directory is still this process's: asked before a key is made. */
  isOurs(): boolean
}

/** What has to be durable before the checkpoint that is signed with it. */
export interface EpochTurn {
  /** Signed already. */
  readonly rotations: readonly { readonly name: string; readonly bytes: Uint8Array }[]
  /** To be signed by the log key and by these epoch keys. */
  readonly statement?: { readonly name: string; readonly text: string; readonly signers: readonly EpochKey[] }
  /** The key for the checkpoint. */
  readonly epochKey: EpochKey | undefined
  /** Set when an epoch begins. */
  readonly begun?: { readonly publicKey: string; readonly timeMs: number }
  readonly nextNumber: number
}

export class Epochs {
  readonly #start: EpochsStart
  #current: EpochKey | undefined
  #currentText: string | undefined
  #nextNumber: number
  #lacking: readonly Rotation[]
  #unfinished: boolean
  /** Made and not on record yet: a statement that is tried again names the same key. */
  #pending: EpochKey | undefined
  /** An older key that could not be destroyed yet. */
  #undestroyed = false
  #beganMs: number
  /** The same by a clock that nobody sets. */
  #endsAt: number
  #retryAt = 0
  #problem: string | undefined

  constructor(start: EpochsStart) {
    this.#start = start
    this.#current = start.current
    this.#currentText = start.newest?.publicKey
    this.#nextNumber = start.nextNumber
    this.#lacking = start.lacking
    this.#unfinished = start.unfinished
    this.#beganMs = start.newest ? Date.parse(start.newest.begun) : 0
    this.#endsAt = performance.now() + this.#leftMs()
  }

  get current(): EpochKey | undefined {
    return this.#current
  }

  /** What keeps an epoch from ending; it is tried again every minute. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Whether something has to be put on record although no entry is new. */
  get isDue(): boolean {
    if (this.#lacking.length > 0 || this.#unfinished) return true
    return (this.#undestroyed || this.#isOver) && performance.now() >= this.#retryAt
  }

  /** Until `isDue` can become true by the passing of time, in milliseconds; undefined where it cannot. */
  get waitMs(): number | undefined {
    if (!this.#start.keeper) return undefined
    const end = this.#undestroyed ? this.#retryAt : Math.max(this.#endsAt, this.#retryAt)
    return Math.max(0, Math.min(end - performance.now(), 2 ** 31 - 1))
  }

  /**
   * What goes before a checkpoint of this tree. Makes the next key when the epoch is over: throws what its keeper throws if
   * there is none to go on with.
   */
  turn(size: number, root: Hash): EpochTurn {
    const rotations = this.#lacking.map(({ bytes }, i) => ({ name: keyStatementFile(this.#nextNumber + i), bytes }))
    const number = this.#nextNumber + rotations.length
    const { keeper, writer, now } = this.#start
    // A new log key begins an epoch: from its statement on the old one signs nothing here.
    const wanted = keeper && (this.#isOver || this.#pending || rotations.length > 0)
    const next = wanted ? this.#nextKey(keeper) : undefined
    if (!next) return { rotations, epochKey: this.#current, nextNumber: number }
    const timeMs = now()
    const publicKey = Buffer.from(next.publicKey).toString('base64')
    const text = formatEpoch({
      kind: 'epoch',
      origin: writer.origin,
      number,
      size,
      root,
      publicKey,
      begun: new Date(timeMs).toISOString(),
      ...(this.#currentText !== undefined && { previous: this.#currentText }),
    })
    const signers = this.#current ? [this.#current, next] : [next]
    return {
      rotations,
      statement: { name: keyStatementFile(number), text, signers },
      epochKey: next,
      begun: { publicKey, timeMs },
      nextNumber: number + 1,
    }
  }

  /** A checkpoint with this turn is durable. Never throws: a key that cannot be destroyed is tried again. */
  turned(turn: EpochTurn): void {
    this.#unfinished = false
    this.#lacking = []
    this.#nextNumber = turn.nextNumber
    if (turn.begun) {
      this.#current = turn.epochKey
      this.#currentText = turn.begun.publicKey
      this.#beganMs = turn.begun.timeMs
      this.#endsAt = performance.now() + this.#start.epochMs
      this.#pending = undefined
      this.#undestroyed = true
    }
    if (this.#undestroyed) this.#destroyOld()
  }

  get #isOver(): boolean {
    if (!this.#start.keeper) return false
    return this.#current === undefined || performance.now() >= this.#endsAt || this.#leftMs() === 0
  }

  #leftMs(): number {
    const passedMs = this.#start.now() - this.#beganMs
    return passedMs < -setBackMsMax ? 0 : Math.max(0, this.#start.epochMs - Math.max(0, passedMs))
  }

  #nextKey(keeper: EpochKeeper): EpochKey | undefined {
    if (this.#pending) return this.#pending
    try {
      // Another process may have taken over while this one slept, and be about to do the same.
      if (!this.#start.isOurs()) throw new Error(`${this.#start.writer.origin} was taken over by another process`)
      this.#pending = keeper.next(this.#start.writer)
      this.#problem = undefined
    } catch (error) {
      this.#fail(error)
      if (!this.#current) throw error
    }
    return this.#pending
  }

  #destroyOld(): void {
    const { keeper, writer } = this.#start
    try {
      if (this.#current && !keeper?.keep(writer, this.#current.publicKey)) throw new Error('the epoch key is gone')
      this.#undestroyed = false
      this.#problem = undefined
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#problem = `epoch key of ${this.#start.writer.origin}: ${String(error)}`
    this.#retryAt = performance.now() + retryMs
  }
}
