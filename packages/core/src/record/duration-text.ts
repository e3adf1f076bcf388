/** Durations as JSON: ours are whole microseconds, which need no search for the digits of a double. */

const fractions = Array.from({ length: 1_000 }, (_, micros) =>
  micros === 0 ? '' : `.${String(micros).padStart(3, '0').replace(/0+$/, '')}`,
)

/** Milliseconds exactly as `String(ms)` writes them; `ms` is finite. */
export function durationText(ms: number): string {
  const micros = Math.round(ms * 1_000)
  if (micros / 1_000 !== ms || !(micros >= 0 && micros <= Number.MAX_SAFE_INTEGER)) return String(ms)
  const whole = Math.floor(ms)
  return whole + fractions[micros - whole * 1_000]!
}
