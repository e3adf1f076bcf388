/**
 * What keeps a writer from writing, as its state shows it and as it is told: each trouble once, and its end once.
 *
 * While the disk is full and the reserve is given up, entries are written again and the trouble still stands: it ends when there
 * is space enough for a new reserve.
 */
import { LedgerError, type LedgerErrorCode } from '../errors.ts'
import type { LedgerFact, LedgerState } from '../ledger.ts'
import type { Reserve } from './reserve.ts'
import type { WorkClock } from './work-clock.ts'
import { type WriteFailure, writeFailure } from './write-failure.ts'

export type Failure = NonNullable<LedgerState['failure']>

export interface TroubleStart {
  readonly dir: string
  readonly clock: WorkClock
  readonly reserve: Reserve
  /** Why the newest checkpoint is not signed. */
  unsigned(): string | undefined
  onFact(fact: LedgerFact): void
}

export class Trouble {
  readonly #start: TroubleStart
  #failure: Failure | undefined
  /** The code that listeners were told last and whose end they were not. */
  #told: LedgerErrorCode | undefined

  constructor(start: TroubleStart) {
    this.#start = start
  }

  /** Why what is queued cannot be written. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /** What the state shows: that, or something less grave. */
  get shown(): Failure | undefined {
    return this.#failure ?? this.#start.clock.findStuck(this.#start.dir) ?? this.#shortOfSpace() ?? this.#unsigned()
  }

  /** A write failed. Unless that is final, it is to be repeated. */
  writeFailed(error: unknown, path: string): WriteFailure {
    const failure = writeFailure(error, path)
    if (failure.final) return failure
    const { code, message } = failure
    this.#failure = failure
    if (this.#told !== code) this.#tell({ kind: 'full', code, message })
    this.#told = code
    return failure
  }

  /** Gives the reserve up if the disk is full and there is one. */
  makeRoom(error: unknown, path: string): boolean {
    if (this.#failure?.final || writeFailure(error, path).code !== 'LEDGER_FULL') return false
    if (!this.#start.reserve.giveUp()) return false
    this.writeFailed(error, path)
    return true
  }

  /** Something was written. */
  written(): void {
    if (this.#failure?.final !== false) return
    this.#failure = undefined
    if (!this.#start.reserve.isGivenUp) this.#tellEnd()
  }

  /** There is space for a reserve again. */
  reserved(): void {
    if (!this.#failure) this.#tellEnd()
  }

  /** Why nothing is taken any more. */
  get closed(): LedgerError {
    return new LedgerError(
      'LEDGER_CLOSED',
      `${this.#start.dir} is closed${this.#failure ? `: ${this.#failure.message}` : ''}`,
    )
  }

  /** Told later, so that whoever opens a new ledger now finds this one at rest. */
  final(code: LedgerErrorCode, message: string): void {
    this.#failure = { code, message, final: true }
    queueMicrotask(() => this.#tell({ kind: code === 'LEDGER_LOCK_REPLACED' ? 'replaced' : 'failed', code, message }))
  }

  #tellEnd(): void {
    if (this.#told === undefined) return
    this.#told = undefined
    this.#tell({ kind: 'writable' })
  }

  #shortOfSpace(): Failure | undefined {
    if (!this.#start.reserve.isGivenUp) return undefined
    const message = `${this.#start.dir}: no space left but the reserve, which is being used up`
    return { code: 'LEDGER_FULL', message, final: false }
  }

  #unsigned(): Failure | undefined {
    const message = this.#start.unsigned()
    return message === undefined ? undefined : { code: 'LEDGER_SIGNER_FAILED', message, final: false }
  }

  #tell(fact: LedgerFact): void {
    tellQuietly(this.#start.onFact, fact)
  }
}

/** A listener's failure is not ours, and must not become one. */
export function tellQuietly(onFact: (fact: LedgerFact) => void, fact: LedgerFact): void {
  try {
    onFact(fact)
  } catch {
    // Said above.
  }
}
