/**
 * One request as one operational line: the field names of `audit/1` without what makes a record (`seq`, `policy`, `sealed`)
 * and without anybody's name. As JSON for machines, or as a short line for a person at a terminal.
 */
import { isoTime } from '../clock.ts'
import type { Completion } from '../draft.ts'
import type { Level, Outcome } from '../event.ts'
import type { SafeError } from '../fault/safe-error.ts'
import type { ServiceMember } from './serialise.ts'
import { numberMember, quote, quoteObject, textMember } from './serialise-text.ts'

/** What the line says. Addresses are masked before they come here; routes are templates. */
export interface LineFacts {
  readonly timeMs: number
  readonly level?: Level | undefined
  /** True: the response is still open; the line is `http_request_open`. */
  readonly opening?: boolean | undefined
  readonly requestId: string
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  /** Masked to /24 or /48. */
  readonly address?: string | undefined
  readonly http?:
    | {
        readonly method: string
        readonly route?: string | undefined
        readonly status?: number | undefined
        readonly durationMs?: number | undefined
        readonly reqBytes?: number | undefined
        readonly resBytes?: number | undefined
        readonly completion?: Completion | undefined
      }
    | undefined
  readonly remote?: { readonly requestIdToken?: string; readonly traceId?: string; readonly reason: string } | undefined
  readonly error?: SafeError | undefined
}

/** 5xx and errors ERROR; 4xx, aborted and timed out WARNING; the rest INFO. */
export function lineLevel(facts: LineFacts): Level {
  if (facts.level !== undefined) return facts.level
  const { status = 0, completion } = facts.http ?? {}
  if (status >= 500 || completion === 'error') return 'ERROR'
  if (status >= 400 || completion === 'aborted' || completion === 'timeout') return 'WARNING'
  return 'INFO'
}

function lineOutcome(facts: LineFacts): Outcome {
  const { status, completion } = facts.http ?? {}
  if (status === 401 || status === 403) return 'denied'
  if (completion === 'error' || completion === 'timeout' || (status !== undefined && status >= 400)) return 'failure'
  return completion === 'completed' || completion === 'upgraded' ? 'success' : 'unknown'
}

/** Renders JSON lines for one service, whose member is rendered once. Each is one line, without its LF. */
export function jsonLines(service: ServiceMember): (facts: LineFacts) => string {
  const { name, version, env, instance } = service
  const members = textMember('version', version) + textMember('env', env) + textMember('instance', instance)
  const serviceMember = `,"service":{"name":${quote(name)}${members}}`
  return (facts) => {
    const { http, remote, error, opening } = facts
    let line =
      `{"timestamp":"${isoTime(facts.timeMs)}","level":"${lineLevel(facts)}","stream":"operational",` +
      `"event_type":"${opening === true ? 'http_request_open' : 'http_request'}","outcome":"${opening === true ? 'unknown' : lineOutcome(facts)}"` +
      textMember('ip_address', facts.address)
    if (http !== undefined) {
      line +=
        `,"http":{"method":${quote(http.method)}` +
        textMember('route', http.route) +
        numberMember('status', http.status) +
        numberMember('duration_ms', http.durationMs) +
        numberMember('req_bytes', http.reqBytes) +
        numberMember('res_bytes', http.resBytes) +
        textMember('completion', http.completion) +
        '}'
    }
    line +=
      `,"request_id":${quote(facts.requestId)},"trace_id":${quote(facts.traceId)},"span_id":${quote(facts.spanId)}` +
      `,"trace_flags":"${(facts.traceFlags & 255).toString(16).padStart(2, '0')}"`
    if (remote !== undefined) {
      const ids = textMember('request_id_token', remote.requestIdToken) + textMember('trace_id', remote.traceId)
      line += `,"remote":{"reason":${quote(remote.reason)}${ids}}`
    }
    if (error !== undefined) {
      line += `,"error":${errorMember(error, lineLevel(facts))}`
    }
    return `${line}${serviceMember}}`
  }
}

/** Where the server failed, everything that may be said, for whoever has to find the fault; else what tells errors apart. */
function errorMember(error: SafeError, level: Level): string {
  const { type, code, status, fingerprint } = error
  if (level === 'ERROR' || level === 'CRITICAL') return quoteObject(error)
  return `{"type":${quote(type)}${textMember('code', code)}${numberMember('status', status)}${textMember('fingerprint', fingerprint)}}`
}

const colours = { ERROR: 31, CRITICAL: 31, WARNING: 33, INFO: 32, DEBUG: 90 } as const

/** Renders lines for a person: `12:04:31 200 GET /patients/:id 3.2 ms 0194f3…`. Colours only where the caller says so. */
export function humanLines(colour: boolean): (facts: LineFacts) => string {
  return (facts) => {
    const { http, error } = facts
    const time = isoTime(facts.timeMs).slice(11, 19)
    const word = facts.opening === true ? '...' : String(http?.status ?? '-')
    const status = colour ? `\u001b[${colours[lineLevel(facts)]}m${word}\u001b[0m` : word
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
