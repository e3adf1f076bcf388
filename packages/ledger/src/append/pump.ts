/**
 * Does one piece of work after the other, for as long as there is any, each in a turn on the disk.
 *
 * Between two pieces the event loop goes round, so that callers who were just answered are part of the next one.
 */
import { inTurn } from './turns.ts'
import type { WorkClock } from './work-clock.ts'

export interface Work {
  run(): Promise<void>
  /** Others' work is waited for, which needs turns of its own: waiting for it holds none. */
  readonly outsideTurn?: boolean
}

export interface PumpStart {
  readonly clock: WorkClock
  /** What comes seldom comes first, or it would never come under load. */
  find(): Work | undefined
  /** A piece of work rejected. */
  failed(error: unknown): void
  /** Nothing is left to do. */
  atRest(): Promise<void>
}

export class Pump {
  readonly #start: PumpStart
  #running = false
  #idle: (() => void)[] = []

  constructor(start: PumpStart) {
    this.#start = start
  }

  get isRunning(): boolean {
    return this.#running
  }

  kick(): void {
    if (this.#running) return
    this.#running = true
    setImmediate(() => void this.#run())
  }

  /** Resolves when nothing is under way. */
  async whenIdle(): Promise<void> {
    if (this.#running) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  async #run(): Promise<void> {
    for (let work = this.#start.find(); work; work = this.#start.find()) {
      const { run, outsideTurn } = work
      const timed = (): Promise<void> => this.#start.clock.time(run)
      await (outsideTurn ? timed() : inTurn(timed)).catch((error: unknown) => this.#start.failed(error))
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#running = false
    await this.#start.atRest()
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
