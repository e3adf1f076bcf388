/**
 * When a ledger that acknowledges before the sync has to sync: a second after a write, at once while somebody waits for a
 * flush, and when the process has nothing else to do. Never keeps the process alive.
 */
import { whenIdle } from './when-idle.ts'

const everyMs = 1000

export class SyncSchedule {
  readonly #due: () => void
  #timer: NodeJS.Timeout | undefined
  #stopWaitingForIdle: (() => void) | undefined
  #isDue = false
  /** How many callers wait for a flush: what is written meanwhile is synced at once. */
  #flushing = 0

  /** `due` is called when a sync is to be given a turn on the disk. */
  constructor(due: () => void) {
    this.#due = due
  }

  get isDue(): boolean {
    return this.#isDue || this.#flushing > 0
  }

  /** Something was written. */
  later(): void {
    if (this.#timer) return
    this.#timer = setTimeout(() => this.#now(), everyMs).unref()
    this.#stopWaitingForIdle = whenIdle(() => this.#now())
  }

  /** Everything written is synced. */
  done(): void {
    this.#isDue = false
  }

  async whileFlushing(work: () => Promise<void>): Promise<void> {
    this.#flushing += 1
    this.#due()
    try {
      await work()
    } finally {
      this.#flushing -= 1
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#stopWaitingForIdle?.()
  }

  #now(): void {
    this.stop()
    this.#isDue = true
    this.#due()
  }
}
