/**
 * Which headers an outgoing request gets from the context it is made in, and the rule that the caller's own stay.
 */
import type { RequestContext } from '../context.ts'
import { spanId } from '../id.ts'
import type { ActiveSpan } from './otel.ts'
import { BAGGAGE, REQUEST_ID, TRACE } from './outbound-origin.ts'
import { RANDOM, renderTraceparent } from './traceparent.ts'
import { readTracestate } from './tracestate.ts'

/** An outgoing request, as much of it as propagation needs. Names are in lower case. */
export interface OutgoingHeaders {
  has(name: string): boolean
  add(name: string, value: string): void
}

/**
 * Adds what `grants` allows: a `traceparent` with a parent id of its own for every request, `tracestate`, `x-request-id`
 * and `baggage`. A header that is already there is left alone, whoever set it: the caller, or an OpenTelemetry
 * instrumentation. `traceparent` and `tracestate` belong together, so either one keeps both of ours away.
 *
 * Where a tracer made a span for this request, `span` is that span and its id is the parent id. One of the two is given.
 */
export function addContextHeaders(
  context: RequestContext | undefined,
  grants: number,
  headers: OutgoingHeaders,
  span?: ActiveSpan,
): void {
  if ((grants & TRACE) !== 0 && !headers.has('traceparent') && !headers.has('tracestate')) {
    const { traceparent, traceState } = traceHeaders(context, span)
    if (traceparent !== '') headers.add('traceparent', traceparent)
    if (traceState !== '') headers.add('tracestate', traceState)
  }
  if (context === undefined) return
  if ((grants & REQUEST_ID) !== 0 && !headers.has('x-request-id')) headers.add('x-request-id', context.requestId)
  if ((grants & BAGGAGE) !== 0 && context.baggage !== '' && !headers.has('baggage')) {
    headers.add('baggage', context.baggage)
  }
}

function traceHeaders(
  context: RequestContext | undefined,
  span: ActiveSpan | undefined,
): { traceparent: string; traceState: string } {
  if (span === undefined) {
    if (context === undefined) return { traceparent: '', traceState: '' }
    const { traceId, traceFlags, traceState } = context
    return { traceparent: renderTraceparent(traceId, spanId(), traceFlags), traceState }
  }
  // Tracers forget that the trace id is random; the request it came with has not.
  const random = span.traceId === context?.traceId ? context.traceFlags & RANDOM : 0
  return {
    traceparent: renderTraceparent(span.traceId, span.spanId, span.traceFlags | random),
    traceState: readTracestate(span.traceState),
  }
}
