/**
 * One request as one operational line: the field names of `audit/1` without what makes a record (`seq`, `policy`, `sealed`)
 * and without anybody's name. As JSON for machines, or as a short line for a person at a terminal.
 */
import { isoTime } from '../clock.ts'
import type { HttpFacts } from '../draft.ts'
import type { Level } from '../event.ts'
import type { SafeError } from '../fault/safe-error.ts'
import { flatText } from '../flat-text.ts'
import { durationText } from './duration-text.ts'
import { bareHead, lineHead } from './line-head.ts'
import { LineTails } from './line-tail.ts'
import type { ServiceMember } from './serialise.ts'
import { numberMember, quote, quoteObject, textMember } from './serialise-text.ts'

/** What the line says. Routes are templates. */
export interface LineFacts {
  /** True: the response is still open; the line is `http_request_open`. */
  readonly opening?: boolean | undefined
  readonly requestId: string
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly http?: HttpFacts | undefined
  readonly remote?: { readonly requestIdToken?: string; readonly traceId?: string; readonly reason: string } | undefined
  readonly error?: SafeError | undefined
}

/** Renders one line, without its LF. `address` is masked to /24 or /48. */
export type RenderLine = (facts: LineFacts, level: Level, timeMs: number, address: string | undefined) => string

/** 5xx and errors ERROR; 4xx, aborted and timed out WARNING; the rest INFO. */
export function lineLevel({ http }: LineFacts): Level {
  if (http === undefined) return 'INFO'
  const { status = 0, completion } = http
  if (status >= 500 || completion === 'error') return 'ERROR'
  if (status >= 400 || completion === 'aborted' || completion === 'timeout') return 'WARNING'
  return 'INFO'
}

/**
 * Renders JSON lines for one service, whose member is rendered once. Ids stand as they are, because every `RequestContext` has
 * such as need no escape; so does the masked address. What a client wrote (the method) is escaped.
 */
export function jsonLines(service: ServiceMember): RenderLine {
  const tails = new LineTails(service)
  let renderedMs = Number.NaN
  let time = ''
  return (facts, level, timeMs, address) => {
    // Under load many lines fall into one millisecond.
    if (timeMs !== renderedMs) {
      time = flatText(`{"timestamp":"${isoTime(timeMs)}"`)
      renderedMs = timeMs
    }
    const { remote, error, requestId, traceId, spanId, traceFlags } = facts
    const tail =
      remote === undefined && error === undefined
        ? tails.of(traceFlags, address)
        : tails.with(traceFlags, remoteMember(remote) + errorMember(error, level), address)
    return `${withHttp(time, facts, level)}${requestId}","trace_id":"${traceId}","span_id":"${spanId}${tail}`
  }
}

/** The line up to the opening quotation mark of the request id. */
function withHttp(time: string, { http, opening = false }: LineFacts, level: Level): string {
  if (http === undefined) return `${time + bareHead(level, opening)},"request_id":"`
  const { durationMs, reqBytes, resBytes } = http
  const { text, measured } = lineHead(http, level, opening)
  if (isFiniteNumber(durationMs) && isFiniteNumber(reqBytes) && isFiniteNumber(resBytes))
    return `${time + measured + durationText(durationMs)},"req_bytes":${reqBytes},"res_bytes":${resBytes}},"request_id":"`
  const measures =
    numberMember('duration_ms', durationMs) + numberMember('req_bytes', reqBytes) + numberMember('res_bytes', resBytes)
  return `${time + text + measures}},"request_id":"`
}

/** Sizes are the application's own objects' word. */
function isFiniteNumber(value: number | undefined): value is number {
  return Number.isFinite(value)
}

function remoteMember(remote: LineFacts['remote']): string {
  if (remote === undefined) return ''
  const ids = textMember('request_id_token', remote.requestIdToken) + textMember('trace_id', remote.traceId)
  return `,"remote":{"reason":${quote(remote.reason)}${ids}}`
}

/** Where the server failed, everything that may be said, for whoever has to find the fault; else what tells errors apart. */
function errorMember(error: SafeError | undefined, level: Level): string {
  if (error === undefined) return ''
  const { type, code, status, fingerprint } = error
  if (level === 'ERROR' || level === 'CRITICAL') return `,"error":${quoteObject(error)}`
  return `,"error":{"type":${quote(type)}${textMember('code', code)}${numberMember('status', status)}${textMember('fingerprint', fingerprint)}}`
}

const colours = { ERROR: 31, CRITICAL: 31, WARNING: 33, INFO: 32, DEBUG: 90 } as const

/** Renders lines for a person: `12:04:31 200 GET /patients/:id 3.2 ms 0194f3…`. Colours only where the caller says so. */
export function humanLines(colour: boolean): RenderLine {
  return (facts, level, timeMs) => {
    const { http, error } = facts
    const time = isoTime(timeMs).slice(11, 19)
    const word = facts.opening === true ? '...' : String(http?.status ?? '-')
    const status = colour ? `\u001b[${colours[level]}m${word}\u001b[0m` : word
    const parts = [time, status, http?.method ?? '-', http?.route ?? '(no route)']
    if (http?.durationMs !== undefined) parts.push(`${rounded(http.durationMs)} ms`)
    if (http?.completion !== undefined && http.completion !== 'completed') parts.push(http.completion)
    if (error !== undefined) parts.push(shortError(error))
    parts.push(facts.requestId)
    // Method and route come from outside: what a terminal would obey is escaped as in JSON.
    return parts.map(printable).join(' ')
  }

  function printable(text: string, at: number): string {
    return at === 1 ? text : quote(text).slice(1, -1)
  }
}

/** `Error ECONNREFUSED: connect ECONNREFUSED *`. */
function shortError({ type, code, message }: SafeError): string {
  const head = code === undefined ? type : `${type} ${code}`
  return message === undefined ? head : `${head}: ${message}`
}

function rounded(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms))
}
