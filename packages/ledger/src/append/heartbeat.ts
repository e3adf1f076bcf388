/** Says every five seconds that the holder of a lock is alive, and asks whether it still is the holder. */
import type { Lock } from './lock.ts'

const everyMs = 5_000

export class Heartbeat {
  readonly #lock: Lock
  readonly #timer: NodeJS.Timeout
  #isDue = false

  /** `due` is called when a beat is to be given a turn on the disk. */
  constructor(lock: Lock, due: () => void) {
    this.#lock = lock
    this.#timer = setInterval(() => {
      this.#isDue = true
      due()
    }, everyMs).unref()
  }

  get isDue(): boolean {
    return this.#isDue
  }

  /** True when the last beat is so old that another process may have taken over meanwhile: ask before writing. */
  get isStale(): boolean {
    return this.#lock.isStale
  }

  /** False when another process has the lock. Rejects with the system's error. */
  async beat(): Promise<boolean> {
    this.#isDue = false
    if (!this.#lock.isOurs()) return false
    await this.#lock.beat()
    return true
  }

  /** The same without a beat, blocking. */
  isOurs(): boolean {
    return this.#lock.isOurs()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
