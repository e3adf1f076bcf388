/** The two vocabularies of levels: pino's numbers and names, and the words of `audit/1`. */
import type { Level } from '@trailmark/core'

export const pinoLevels = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
} as const satisfies Record<Level, string>

const numbers: Readonly<Record<Level, number>> = { DEBUG: 20, INFO: 30, WARNING: 40, ERROR: 50, CRITICAL: 60 }

/** The number below which pino does not write at this level. */
export function numberOf(level: Level): number {
  return numbers[level]
}

/** Our word for one of pino's numbers, custom ones included. */
export function wordOf(number: number): Level {
  if (number < numbers.INFO) return 'DEBUG'
  if (number < numbers.WARNING) return 'INFO'
  if (number < numbers.ERROR) return 'WARNING'
  return number < numbers.CRITICAL ? 'ERROR' : 'CRITICAL'
}
