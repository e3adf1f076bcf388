/**
 * From trace headers to the trace a request belongs to: the one place that says when a trace is continued and when a new
 * one begins. Knows nothing of requests, so that a propagator of another library can ask the same question.
 */
import type { Remote } from '../context.ts'
import { traceId as mintTraceId } from '../id.ts'
import { parseTraceparent, RANDOM, SAMPLED, type Traceparent } from './traceparent.ts'
import { readTracestate } from './tracestate.ts'

/**
 * The flags of a trace that begins here. Random, because its id is. Sampled, because every request is recorded: without
 * the bit, services behind us that follow their parent's decision would stop tracing the day this library is added.
 */
export const MINTED_FLAGS = SAMPLED | RANDOM

/** Finds a header by its name in lower case; a list where it was sent more than once and is not joined yet. */
export type HeaderLookup = (name: 'traceparent' | 'tracestate') => string | readonly string[] | undefined

/** The trace a request belongs to. */
export interface ExtractedTrace {
  readonly traceId: string
  /** The caller's span; absent when the trace begins here. */
  readonly parentId?: string
  /** As received, known bits alone; of a trace that begins here, sampled and random. */
  readonly flags: number
  /** What to pass on as `tracestate`; empty if nothing. Never from a caller whose trace is not continued. */
  readonly traceState: string
  /** What the caller sent, where it was not taken over. */
  readonly remote?: Pick<Remote, 'traceId' | 'reason'>
}

/**
 * Reads `traceparent` and `tracestate` as W3C Trace Context level 2 says. Never throws.
 *
 * A trusted and valid `traceparent` is continued. Otherwise a new trace begins and `tracestate` is dropped: an untrusted
 * caller's trace id stays in `remote` as a link; an invalid or repeated header leaves its reason there.
 */
export function extractTrace(lookup: HeaderLookup, trusted: boolean): ExtractedTrace {
  const sent = lookup('traceparent')
  if (sent === undefined) return beginTrace()
  const parsed = parseOne(sent)
  if (!trusted) {
    return beginTrace(
      typeof parsed === 'string' ? { reason: 'untrusted' } : { reason: 'untrusted', traceId: parsed.traceId },
    )
  }
  if (typeof parsed === 'string') return beginTrace({ reason: parsed })
  const state = lookup('tracestate')
  const traceState = state === undefined ? '' : readTracestate(typeof state === 'string' ? state : state.join(','))
  return { traceId: parsed.traceId, parentId: parsed.parentId, flags: parsed.flags, traceState }
}

/** A trace of our own. `remote` is what the caller sent, if anything. */
export function beginTrace(remote?: Pick<Remote, 'traceId' | 'reason'>): ExtractedTrace {
  const fresh = { traceId: mintTraceId(), flags: MINTED_FLAGS, traceState: '' }
  return remote === undefined ? fresh : { ...fresh, remote }
}

/** Two headers are never one value. Node joins them with a comma, which no valid traceparent holds, now or later. */
function parseOne(sent: string | readonly string[]): Traceparent | 'malformed' | 'duplicate' {
  const value = typeof sent === 'string' ? sent : sent.length === 1 ? (sent[0] ?? '') : undefined
  if (value === undefined || value.includes(',')) return 'duplicate'
  return parseTraceparent(value) ?? 'malformed'
}
