/** How adapters put a framework's logger under the rules of an audit. */
import type { Audit } from '../audit.ts'
import { currentContext } from '../context.ts'
import { findView, runtimeOf } from '../runtime.ts'
import { guardLogger, type LoggerRules } from './guard-logger.ts'
import { LiveExchange } from './live-exchange.ts'

const belowInfo: ReadonlySet<string> = new Set(['trace', 'debug'])
const none: ReadonlySet<string> = new Set()

/**
 * Gives back a function that guards loggers for this audit. `message` takes out what the framework quotes in messages of its
 * own. In production nothing below INFO is written.
 *
 *     const guard = frameworkLogger(audit, (text) => text.replace(/^Route (\w+):.* not found$/s, 'Route $1 not found'))
 *     guard(app.log)
 */
export function frameworkLogger(audit: Audit, message?: (text: string) => string): (logger: object) => void {
  const runtime = runtimeOf(audit)
  const rules: LoggerRules = {
    scrubber: runtime.scrubber,
    safeError: (error) => runtime.safeError(error),
    ...(message && { message }),
    target: targetNow,
    refused: runtime.options.production ? belowInfo : none,
    onRefused: () =>
      runtime.notice(
        'LOG_LEVEL_REFUSED',
        "the framework's logger is set to a level below INFO; in production those lines are not written",
      ),
  }
  return (logger) => guardLogger(logger, rules)
}

/** Of the request in progress, unless nothing but its route is in it. */
function targetNow(): string | undefined {
  const context = currentContext()
  const view = context === undefined ? undefined : findView(context)
  return view instanceof LiveExchange ? view.target : undefined
}
