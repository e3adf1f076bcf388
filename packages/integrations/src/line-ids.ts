/** The ids of a request as they stand on lines: the names of `audit/1`, and what each of them looks like. */
import type { RequestContext } from '@trailmark/core'

export interface LineIds {
  readonly request_id: string
  readonly trace_id: string
  readonly span_id: string
  readonly trace_flags: string
}

/** The ids of a context under the names of `audit/1`. */
export function idsOf({ requestId, traceId, spanId, traceFlags }: RequestContext): LineIds {
  return {
    request_id: requestId,
    trace_id: traceId,
    span_id: spanId,
    trace_flags: traceFlags.toString(16).padStart(2, '0'),
  }
}

/** What each of them looks like; anything else under these names is not written. */
export const idShapes: Readonly<Record<keyof LineIds, RegExp>> = {
  request_id: /^[A-Za-z0-9._\-=]{1,128}$/,
  trace_id: /^[0-9a-f]{32}$/,
  span_id: /^[0-9a-f]{16}$/,
  trace_flags: /^[0-9a-f]{2}$/,
}
