/**
 * Notices when the wall clock jumps: the difference between it and the monotonic clock may drift, but not leap.
 *
 * A machine that slept looks the same, because the monotonic clock stands still meanwhile; where the time since boot counts
 * sleep (Linux), the two are told apart and a sleep is not reported.
 */
import type { Clock } from '../clock.ts'

export interface ClockWatchSettings {
  readonly clock: Clock
  /** Milliseconds since boot, sleep included; undefined where nobody knows. */
  readonly uptimeMs: () => number | undefined
  /** Told the size of a jump: positive is forward. */
  readonly onJump: (jumpMs: number) => void
}

export interface ClockWatch {
  /** Compares the clocks. Cheap: called with the time of each record, and once a second. */
  check(nowMs: number): void
}

/** Slewing moves a clock by at most half a millisecond a second, so this is no slew. */
export const jumpMsMin = 500
/** The time since boot comes in hundredths of a second. */
const sleepToleranceMs = 250

export function createClockWatch(settings: ClockWatchSettings): ClockWatch {
  const { clock, uptimeMs, onJump } = settings
  let offsetMs = clock.now() - clock.monotonic()
  let sleepMs = sleptMs()
  let lookedMs = Number.NaN

  /** Grows only by sleep. */
  function sleptMs(): number | undefined {
    const sinceBoot = uptimeMs()
    return sinceBoot === undefined ? undefined : sinceBoot - clock.monotonic()
  }

  return {
    check(nowMs) {
      // Under load many records fall into one millisecond; whatever jumps lands on another.
      if (nowMs === lookedMs) return
      lookedMs = nowMs
      const offset = nowMs - clock.monotonic()
      const jump = offset - offsetMs
      // Slow drift moves the baseline along; only a leap between two looks is a jump.
      offsetMs = offset
      if (Math.abs(jump) < jumpMsMin) return
      const slept = sleptMs()
      const sleep = slept === undefined || sleepMs === undefined ? 0 : slept - sleepMs
      sleepMs = slept
      if (Math.abs(jump - sleep) < jumpMsMin + sleepToleranceMs) return
      onJump(Math.round(jump - sleep))
    },
  }
}
