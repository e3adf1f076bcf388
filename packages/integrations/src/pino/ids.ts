/**
 * The ids on a line: taken from the request in progress when the line is written, or bound to a child once.
 *
 * A bound child keeps its ids where the context is lost, in a late timer or a pool's callback. Both ways at once would write
 * the same names twice, so a bound child is marked, and its lines are left alone.
 */
import { currentContext, type RequestContext } from '@trailmark/core'
import type { Logger } from 'pino'
import { idsOf } from '../line-ids.ts'

const BOUND = Symbol('ids')

/** For `guard.ts`: says that this logger and its children have ids of their own. */
export function markBound(logger: object): void {
  Object.defineProperty(logger, BOUND, { value: true })
}

export function isBound(logger: object): boolean {
  return Reflect.get(logger, BOUND) === true
}

/**
 * A child of `logger` whose lines carry the ids of the request in progress, or of `context`, wherever they are written.
 * Outside any request it is `logger` itself. Needed only where the context gets lost; other lines carry the ids anyway.
 *
 *     const log = requestLogger(logger)
 *     legacyPool.query(sql, () => log.info('done'))
 */
export function requestLogger(logger: Logger, context: RequestContext | undefined = currentContext()): Logger {
  return context === undefined ? logger : logger.child(idsOf(context))
}
