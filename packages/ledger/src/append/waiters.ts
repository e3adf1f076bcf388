/** Callers that wait until entries are durable, or until that cannot happen any more. */
export class Waiters {
  readonly #waiting = new Set<(error: Error) => void>()
  #error: Error | undefined

  /** Rejects as soon as it is told that waiting is in vain. */
  async wait(forAll: readonly Promise<unknown>[]): Promise<void> {
    if (this.#error) throw this.#error
    const ended = Promise.withResolvers<never>()
    this.#waiting.add(ended.reject)
    try {
      await Promise.race([Promise.all(forAll), ended.promise])
    } finally {
      this.#waiting.delete(ended.reject)
    }
  }

  /** Nothing will become durable from now on. */
  giveUp(error: Error): void {
    this.#error = error
    for (const reject of this.#waiting) reject(error)
  }
}
