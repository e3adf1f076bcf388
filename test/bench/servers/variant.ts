/**
 * What runs beside the same handler. Every server knows `bare`, `logger`, `trailmark` and `declared`; those of Express,
 * Fastify and Koa know all of them.
 */
import type { AuditOptions, FailureClass } from '@trailmark/core'

export const variants = {
  bare: 'the framework alone',
  logger: 'pino-http as its README says',
  'logger-async': 'pino-http, asynchronous destination',
  context: 'cls-rtracer + pino-http',
  opentelemetry: 'OpenTelemetry SDK + pino-http',
  assembled: 'audit assembled by hand',
  trailmark: 'Trailmark: context, trace, access line',
  'declared-best-effort': 'Trailmark: the same and a record, best_effort',
  declared: 'Trailmark: the same and a record, spool',
  'declared-block': 'Trailmark: the same and a record, block',
} as const

export type Variant = keyof typeof variants

export const isVariant = (name: string | undefined): name is Variant => name !== undefined && name in variants

/** Whether our middleware runs. */
export const isOurs = (variant: Variant): boolean => variant === 'trailmark' || isDeclared(variant)

/** Whether the route is declared, so that each request leaves one record. */
export const isDeclared = (variant: Variant): boolean => variant.startsWith('declared')

const classes: Partial<Record<Variant, FailureClass>> = {
  'declared-best-effort': 'best_effort',
  'declared-block': 'block',
}

/** The options of ours: lines to stdout, as in production, and the class of the records. */
export function auditOptions(variant: Variant): Pick<AuditOptions, 'operational' | 'policy'> {
  const failureClass = classes[variant]
  const policy = failureClass === undefined ? {} : { policy: [{ match: { event: 'data_access' }, failureClass }] }
  return { operational: 'stdout', ...policy }
}
