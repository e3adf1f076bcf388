/**
 * The lowest level of operational lines. Audit records have levels too, but none of them is ever left out for its level.
 *
 * DEBUG is refused in production: debugging output is where secrets leak, and nobody switches it off again.
 */
import { AuditError } from '../errors.ts'
import type { Level } from '../event.ts'

export const levels = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const satisfies Level[]

/** Words of other loggers that share the environment variable. */
const otherWords: Readonly<Record<string, Level>> = {
  TRACE: 'DEBUG',
  SILLY: 'DEBUG',
  VERBOSE: 'DEBUG',
  NOTICE: 'INFO',
  HTTP: 'INFO',
  WARN: 'WARNING',
  ERR: 'ERROR',
  FATAL: 'CRITICAL',
  CRIT: 'CRITICAL',
  ALERT: 'CRITICAL',
  EMERG: 'CRITICAL',
  SILENT: 'CRITICAL',
}

export interface LevelQuestion {
  /** The option `logLevel`: wrong is an error. */
  readonly option?: unknown
  /** The variable `LOG_LEVEL`: it may be meant for somebody else, so wrong is told and means INFO. */
  readonly environment?: string | undefined
  readonly production: boolean
}

export interface LevelDecision {
  readonly level: Level
  /** What was asked for and is not applied. The word may be anybody's: it is for a record that masks it. */
  readonly refused?: { readonly requested: string; readonly source: 'environment' | 'option' }
  /** What the operator should be told about it, without repeating the word. */
  readonly notice?: string
}

/** Decides the level once, at start. Throws AUDIT_OPTION_INVALID for an option `logLevel` that is no level. */
export function decideLevel({ option, environment, production }: LevelQuestion): LevelDecision {
  const wanted = option === undefined ? fromEnvironment(environment) : { level: readOption(option) }
  if (wanted.level !== 'DEBUG' || !production) return wanted
  const fromOption = option !== undefined
  return {
    level: 'INFO',
    refused: { requested: 'DEBUG', source: fromOption ? 'option' : 'environment' },
    notice: `${fromOption ? 'option logLevel' : 'LOG_LEVEL'}: DEBUG is refused in production; the level is INFO`,
  }
}

/** True when a line of this level is written at that threshold. */
export function isLevelEnabled(level: Level, threshold: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(threshold)
}

function readOption(option: unknown): Level {
  const level = typeof option === 'string' ? findLevel(option) : undefined
  if (level === undefined) throw new AuditError('AUDIT_OPTION_INVALID', `logLevel: must be one of ${levels.join(', ')}`)
  return level
}

function fromEnvironment(text: string | undefined): LevelDecision {
  if (text === undefined || text.trim() === '') return { level: 'INFO' }
  const level = findLevel(text)
  if (level !== undefined) return { level }
  return {
    level: 'INFO',
    refused: { requested: text.trim().toUpperCase(), source: 'environment' },
    notice: `LOG_LEVEL is none of ${levels.join(', ')}; the level is INFO`,
  }
}

function findLevel(text: string): Level | undefined {
  const word = text.trim().toUpperCase()
  return levels.find((one) => one === word) ?? (Object.hasOwn(otherWords, word) ? otherWords[word] : undefined)
}
