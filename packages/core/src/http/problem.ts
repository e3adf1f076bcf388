/**
 * What a client sees of an error: a problem document (RFC 9457) with the status and the request id.
 *
 * Messages and stacks quote input, so nothing of them is passed on. Of the headers an error brings along, only those a
 * client needs in order to go on are kept. Errors are hostile objects here: they may be strings, proxies or throw when read.
 */
import { STATUS_CODES } from '../node-http.ts'

export interface Problem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON; empty never. Not to be sent in answer to HEAD. */
  readonly body: string
}

const passedOn = ['retry-after', 'www-authenticate', 'allow'] as const
/** What the values of two of them can be; a challenge is the application's own text. */
const shapes: Readonly<Partial<Record<(typeof passedOn)[number], RegExp>>> = {
  'retry-after': /^(?:\d{1,10}|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)$/,
  allow: /^[A-Z-]{1,20}(?:, ?[A-Z-]{1,20}){0,15}$/,
}
/** Where a challenge goes on with words that libraries take from an error's message. */
const described = /[, ]*error_description/i
const headerBytesMax = 512
/** What a header value may hold (RFC 9110, field-value): anything else would make Node throw while we answer an error. */
const fieldValue = /^[\t\x20-\x7e]+$/

/** What a problem of the trail's own making says besides its status. */
export interface ProblemWords {
  readonly detail: string
  /** Whether what was asked for was done, for programs: a request that was `not_done` can be sent again. */
  readonly outcome: 'not_done' | 'unknown'
}

/**
 * The problem that stands for `error`. The status is the error's own `status` or `statusCode` when it is an error status
 * (400–599), else `fallback` when that is one, else 500. Never throws.
 */
export function problemFor(error: unknown, requestId: string, fallback = 500, words?: ProblemWords): Problem {
  const status =
    errorStatus(read(error, 'status')) ?? errorStatus(read(error, 'statusCode')) ?? errorStatus(fallback) ?? 500
  const body = JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? (status < 500 ? 'Request Error' : 'Server Error'),
    status,
    ...(words === undefined ? {} : { detail: words.detail, outcome: words.outcome }),
    request_id: requestId,
  })
  return {
    status,
    body,
    headers: {
      'content-type': 'application/problem+json',
      'content-length': String(Buffer.byteLength(body)),
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      ...passedHeaders(read(error, 'headers')),
    },
  }
}

function errorStatus(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599 ? value : undefined
}

function passedHeaders(headers: unknown): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const name of ownNames(headers)) {
    const known = passedOn.find((header) => header === name.toLowerCase())
    if (known === undefined) continue
    const value = read(headers, name)
    const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value
    if (typeof text !== 'string' || text.length > headerBytesMax || !fieldValue.test(text)) continue
    if (shapes[known]?.test(text) ?? true) passed[known] = text.split(described, 1)[0] ?? ''
  }
  return passed
}

function ownNames(value: unknown): string[] {
  try {
    return typeof value === 'object' && value !== null ? Object.keys(value).slice(0, 64) : []
  } catch {
    return [] // A proxy may throw here.
  }
}

/** One property of a value that may be anything, without ever throwing. */
function read(value: unknown, key: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  try {
    return Reflect.get(value, key)
  } catch {
    return undefined
  }
}
