/** How much a logger removed: one number, so that a rise after a deployment can raise an alarm. */
import type { SafeError, Scrubber } from '@trailmark/core'
import type { FieldRules } from './fields.ts'

/** The scrubber as rules for fields that count, and that never throw, whatever scrubber it is. */
export function countingRules(
  scrubber: Scrubber,
  safeError: (error: unknown) => SafeError,
  removed: (n: number) => void,
): FieldRules {
  return {
    safeError,
    scrub(value) {
      try {
        const { value: safe, redactions } = scrubber.account(value)
        if (redactions.length > 0) removed(redactions.reduce((sum, { n }) => sum + n, 0))
        return safe
      } catch {
        removed(1)
        return '[scrub_failed]'
      }
    },
    text(text) {
      try {
        const safe = scrubber.text(text)
        if (safe !== text) removed(1)
        return safe
      } catch {
        removed(1)
        return '[scrub_failed]'
      }
    },
  }
}

const REDACTIONS = Symbol.for('@trailmark/integrations/pino/redactions/1')

interface Counter {
  readonly redactions: number
}

/** For `logger.ts`: children inherit it. */
export function rememberRedactions(logger: object, counter: Counter): void {
  Object.defineProperty(logger, REDACTIONS, { value: counter })
}

/**
 * How many values and messages a logger made by `auditedPino()`, with all its children, wrote with something removed. Only
 * grows; 0 for any other logger.
 */
export function redactionsOf(logger: object): number {
  const counter: unknown = Reflect.get(logger, REDACTIONS)
  return typeof counter === 'object' && counter !== null ? Number(Reflect.get(counter, 'redactions')) : 0
}
