/**
 * Notices when the event loop stood still: a tick that was due every `everyMs` comes late. Nothing was recorded meanwhile, and
 * what happened in a gap of seconds is a question an investigator asks.
 *
 * The monotonic clock does not run while a machine sleeps, so a sleep is no stall. Many stalls in a row are one report a minute.
 */
import type { Clock } from '../clock.ts'

export interface Stalls {
  /** The longest, in milliseconds. */
  readonly longestMs: number
  /** How many there were since the last report. */
  readonly stalls: number
}

/** A loop that stands still for a second answers nobody. */
export const stallMsMin = 1_000
const reportMs = 60_000

/** Call what it returns at every tick. `onStall` is told at once, and then at most once a minute. */
export function createStallWatch(clock: Clock, everyMs: number, onStall: (stalls: Stalls) => void): () => void {
  let dueMs = clock.monotonic() + everyMs
  let silentUntilMs = Number.NEGATIVE_INFINITY
  let longestMs = 0
  let stalls = 0
  return () => {
    const nowMs = clock.monotonic()
    const lateMs = nowMs - dueMs
    dueMs = nowMs + everyMs
    if (lateMs >= stallMsMin) {
      stalls++
      longestMs = Math.max(longestMs, Math.round(lateMs))
    }
    if (stalls === 0 || nowMs < silentUntilMs) return
    onStall({ longestMs, stalls })
    silentUntilMs = nowMs + reportMs
    longestMs = 0
    stalls = 0
  }
}
