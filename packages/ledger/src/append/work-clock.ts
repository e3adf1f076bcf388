/** How long the disk has been at one piece of work: a disk that does not answer makes its ledger unhealthy. */
import type { LedgerState } from '../ledger.ts'

const stuckAfterMs = 5000

export class WorkClock {
  #sinceMs: number | undefined

  async time(work: () => Promise<void>): Promise<void> {
    this.#sinceMs = performance.now()
    try {
      await work()
    } finally {
      this.#sinceMs = undefined
    }
  }

  findStuck(dir: string): LedgerState['failure'] {
    const ms = this.#sinceMs === undefined ? 0 : performance.now() - this.#sinceMs
    if (ms < stuckAfterMs) return undefined
    return {
      code: 'LEDGER_STUCK',
      message: `${dir}: the disk has not answered for ${Math.round(ms / 1000)} s`,
      final: false,
    }
  }
}
