/**
 * A propagator that believes trusted peers alone and tells nobody by itself.
 *
 * Extracting, it finds the request that the headers belong to and judges its socket peer. Injecting, it knows no destination:
 * instrumentations ask for headers before the request exists. So it offers the client's span to core, which sees the request
 * and its origin a moment later, still in the same turn, and adds the headers there if that origin may have them.
 */
import {
  type Context,
  isSpanContextValid,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api'
import { type Audit, defaultAudit } from '@trailmark/core'
import { extractTrace, offerClientSpan, readBaggage, runtimeOf } from '@trailmark/core/integration'
import { readEntries } from './baggage.ts'
import { findRequest, rememberRequests } from './incoming.ts'
import { ReceivedTraceState } from './trace-state.ts'

export interface PropagatorOptions {
  /** Whose `trust` decides about incoming headers. Default: `defaultAudit()`, which the adapters share. */
  readonly audit?: Audit
}

const fields = ['traceparent', 'tracestate', 'baggage']

/**
 * The propagator that `startTracing` uses, for an SDK that the application starts itself:
 *
 *     new NodeSDK({ textMapPropagator: trailmarkPropagator({ audit }), … })
 *
 * Incoming: headers of requests of `node:http` and `node:https` are read as W3C Trace Context level 2 and W3C Baggage say,
 * when `trust` accepts their socket peer. From anybody else, and from carriers that are no such request (a message of a
 * broker, HTTP/2), nothing is taken over and a new trace begins.
 *
 * Outgoing: requests of `node:http`, `node:https`, fetch and undici get their headers from core, for the origins in
 * `outbound`. Other carriers get none. Never throws.
 */
export function trailmarkPropagator(options: PropagatorOptions = {}): TextMapPropagator {
  const { trust } = runtimeOf(options.audit ?? defaultAudit()).options
  rememberRequests()
  return {
    fields: () => fields,

    inject(context) {
      const span = trace.getSpanContext(context)
      // A span of the caller's only repeats a received header. The request in progress knows that one better.
      if (span === undefined || span.isRemote === true || !isSpanContextValid(span)) return
      const { traceId, spanId, traceFlags, traceState } = span
      offerClientSpan({ traceId, spanId, traceFlags: traceFlags & 255, traceState: traceState?.serialize() ?? '' })
    },

    extract(context, carrier: unknown, getter) {
      const request = findRequest(carrier)
      if (request === undefined) return context
      if (!trust({ address: request.socket?.remoteAddress, headers: request.headers })) return context
      return withTrace(withBaggage(context, carrier, getter), carrier, getter)
    },
  }
}

function withTrace(context: Context, carrier: unknown, getter: TextMapGetter<unknown>): Context {
  const { traceId, parentId, flags, traceState } = extractTrace((name) => getter.get(carrier, name), true)
  if (parentId === undefined) return context
  const state = traceState === '' ? {} : { traceState: new ReceivedTraceState(traceState) }
  return trace.setSpanContext(context, { traceId, spanId: parentId, traceFlags: flags, isRemote: true, ...state })
}

function withBaggage(context: Context, carrier: unknown, getter: TextMapGetter<unknown>): Context {
  const sent = getter.get(carrier, 'baggage')
  if (sent === undefined) return context
  const entries = readEntries(readBaggage(typeof sent === 'string' ? sent : sent.join(',')))
  return Object.keys(entries).length === 0
    ? context
    : propagation.setBaggage(context, propagation.createBaggage(entries))
}
