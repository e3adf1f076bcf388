/**
 * The context as text, for where it cannot travel by itself: worker threads, queues, cron.
 *
 *     {"request_id":"0192…","traceparent":"00-…-…-03","tracestate":"…","baggage":"…"}
 *
 * At most 1 KB. A carrier read back is parsed as strictly as headers are, since a queue is open to more hands than a header.
 */
import { type Clock, systemClock } from '../clock.ts'
import { currentContext, RequestContext, runInContext } from '../context.ts'
import { AuditError } from '../errors.ts'
import { spanId } from '../id.ts'
import { readBaggage } from './baggage.ts'
import { isRequestId } from './request-id.ts'
import { parseTraceparent, renderTraceparent } from './traceparent.ts'
import { readTracestate } from './tracestate.ts'

/** Bytes of the longest carrier. Everything in one is ASCII. */
export const CARRIER_BYTES_MAX = 1_024

/**
 * The request in progress as JSON of at most 1,024 bytes; `{}` outside any request. Where ids, tracestate and baggage
 * together are too long, baggage is left out first and tracestate second, each as a whole.
 *
 *     queue.send({ job, carrier: carrier() })
 */
export function carrier(): string {
  const context = currentContext()
  if (context === undefined) return '{}'
  const { requestId, traceId, spanId: parentId, traceFlags, traceState, baggage } = context
  const ids = { request_id: requestId, traceparent: renderTraceparent(traceId, parentId, traceFlags) }
  const withState = traceState === '' ? ids : { ...ids, tracestate: traceState }
  const withAll = baggage === '' ? withState : { ...withState, baggage }
  for (const tried of [withAll, withState]) {
    const json = JSON.stringify(tried)
    if (json.length <= CARRIER_BYTES_MAX) return json
  }
  return JSON.stringify(ids)
}

/**
 * Runs `work` as a continuation of the request that `json` was made in: the same request id and trace, and a span of its
 * own. The carrier of no request, `{}`, runs `work` outside any request. Returns what `work` returns.
 *
 * Throws AUDIT_CARRIER_INVALID, before `work` starts, when `json` is not what `carrier()` makes. Members it does not know
 * are ignored, so that a newer version may add some.
 *
 *     queue.consume((message) => runWithCarrier(message.carrier, () => handle(message.job)))
 */
export function runWithCarrier<T>(json: string, work: () => T, clock: Pick<Clock, 'now'> = systemClock): T {
  return runInContext(readCarrier(json, clock.now()), work)
}

function readCarrier(json: string, startMs: number): RequestContext | undefined {
  // A character has at least one byte: what is too long in characters need not be counted in bytes.
  if (typeof json !== 'string' || json.length > CARRIER_BYTES_MAX || Buffer.byteLength(json) > CARRIER_BYTES_MAX) {
    throw invalid('it must be text of at most 1,024 bytes')
  }
  const members = parseObject(json)
  if (Object.keys(members).length === 0) return undefined
  const { request_id: requestId, traceparent, tracestate, baggage } = members
  if (typeof requestId !== 'string' || !isRequestId(requestId)) throw invalid("'request_id' is missing or malformed")
  const trace = typeof traceparent === 'string' ? parseTraceparent(traceparent) : undefined
  if (trace === undefined) throw invalid("'traceparent' is missing or malformed")
  return new RequestContext({
    requestId,
    traceId: trace.traceId,
    spanId: spanId(),
    traceFlags: trace.flags,
    startMs,
    traceState: wholly('tracestate', tracestate, readTracestate),
    baggage: wholly('baggage', baggage, readBaggage),
  })
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw invalid('it is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('it is not a JSON object')
  return { ...value }
}

/** A list that `carrier()` wrote reads back as it is; anything else was made by someone else. */
function wholly(name: string, value: unknown, read: (text: string) => string): string {
  if (value === undefined) return ''
  const list = typeof value === 'string' ? read(value) : ''
  if (list === '' || list !== value) throw invalid(`'${name}' is malformed`)
  return list
}

function invalid(reason: string): AuditError {
  return new AuditError('AUDIT_CARRIER_INVALID', `This carrier cannot be read: ${reason}.`)
}
