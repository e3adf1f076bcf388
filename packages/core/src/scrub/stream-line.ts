/**
 * One line of a log, scrubbed: a line of JSON is walked as the value it is, every other goes through the rules for texts.
 */
import { withheld } from './detect-context.ts'
import type { Redaction, Scrubber } from './scrubber.ts'

/** What lines are taken for. */
export type LineFormat = 'auto' | 'json' | 'text'

/** One line without its end, as it may be written. `account` is told what was removed. */
export function scrubLine(
  line: string,
  format: LineFormat,
  scrubber: Scrubber,
  account?: (redactions: readonly Redaction[]) => void,
): string {
  if (line === '') return line
  if (format !== 'text' && /^\s{0,64}[{[]/.test(line)) {
    const parsed = parse(line)
    if (parsed !== undefined) return JSON.stringify(scrubbed(parsed, scrubber, account)) ?? 'null'
  }
  if (format === 'json') {
    account?.([{ path: '', rule: 'no-json', n: 1 }])
    return withheld('line', line)
  }
  const text = scrubbed(line, scrubber, account)
  return typeof text === 'string' ? text : withheld('line', line)
}

function scrubbed(value: unknown, scrubber: Scrubber, account?: (redactions: readonly Redaction[]) => void): unknown {
  if (account === undefined) return scrubber.scrub(value)
  const { value: written, redactions } = scrubber.account(value)
  if (redactions.length > 0) account(redactions)
  return written
}

function parse(line: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}
