/**
 * Time as an argument: every step takes a `Clock`, so that a test can say what time it is.
 *
 * Records carry one form of time alone, fixed in width and in UTC, so that sorting the text sorts the time.
 */

export interface Clock {
  /** Milliseconds since the epoch, by the wall clock; may jump. */
  now(): number
  /** Milliseconds since some moment in the past; never goes back. For durations only. */
  monotonic(): number
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z')
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z')

let cachedSecond = Number.NaN
let cachedText = ''

/**
 * `YYYY-MM-DDTHH:mm:ss.sssZ` for milliseconds since the epoch. Always 24 characters: times outside the years 0000 to 9999
 * become the nearest that fits, and what is not a number becomes the epoch.
 */
export function isoTime(ms: number): string {
  const whole = Math.floor(ms >= FIRST_MS ? Math.min(ms, LAST_MS) : Number.isNaN(ms) ? 0 : FIRST_MS)
  const second = Math.floor(whole / 1_000)
  if (second !== cachedSecond) {
    // Rendering a date costs as much as the rest of a short record; the second stays the same for thousands of them.
    cachedText = new Date(second * 1_000).toISOString().slice(0, 20)
    cachedSecond = second
  }
  const rest = whole - second * 1_000
  return `${cachedText}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`
}
