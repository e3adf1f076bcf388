/**
 * When a failed log is opened again: at once after one that worked, with growing pauses after those that never did.
 *
 * A disk that opens and then fails would otherwise bring a new writer directory every few milliseconds.
 */

const pauseMsMin = 100
const pauseMsMax = 30_000

export class Reopening {
  readonly #reopen: () => void
  #timer: NodeJS.Timeout | undefined
  #pauseMs = pauseMsMin
  #settled = Promise.withResolvers<void>()

  constructor(reopen: () => void) {
    this.#reopen = reopen
  }

  /** True from a failure until the next log is open. */
  get pending(): boolean {
    return this.#timer !== undefined
  }

  /** Resolves when the next log is open, or nobody tries any more. */
  get settled(): Promise<void> {
    return this.#settled.promise
  }

  /** Schedules the next attempt. `worked`: the failed log had made something durable. */
  schedule(worked: boolean): void {
    if (this.#timer !== undefined) return
    if (worked) this.#pauseMs = pauseMsMin
    const delayMs = worked ? 0 : this.#pauseMs
    this.#pauseMs = Math.min(this.#pauseMs * 2, pauseMsMax)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#reopen()
    }, delayMs).unref()
  }

  /** The next log is open. */
  done(): void {
    this.#settled.resolve()
    this.#settled = Promise.withResolvers()
  }

  /** No more attempts. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#settled.resolve()
  }
}
