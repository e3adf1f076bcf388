/**
 * Headers as text: `_header` of a client request, a raw request or response, a block of headers, cookies. Values of a short
 * list of headers stay; of all others, the names.
 */
import { work } from './linear-work.ts'
import type { NameClass, Opening } from './scrubber.ts'
import { scrubUrl } from './url.ts'

type ScrubText = (text: string, as: NameClass, opening: Opening) => string

const requestLine = /^([A-Z]{3,10}) (\S{1,65536}) (HTTP\/\d(?:\.\d)?)$/
const statusLine = /^(HTTP\/\d(?:\.\d)? \d{3})(?: [^\n]{0,256})?$/
const headerLine = /^[A-Za-z0-9!#$%&'*+.^_`|~:-]{1,128}: ?/
/** A line end, or what an earlier pass made of one. */
const lineEnds = /\r?\n|(?:\\r)?\\n/

/** True when the first line is one of HTTP. */
export function isHttp(text: string): boolean {
  if (!text.includes('HTTP/')) return false
  const [first = ''] = text.split(lineEnds, 1)
  return requestLine.test(first) || (statusLine.test(first) && text.length > first.length)
}

/** Start line and headers; a body behind them is opened as one. */
export function openHttp(text: string, opening: Opening, scrub: ScrubText): string {
  work.characters += text.length
  const lines = text.split(lineEnds)
  const [first = '', ...rest] = lines
  const request = requestLine.exec(first)
  const start =
    request === null
      ? (statusLine.exec(first)?.[1] ?? '')
      : `${request[1]} ${scrubUrl(request[2] ?? '', opening)} ${request[3]}`
  const gap = rest.indexOf('')
  const headers = shownHeaders(gap < 0 ? rest : rest.slice(0, gap), opening, scrub)
  const body =
    gap < 0
      ? ''
      : rest
          .slice(gap + 1)
          .join('\n')
          .trim()
  return [start, ...headers, ...(body === '' ? [] : ['', scrub(body, 'body', opening)])].join('\n')
}

/** A text of headers, one a line; undefined when it is none. */
export function openHeaders(text: string, opening: Opening, scrub: ScrubText): string | undefined {
  work.characters += text.length
  const lines = text.split(lineEnds).filter((line) => line !== '')
  if (lines.length === 0 || !lines.every((line) => headerLine.test(line) || /^[ \t]/.test(line))) return undefined
  return shownHeaders(lines, opening, scrub).join('\n')
}

const shownNames = new Set(
  (
    'accept accept-encoding accept-ranges access-control-allow-methods age allow cache-control connection content-encoding ' +
    'content-language content-length content-type date etag expect expires keep-alive last-modified pragma retry-after server ' +
    'strict-transport-security te trailer transfer-encoding upgrade vary via x-content-type-options x-frame-options x-powered-by ' +
    'x-request-id x-correlation-id traceparent request-id content-disposition sec-fetch-mode sec-fetch-site sec-fetch-dest'
  ).split(' '),
)

function shownHeaders(lines: readonly string[], opening: Opening, scrub: ScrubText): string[] {
  return lines.map((line) => {
    const colon = line.indexOf(':', 1)
    if (colon < 0 || !headerLine.test(line)) return '[header]'
    const name = line.slice(0, colon)
    const value = line.slice(colon + 1).trim()
    const lower = name.toLowerCase()
    if (lower === 'cookie' || lower === 'set-cookie') return `${name}: ${cookieNames(value)}`
    if (lower === 'host') return `${name}: ${scrubUrl(`http://${value}`, opening).slice(7)}`
    if (lower === 'referer' || lower === 'location' || lower === 'origin') return `${name}: ${scrubUrl(value, opening)}`
    if (shownNames.has(lower) && opening.classify(name) !== 'secret') return `${name}: ${scrub(value, 'free', opening)}`
    if (value !== '' && value !== '[header]') opening.removed('header')
    return `${name}: ${value === '' ? '' : '[header]'}`
  })
}

const cookieAttribute = /^(?:Path|HttpOnly|Secure|SameSite|Max-Age|Expires|Partitioned|Priority)$/i
const cookieName = /^[A-Za-z_][\w.-]{0,63}$/

/** `sid=[cookie]; theme=[cookie]; HttpOnly`: cookies by name only. */
export function cookieNames(text: string): string {
  const parts = text.split(/; ?/).slice(0, 128)
  return parts
    .map((part) => {
      const equals = part.indexOf('=')
      const name = equals < 0 ? part : part.slice(0, equals)
      if (cookieAttribute.test(name))
        return equals < 0 || /^(?:Max-Age=\d{1,12}|SameSite=\w{1,8}|Path=\/)$/i.test(part) ? part : name
      return cookieName.test(name) && equals > 0 ? `${name}=[cookie]` : '[cookie]'
    })
    .join('; ')
}
