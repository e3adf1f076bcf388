/**
 * Every way in which a request's target may be read as a path: the debug guard must recognise `/env` however it is written.
 *
 * Frameworks, proxies and file servers disagree about encodings, slashes, dots and parameters, so there is no one true path.
 * Each reading that somebody in front of or behind us may make is given; whoever matches, matches all of them:
 *
 *     /x/../%65nv;a=b/  →  [env]  and  [x, .., env]
 *
 * Decoding goes on until nothing changes, and takes overlong UTF-8 for what it means. Linear in the length of the target.
 */

/** One reading: segments in lower case, without empty ones, parameters, controls, trailing dots and blanks. */
export type PathReading = readonly string[]

/** Longer paths are not read; proxies refuse them, too. */
export const pathCharsMax = 8_192
const roundsMax = 8

/**
 * The readings of a request target, as it stood in the request line: at most 20, usually one. Undefined when it is longer
 * than 8,192 characters without its query, or encoded more than eight times over: nobody can say what that is.
 */
export function readPath(target: string): readonly PathReading[] | undefined {
  const readings: string[][] = []
  for (const written of paths(target)) {
    if (written.length > pathCharsMax) return undefined
    const plain = decode(written)
    if (plain === undefined) return undefined
    for (const cut of cuts(plain)) addReadings(readings, cut)
  }
  return readings
}

/** The request target without query and fragment: those are data on every side. */
export function withoutQuery(target: string): string {
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  const fragment = path.indexOf('#')
  return fragment === -1 ? path : path.slice(0, fragment)
}

const scheme = /^[a-z][a-z0-9+.-]{0,20}:\/\//i

/** Absolute form (`GET http://host/env`), and two slashes, which some readers take for the beginning of a host. */
function paths(target: string): readonly string[] {
  const absolute = scheme.exec(target)?.[0].length ?? 0
  if (absolute === 0 && !/^[/\\]{2}/.test(target)) return [withoutQuery(target)]
  // One router takes everything up to the next slash for the host, `?` and `#` included.
  let host = absolute
  while (isSlash(target, host)) host++
  let end = host
  while (end < target.length && !isSlash(target, end)) end++
  const behind = withoutQuery(target.slice(end))
  return host > absolute ? [withoutQuery(target.slice(absolute)), behind] : [behind]
}

function isSlash(text: string, at: number): boolean {
  return text[at] === '/' || text[at] === '\\'
}

/** Characters that say nothing by themselves: then there is nothing to decode. */
const plainPath = /^[\x21-\x24\x26-\x7e]*$/
const stacked = /%(?:25)+(?=[0-9a-f]{2})/gi

/** Undefined when there is no end of it. */
function decode(path: string): string | undefined {
  let text = path
  for (let round = 0; round < roundsMax; round++) {
    if (plainPath.test(text)) return text.toLowerCase()
    // Letters in other forms (full width, mathematical) become the plain ones; percent signs may come out of it.
    const next = decodeOnce(text.replace(stacked, '%')).normalize('NFKC')
    if (next === text) return text.toLowerCase()
    text = next
  }
  return undefined
}

/** Percent escapes and raw bytes above ASCII, which Node hands out one by one, as the characters they are together. */
function decodeOnce(text: string): string {
  let decoded = ''
  let bytes: number[] = []
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const escaped = code === 0x25 ? hexByte(text, i + 1) : -1
    if (escaped !== -1) {
      bytes.push(escaped)
      i += 2
    } else if (code >= 0x80 && code <= 0xff) bytes.push(code)
    else {
      if (bytes.length > 0) decoded += characters(bytes)
      if (bytes.length > 0) bytes = []
      decoded += text[i]
    }
  }
  return bytes.length > 0 ? decoded + characters(bytes) : decoded
}

function hexByte(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at))
  const low = hexDigit(text.charCodeAt(at + 1))
  return high === -1 || low === -1 ? -1 : high * 16 + low
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/** UTF-8 as careless decoders take it, overlong forms included; a byte that begins nothing stands for itself. */
function characters(bytes: readonly number[]): string {
  let text = ''
  for (let i = 0; i < bytes.length; i++) {
    const first = bytes[i] ?? 0
    const more = first >= 0xf0 && first < 0xf8 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0
    let point = more === 3 ? first & 0x07 : more === 2 ? first & 0x0f : first & 0x1f
    let taken = 0
    for (; first < 0xf8 && taken < more; taken++) {
      const next = bytes[i + taken + 1]
      if (next === undefined || (next & 0xc0) !== 0x80) break
      point = point * 64 + (next & 0x3f)
    }
    if (more === 0 || taken < more) text += String.fromCharCode(first)
    else {
      text += point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point)
      i += more
    }
  }
  return text
}

/** A decoded path, and what is left of it for a reader who ends it at an escaped `?` or `#`, at `;`, or at NUL. */
function cuts(path: string): readonly string[] {
  const found = [path]
  for (const sign of ['?', '#', ';', '\0']) {
    const at = path.indexOf(sign)
    if (at !== -1) found.push(path.slice(0, at))
  }
  return found
}

/** Dot segments resolved, and as they stand: a router mounted at `/debug` also answers `/debug/../x`. */
function addReadings(readings: string[][], path: string): void {
  const resolved: string[] = []
  const literal: string[] = []
  let differ = false
  for (const written of path.split(/[/\\]/)) {
    const segment = plainSegment(written)
    if (segment === '') continue
    literal.push(segment)
    if (segment === '..') {
      differ = true
      resolved.pop()
    } else resolved.push(segment)
  }
  readings.push(resolved)
  if (differ) readings.push(literal)
}

function plainSegment(written: string): string {
  const end = written.indexOf(';')
  const segment = (end === -1 ? written : written.slice(0, end)).replace(/[\x00-\x1f\x7f]+/g, '').trim()
  if (segment === '..') return segment
  let last = segment.length
  while (last > 0 && (segment[last - 1] === '.' || segment[last - 1] === ' ')) last--
  return segment.slice(0, last)
}
