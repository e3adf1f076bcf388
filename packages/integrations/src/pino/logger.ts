/**
 * Makes the logger: pino, told to write `audit/1` names, given the ids of the request in progress, and guarded.
 */
import { type Audit, currentContext, type Level, type Scrubber, type ServiceOptions } from '@trailmark/core'
import {
  scrubber as coreScrubber,
  createNotices,
  decideLevel,
  isoTime,
  readService,
  runtimeOf,
  safeError,
  thisPlatform,
} from '@trailmark/core/integration'
import { type DestinationStream, destination as openDestination, pino } from 'pino'
import { idsOf } from '../line-ids.ts'
import type { AuditedLogger } from './audited-logger.ts'
import { guard } from './guard.ts'
import { isBound } from './ids.ts'
import { numberOf, pinoLevels, wordOf } from './levels.ts'
import { cleanArguments } from './message.ts'
import { countingRules, rememberRedactions } from './redactions.ts'

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
  /** What may be written of messages, values and bindings. Default: core's. */
  readonly scrubber?: Scrubber
}

/**
 * A pino logger for the operational or application stream. pino 9 and 10.
 *
 * Every line is JSON with `timestamp`, `level` (our words), `stream`, `service`, `message`, `event_type` where given, and,
 * inside a request, `request_id`, `trace_id`, `span_id` and `trace_flags`. Errors are written as `error` with type, code,
 * frames and fingerprint, without their message; requests and responses as method and status. Objects, bindings, messages and
 * interpolated values pass the scrubber; a message made with `msg` is written as it is. One call is one line, whatever it is
 * given. How much was removed is in `redactionsOf(logger)` and, with an audit, in `health().counts.redactions`.
 *
 * `LOG_LEVEL` is read once. In production nothing, `logger.level` included, goes below it, and DEBUG is refused.
 *
 * Throws AUDIT_OPTION_INVALID naming the option.
 *
 *     const logger = auditedPino({ service: 'clinic' })
 *     logger.info({ count: 3 }, 'letters sent')
 *     createAudit({ service: 'clinic', operational: auditedPino({ service: 'clinic', stream: 'operational' }) })
 */
export function auditedPino(options: AuditedPinoOptions = {}): AuditedLogger {
  const { audit, stream = 'application', destination, scrubber = coreScrubber } = options
  const platform = thisPlatform()
  const mode = platform.env['NODE_ENV']
  const production = mode !== 'development' && mode !== 'test'
  const notices = createNotices()
  const { level, notice } = decideLevel({ option: options.level, environment: platform.env['LOG_LEVEL'], production })
  if (notice !== undefined) notices.notice('LOG_LEVEL_REFUSED', notice)
  const floor = production ? numberOf(level) : 0
  const runtime = audit && runtimeOf(audit)
  const counter = { redactions: 0 }
  const rules = countingRules(scrubber, runtime?.safeError ?? safeError, (n) => {
    counter.redactions += n
    if (runtime !== undefined) runtime.counts.redactions += n
  })

  const logger = pino(
    {
      level: pinoLevels[level],
      messageKey: 'message',
      errorKey: 'error',
      // pino's own for `err` would put back what was taken out: a type, a message, a stack.
      serializers: { err: asItIs },
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
          Reflect.apply(method, this, cleanArguments(args, rules, isBound(this) || currentContext() !== undefined))
        },
        // The line as it leaves: JSON escapes what steers terminals only below U+0020.
        streamWrite: (line) =>
          line.replace(steering, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
      },
    },
    typeof destination === 'number' || typeof destination === 'string' ? openDestination(destination) : destination,
  )
  rememberRedactions(logger, counter)
  return guard(logger, {
    ...rules,
    floor,
    floorName: pinoLevels[level],
    onRefused: () =>
      notices.notice('LOG_LEVEL_REFUSED_LATER', `a level below ${level} was asked for in production and refused`),
  })
}

const asItIs = (value: unknown): unknown => value

/** DEL, C1, line separators, marks and isolates of direction. */
const steering = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
