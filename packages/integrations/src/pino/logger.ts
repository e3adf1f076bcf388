/**
 * Makes the logger: pino, told to write `audit/1` names, given the ids of the request in progress, and guarded.
 */
import { type Audit, currentContext, type Level, type Scrubber, type ServiceOptions } from '@trailmark/core'
import {
  createNotices,
  decideLevel,
  isoTime,
  readService,
  runtimeOf,
  safeError,
  thisPlatform,
  typeScrubber,
} from '@trailmark/core/integration'
import { type DestinationStream, type Logger, destination as openDestination, pino } from 'pino'
import { idsOf } from '../line-ids.ts'
import { guard } from './guard.ts'
import { isBound } from './ids.ts'
import { numberOf, pinoLevels, wordOf } from './levels.ts'
import { cleanArguments } from './message.ts'

export interface AuditedPinoOptions {
  /** Whose service name stands on the lines, and whose keys make fingerprints of errors. */
  readonly audit?: Audit
  /** Without an audit: the service's name, or more of its identity. Default: from the nearest package.json. */
  readonly service?: string | ServiceOptions
  /** `application` for the application's own lines (default), `operational` for a logger that `createAudit()` writes to. */
  readonly stream?: 'application' | 'operational'
  /** Lowest level. Default: `LOG_LEVEL`, else INFO. DEBUG is refused in production. */
  readonly level?: Level | Lowercase<Level>
  /** A stream, the path of a file, or a file descriptor. Default: stdout. */
  readonly destination?: DestinationStream | string | number
  /** What may be written of values in merging objects and bindings. Default: core's, which keeps numbers and dates and withholds text. */
  readonly scrubber?: Scrubber
}

/**
 * A pino logger for the operational or application stream. pino 9 and 10.
 *
 * Every line is JSON with `timestamp`, `level` (our words), `stream`, `service`, `message`, `event_type` where given, and,
 * inside a request, `request_id`, `trace_id`, `span_id` and `trace_flags`. Errors are written as `error` with type, code and
 * fingerprint, without message or stack; requests and responses as method and status. Objects, bindings and interpolated
 * values pass the scrubber. Write messages as literals: of their text the default scrubber keeps words and small numbers, and
 * withholds what looks like data, such as addresses, paths and `key=value`.
 *
 * `LOG_LEVEL` is read once. In production nothing, `logger.level` included, goes below it, and DEBUG is refused.
 *
 * Throws AUDIT_OPTION_INVALID naming the option.
 *
 *     const logger = auditedPino({ service: 'clinic' })
 *     logger.info({ count: 3 }, 'letters sent')
 *     createAudit({ service: 'clinic', operational: auditedPino({ service: 'clinic', stream: 'operational' }) })
 */
export function auditedPino(options: AuditedPinoOptions = {}): Logger {
  const { audit, stream = 'application', destination, scrubber = typeScrubber } = options
  const platform = thisPlatform()
  const mode = platform.env['NODE_ENV']
  const production = mode !== 'development' && mode !== 'test'
  const notices = createNotices()
  const { level, notice } = decideLevel({ option: options.level, environment: platform.env['LOG_LEVEL'], production })
  if (notice !== undefined) notices.notice('LOG_LEVEL_REFUSED', notice)
  const floor = production ? numberOf(level) : 0
  const rules = {
    scrubber,
    safeError: (error: unknown) => (audit ? runtimeOf(audit).safeError(error) : safeError(error)),
  }

  const logger = pino(
    {
      level: pinoLevels[level],
      messageKey: 'message',
      errorKey: 'error',
      base: { service: audit?.service ?? readService(options.service, platform) },
      timestamp: () => `,"timestamp":"${isoTime(Date.now())}"`,
      formatters: { level: (_label, number) => ({ level: wordOf(number) }) },
      mixin(_fields, _level, writing) {
        const context = isBound(writing) ? undefined : currentContext()
        return context === undefined ? { stream } : { stream, ...idsOf(context) }
      },
      hooks: {
        logMethod(args, method, number) {
          // The last word on levels: children may bring levels of their own, and pino's symbols are public.
          if (number < floor) return
          Reflect.apply(method, this, cleanArguments(args, rules))
        },
      },
    },
    typeof destination === 'number' || typeof destination === 'string' ? openDestination(destination) : destination,
  )
  return guard(logger, {
    ...rules,
    floor,
    floorName: pinoLevels[level],
    onRefused: () =>
      notices.notice('LOG_LEVEL_REFUSED_LATER', `a level below ${level} was asked for in production and refused`),
  })
}
