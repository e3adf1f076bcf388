/**
 * From an incoming request to its context: which ids it has, whose they are, and what to pass on.
 *
 * Trust is decided once per request and for all headers together. A request id of our own always exists; the caller's
 * replaces it only when the caller is trusted and its id is harmless. What was sent and not taken over stays behind as
 * evidence: a keyed token of the request id, the trace id as a link, and the reason.
 */
import { type Clock, systemClock } from '../clock.ts'
import { type Remote, RequestContext } from '../context.ts'
import { spanId, uuidv7 } from '../id.ts'
import type { TrustQuestion } from '../options.ts'
import { readBaggage } from './baggage.ts'
import { combined, type IncomingRequest, isRepeated, peerAddress } from './incoming.ts'
import { type ActiveSpan, activeSpan, isTracerRandom, type Notice } from './otel.ts'
import { beginTrace, type ExtractedTrace, extractTrace } from './propagate.ts'
import { isRequestId } from './request-id.ts'
import { RANDOM } from './traceparent.ts'
import { readTracestate } from './tracestate.ts'

/** The purpose under which rejected request ids become tokens. */
export const REQUEST_ID_PURPOSE = 'request_id'

export interface TraceSettings {
  /** `compileTrust(options.trust)`. */
  readonly trust: (peer: TrustQuestion) => boolean
  /** Makes the keyed token of a rejected request id. */
  readonly tokenOf: (purpose: string, value: string) => string
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>
  /** Told about a broken installation, at most once per code. */
  readonly notice?: Notice
}

/**
 * The context of a request that has just arrived. Never throws.
 *
 * With an OpenTelemetry SDK active, trace id, span id, flags and tracestate are those of the active span, so that records
 * and spans meet; the caller's trace id is then kept as a link as well when it was not trusted.
 */
export function openContext(req: IncomingRequest, settings: TraceSettings): RequestContext {
  const { headers } = req
  const startMs = (settings.clock ?? systemClock).now()
  const ownId = uuidv7(startMs)
  const sentId = headers['x-request-id']
  const sentBaggage = headers.baggage
  const asked = sentId !== undefined || sentBaggage !== undefined || headers.traceparent !== undefined
  const trusted = asked && settings.trust({ address: peerAddress(req), headers })

  const refused = sentId === undefined ? undefined : refusal(req, sentId, trusted)
  const trace = headers.traceparent === undefined ? beginTrace() : extractTrace((name) => headers[name], trusted)
  const span = activeSpan(settings.notice)
  return new RequestContext({
    requestId: typeof sentId === 'string' && refused === undefined ? sentId : ownId,
    traceId: span?.traceId ?? trace.traceId,
    spanId: span?.spanId ?? spanId(),
    traceFlags: span === undefined ? trace.flags : span.traceFlags | randomFlag(span, trace),
    startMs,
    traceState: span === undefined ? trace.traceState : readTracestate(span.traceState),
    baggage: trusted && sentBaggage !== undefined ? readBaggage(combined(sentBaggage)) : '',
    remote:
      refused === undefined && trace.remote === undefined
        ? undefined
        : remember(trace.remote, refused, refused === undefined ? undefined : tokenOf(settings, combined(sentId))),
  })
}

/** What was sent and not taken over. */
function remember(
  link: ExtractedTrace['remote'],
  refused: Remote['reason'] | undefined,
  token: string | undefined,
): Remote {
  return Object.freeze({
    ...link,
    ...(token === undefined ? {} : { requestIdToken: token }),
    reason: refused ?? link?.reason ?? 'malformed',
  })
}

/** Tracers forget this bit: of a received trace id the caller has said it, of one begun here the tracer's generator. */
function randomFlag(span: ActiveSpan, trace: ExtractedTrace): number {
  if (span.traceId === trace.traceId) return trace.flags & RANDOM
  return isTracerRandom() ? RANDOM : 0
}

/** Why the sent id is not used; undefined if it is. */
function refusal(
  req: IncomingRequest,
  sent: string | readonly string[],
  trusted: boolean,
): Remote['reason'] | undefined {
  if (!trusted) return 'untrusted'
  if (typeof sent === 'string' && isRequestId(sent)) return undefined
  return isRepeated(req.rawHeaders, 'x-request-id') ? 'duplicate' : 'malformed'
}

/** A token is worth having, but not worth a request. */
function tokenOf(settings: TraceSettings, value: string): string | undefined {
  try {
    return settings.tokenOf(REQUEST_ID_PURPOSE, value)
  } catch {
    return undefined
  }
}
