/** When to try again after a failed write: soon at first, then less and less often. Never keeps the process alive. */
const msMin = 100
const msMax = 5000

export class Retry {
  readonly #again: () => void
  #timer: NodeJS.Timeout | undefined
  #ms = msMin

  constructor(again: () => void) {
    this.#again = again
  }

  get isWaiting(): boolean {
    return this.#timer !== undefined
  }

  later(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.now(), this.#ms).unref()
    this.#ms = Math.min(this.#ms * 2, msMax)
  }

  now(): void {
    this.stop()
    this.#again()
  }

  /** It worked: the next failure is again a first one. */
  reset(): void {
    this.#ms = msMin
    if (this.isWaiting) this.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
