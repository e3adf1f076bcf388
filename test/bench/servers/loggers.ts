/** The access loggers people already run. What goes to stdout goes to a file: see how the servers are started. */
import { join } from 'node:path'
import * as tracer from 'cls-rtracer'
import { destination, type Logger, pino } from 'pino'
import { redacted } from './assembled.ts'
import type { Variant } from './variant.ts'

/** pino as this variant wants it; undefined for variants without one. */
export function loggerOf(variant: Variant, home: string): Logger | undefined {
  switch (variant) {
    case 'logger':
    case 'opentelemetry':
      return pino()
    case 'logger-async':
      return pino(destination({ dest: join(home, 'access.log'), sync: false, minLength: 4096, mkdir: true }))
    case 'context':
      return pino({ mixin: () => ({ requestId: tracer.id() }) })
    case 'assembled':
      return pino({ mixin: () => ({ requestId: tracer.id() }), redact: redacted })
    default:
      return undefined
  }
}

/** Whether a context library runs, too. */
export const hasTracer = (variant: Variant): boolean => variant === 'context' || variant === 'assembled'
