/**
 * When what waits is written: at once where somebody waits for it, otherwise once the oldest has waited its time or much has
 * come together. What costs most of a commit costs it once, however many entries are in it.
 *
 * One timer, which keeps no process alive: when the process has nothing else to do, it is time as well.
 */
import { whenIdle } from './when-idle.ts'

/** As much as this is written without waiting for more. */
const entriesEnough = 1024
const bytesEnough = 256 * 1024

export class CommitSchedule {
  readonly #delayMs: number
  readonly #due: () => void
  #timer: NodeJS.Timeout | undefined
  #isArmed = false
  #isDue = false
  #isStopped = false
  #stopWaitingForIdle: (() => void) | undefined

  /** `due` is called when a commit is to be given a turn on the disk. */
  constructor(delayMs: number, due: () => void) {
    this.#delayMs = delayMs
    this.#due = due
  }

  /** Whether what waits is to be written now. */
  get isDue(): boolean {
    return this.#isDue
  }

  /** Something was queued that nobody waits for; so much waits now. */
  later(entries: number, bytes: number): void {
    if (this.#isDue) return
    if (this.#delayMs === 0 || entries >= entriesEnough || bytes >= bytesEnough) this.now()
    else if (!this.#isArmed) this.#arm()
  }

  /** Somebody waits for what is queued. */
  now(): void {
    this.#isDue = true
    this.#due()
  }

  /** Everything that waited is in a batch. */
  taken(): void {
    this.#isDue = false
    if (!this.#isArmed) return
    this.#isArmed = false
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  stop(): void {
    this.#isStopped = true
    this.taken()
    this.#stopWaitingForIdle?.()
  }

  #arm(): void {
    if (this.#isStopped) return
    this.#isArmed = true
    this.#timer = setTimeout(() => this.now(), this.#delayMs).unref()
    // Asked for once, and left standing: with nothing in the queue it does nothing.
    this.#stopWaitingForIdle ??= whenIdle(() => {
      this.#stopWaitingForIdle = undefined
      if (this.#isArmed) this.now()
    })
  }
}
