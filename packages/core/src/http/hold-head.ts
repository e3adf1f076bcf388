/**
 * Status and headers of a held answer: decided when the application says so, sent later, and closed to changes in between.
 *
 * Without a hold they are out of the application's hands from `writeHead()` or the first `write()` on; code that asks
 * `headersSent`, or sets a header too late and is told so, must find the same here. Headers that `writeHead()` was given are
 * set on the response at once, as Node does it, so that what is wrong with them is thrown to whoever gave them.
 */
import type { RawResponse } from './exchange.ts'
import { type Answer, nodeError } from './hold-inner.ts'

/** What HTTP/1 allows in a reason phrase (RFC 9112, section 4). */
const reasonPhrase = /^[\t\x20-\x7e\x80-\xff]*$/

export class HeldHead {
  /** True from the moment the application can change nothing of it any more. */
  decided = false
  /** By status or method, no body follows: the end of the headers is the end of the answer. */
  bodiless = false
  /** What Content-Length promises. */
  bytes: number | undefined
  readonly #res: RawResponse
  readonly #inner: Answer
  readonly #isHead: boolean
  /** What `writeHead()` was called with, besides headers. */
  #written: readonly unknown[] | undefined
  #status = 200
  #message: unknown
  #closed = false

  constructor(res: RawResponse, inner: Answer, method: string | undefined) {
    this.#res = res
    this.#inner = inner
    this.#isHead = method === 'HEAD'
    this.#guard()
  }

  /** `writeHead()` of the application. Throws what Node would throw. */
  write([given, second, third]: readonly unknown[]): void {
    if (this.#closed) throw this.#tooLate('write')
    const res = this.#res
    const status = checkedStatus(given, res)
    const isHttp1 = !('stream' in res)
    if (isHttp1 && typeof second === 'string') res.statusMessage = second
    res.statusCode = status
    this.#setAll(typeof second === 'string' ? third : (third ?? second))
    this.#written = typeof second === 'string' ? [status, second] : [status]
  }

  /** Takes the response as it is. To be followed by `close()`, unless it was sent by somebody else. Throws as Node does. */
  decide(): void {
    if (this.decided) return
    const res = this.#res
    this.#status = checkedStatus(res.statusCode, res)
    if (!('stream' in res)) {
      this.#message = res.statusMessage
      if (typeof res.statusMessage === 'string' && !reasonPhrase.test(res.statusMessage)) {
        throw nodeError(TypeError, 'ERR_INVALID_CHAR', 'Invalid character in statusMessage')
      }
    }
    const status = this.#status
    this.decided = true
    this.bodiless =
      this.#isHead || status === 204 || status === 304 || status < 200 || (status === 205 && 'stream' in res)
    this.bytes = lengthIn(res.getHeader('content-length'))
  }

  /** Looks sent from here on, although nothing was handed on. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    Object.defineProperty(this.#res, 'headersSent', { configurable: true, get: () => true })
  }

  /** Looks as it is from here on, and can be changed if Node lets it. */
  open(): void {
    if (!this.#closed) return
    this.#closed = false
    Reflect.deleteProperty(this.#res, 'headersSent')
  }

  /** Hands the head on, as it was when it was decided. To be called once, after `open()`. */
  send(): void {
    const res = this.#res
    // Somebody may have assigned another status since, which without a hold would have come too late.
    res.statusCode = this.#status
    if (!('stream' in res)) Reflect.set(res, 'statusMessage', this.#message)
    if (this.#written !== undefined) this.#inner.writeHead(...this.#written)
  }

  #setAll(headers: unknown): void {
    const { setHeader, appendHeader, removeHeader } = this.#inner
    if (Array.isArray(headers)) {
      const pairs = pairsOf(headers)
      // As Node does it: what is set already is replaced, what is given twice is sent twice.
      for (const [name] of pairs) removeHeader(name)
      for (const [name, value] of pairs) appendHeader(name, value)
    } else if (typeof headers === 'object' && headers !== null) {
      for (const [name, value] of Object.entries(headers)) if (name !== '') setHeader(name, value)
    }
  }

  #guard(): void {
    const answer: Answer = this.#res
    const guarded = (what: string, inner: (...given: unknown[]) => unknown) => {
      return (...given: unknown[]): unknown => {
        if (this.#closed) throw this.#tooLate(what)
        return inner(...given)
      }
    }
    answer.setHeader = guarded('set', this.#inner.setHeader)
    answer.appendHeader = guarded('append', this.#inner.appendHeader)
    answer.removeHeader = guarded('remove', this.#inner.removeHeader)
    // Sessions call it before they end an answer whose headers Node has not seen yet.
    const implicit: unknown = Reflect.get(this.#res, '_implicitHeader')
    if (typeof implicit === 'function') {
      Reflect.set(this.#res, '_implicitHeader', () => {
        if (!this.#closed) Reflect.apply(implicit, this.#res, [])
      })
    }
  }

  #tooLate(what: string): Error {
    return 'stream' in this.#res
      ? nodeError(Error, 'ERR_HTTP2_HEADERS_SENT', 'Response has already been initiated.')
      : nodeError(Error, 'ERR_HTTP_HEADERS_SENT', `Cannot ${what} headers after they are sent to the client`)
  }
}

function checkedStatus(given: unknown, res: RawResponse): number {
  const status = Number(given) | 0
  // HTTP/2 has stricter rules, and applies them when the status is assigned.
  if ('stream' in res || (status >= 100 && status <= 999)) return status
  throw nodeError(RangeError, 'ERR_HTTP_INVALID_STATUS_CODE', `Invalid status code: ${String(given)}`)
}

/** Headers in a list: `[[name, value], …]`, or `[name, value, …]`. */
function pairsOf(list: readonly unknown[]): (readonly [unknown, unknown])[] {
  if (Array.isArray(list[0])) {
    return list.map((pair: unknown) => (Array.isArray(pair) ? [pair[0], pair[1]] : [pair, undefined]))
  }
  if (list.length % 2 !== 0) {
    throw nodeError(TypeError, 'ERR_INVALID_ARG_VALUE', "The argument 'headers' is invalid.")
  }
  return list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1]] as const] : []))
}

function lengthIn(header: unknown): number | undefined {
  const text = String(header)
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
