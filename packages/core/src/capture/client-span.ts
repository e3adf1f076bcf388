/**
 * The span that stands for the outgoing request being made right now, handed from a tracer's propagator to `outbound.ts`.
 *
 * Instrumentations of an OpenTelemetry SDK ask the propagator for headers before anybody knows where the request goes, and
 * the destination decides whether there are any. So the propagator offers the span, the request is created in the same turn,
 * and whoever sees the destination takes it. An offer that nobody takes is gone when the turn is over.
 */
import type { ActiveSpan } from './otel.ts'

let offered: ActiveSpan | undefined

/** Offers the span of the request that is about to be created in this turn. */
export function offerClientSpan(span: ActiveSpan): void {
  if (offered === undefined) queueMicrotask(forget)
  offered = span
}

/** The span offered for the request just created, if there is one. Taken once. */
export function takeClientSpan(): ActiveSpan | undefined {
  const span = offered
  offered = undefined
  return span
}

function forget(): void {
  offered = undefined
}
