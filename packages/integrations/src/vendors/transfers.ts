/**
 * The calls of one request to one vendor, as one record: how many, how many failed, how many were tried again.
 *
 * The record is made when the request has ended and the last of its calls as well, so that a call that outlives its request is
 * in it. Outside of any request every call is a record.
 */
import type { EventInput } from '@trailmark/core'
import type { CallOutcome } from './calls.ts'
import { type Undelivered, undelivered } from './undelivered.ts'

/** What a transfer held, as the application knows it. */
export interface TransferDescription {
  /** Records of people that were handed over. */
  readonly records?: number
  /** Whose they were: at most 20 identifiers, stored as pseudonyms. */
  readonly subjects?: readonly string[]
}

const keysMax = 100

export class Transfers {
  /** True until the request has ended. */
  open = true
  readonly #vendor: string
  readonly #host: string
  readonly #record: (event: EventInput) => void
  readonly #failedKeys = new Set<string>()
  #calls = 0
  #pending = 0
  #failures = 0
  #retries = 0
  #status: number | undefined
  #reason: Undelivered | undefined
  #durationMs = 0
  #records: number | undefined
  readonly #subjects = new Set<string>()

  constructor(vendor: string, host: string, record: (event: EventInput) => void) {
    this.#vendor = vendor
    this.#host = host
    this.#record = record
  }

  began(key: string): (end: CallOutcome) => void {
    const startedMs = performance.now()
    this.#calls++
    this.#pending++
    if (this.#failedKeys.has(key)) this.#retries++
    return ({ status, error }) => {
      this.#pending--
      this.#durationMs += performance.now() - startedMs
      this.#status = status
      const reason = undelivered(status, error)
      if (reason === undefined) {
        this.#failedKeys.delete(key)
      } else {
        this.#failures++
        this.#reason = reason
        if (this.#failedKeys.size < keysMax) this.#failedKeys.add(key)
      }
      this.settle()
    }
  }

  describe({ records, subjects }: TransferDescription): void {
    if (records !== undefined) this.#records = (this.#records ?? 0) + records
    for (const subject of subjects ?? []) this.#subjects.add(subject)
  }

  /** Records what there is, once nothing more can come. */
  settle(): void {
    if (this.open || this.#pending > 0 || this.#calls === 0) return
    const failed = this.#failures === this.#calls
    const metadata = {
      vendor: this.#vendor,
      host: this.#host,
      count: this.#calls,
      duration_ms: Math.round(this.#durationMs),
      ...(this.#status === undefined ? {} : { status: this.#status }),
      ...(this.#failures === 0 ? {} : { failures: this.#failures }),
      ...(this.#retries === 0 ? {} : { retries: this.#retries }),
    }
    this.#calls = 0
    this.#record({
      metadata,
      ...(failed ? { outcome: 'failure', reason: this.#reason ?? 'error' } : {}),
      ...(this.#records === undefined ? {} : { volume: { records: this.#records } }),
      ...(this.#subjects.size === 0 ? {} : { subjects: [...this.#subjects] }),
    })
  }
}
