/**
 * Which headers an outgoing request gets from the context it is made in, and the rule that the caller's own stay.
 */
import type { RequestContext } from '../context.ts'
import { spanId } from '../id.ts'
import { BAGGAGE, REQUEST_ID, TRACE } from './outbound-origin.ts'
import { renderTraceparent } from './traceparent.ts'

/** An outgoing request, as much of it as propagation needs. Names are in lower case. */
export interface OutgoingHeaders {
  has(name: string): boolean
  add(name: string, value: string): void
}

/**
 * Adds what `grants` allows: a `traceparent` with a parent id of its own for every request, `tracestate`, `x-request-id`
 * and `baggage`. A header that is already there is left alone, whoever set it: the caller, or an OpenTelemetry
 * instrumentation. `traceparent` and `tracestate` belong together, so either one keeps both of ours away.
 */
export function addContextHeaders(context: RequestContext, grants: number, headers: OutgoingHeaders): void {
  if ((grants & TRACE) !== 0 && !headers.has('traceparent') && !headers.has('tracestate')) {
    headers.add('traceparent', renderTraceparent(context.traceId, spanId(), context.traceFlags))
    if (context.traceState !== '') headers.add('tracestate', context.traceState)
  }
  if ((grants & REQUEST_ID) !== 0 && !headers.has('x-request-id')) headers.add('x-request-id', context.requestId)
  if ((grants & BAGGAGE) !== 0 && context.baggage !== '' && !headers.has('baggage')) {
    headers.add('baggage', context.baggage)
  }
}
