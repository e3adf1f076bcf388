/**
 * `baggage` of W3C Baggage: checked member by member, and passed on byte for byte.
 *
 *     userTier=gold;ttl=30,region=eu%2Dwest
 *
 * Everything passes while it is at most 64 members and 8,192 bytes; beyond that, and where a member is malformed, whole
 * members are left out. Percent-encoding and properties are never decoded, so what leaves is what came.
 */

/** Members passed on. */
export const BAGGAGE_MEMBERS_MAX = 64
/** Bytes passed on, commas included. Valid baggage is ASCII, so a byte is a character. */
export const BAGGAGE_BYTES_MAX = 8_192
/** A header longer than this is not read at all. */
const HEADER_CHARS_MAX = 65_536

/**
 * The baggage to pass on for a received header, several headers joined in order by commas. Empty if nothing of it is
 * valid. Linear in the length, never throws.
 */
export function readBaggage(value: string): string {
  const length = value.length
  if (length === 0 || length > HEADER_CHARS_MAX) return ''
  const members: string[] = []
  let bytes = -1
  let whole = true
  for (let from = 0; from <= length; ) {
    let comma = value.indexOf(',', from)
    if (comma === -1) comma = length
    let start = from
    let end = comma
    while (start < end && isBlank(value.charCodeAt(start))) start++
    while (end > start && isBlank(value.charCodeAt(end - 1))) end--
    const fits = members.length < BAGGAGE_MEMBERS_MAX && bytes + 1 + end - start <= BAGGAGE_BYTES_MAX
    if (fits && isMember(value, start, end)) {
      members.push(value.slice(start, end))
      bytes += 1 + end - start
    } else {
      whole = false
    }
    from = comma + 1
  }
  if (whole && length <= BAGGAGE_BYTES_MAX && !isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(length - 1))) {
    return value
  }
  return members.join(',')
}

/** `key = value`, then any number of `; key` or `; key = value`, with blanks around each sign. */
function isMember(text: string, start: number, end: number): boolean {
  let at = endOfPair(text, start, end, true)
  while (at >= 0 && at < end) at = endOfPair(text, at + 1, end, false)
  return at === end
}

/** Where the pair that starts at `from` ends: at a semicolon or at `end`; -1 if it is none. */
function endOfPair(text: string, from: number, end: number, valueNeeded: boolean): number {
  const key = skipBlanks(text, from, end)
  let at = key
  while (at < end && isTokenChar(text.charCodeAt(at))) at++
  if (at === key) return -1
  at = skipBlanks(text, at, end)
  if (at < end && text.charCodeAt(at) === 61) {
    at = skipBlanks(text, at + 1, end)
    while (at < end && isValueChar(text.charCodeAt(at))) at++
    at = skipBlanks(text, at, end)
  } else if (valueNeeded) {
    return -1
  }
  return at === end || text.charCodeAt(at) === 59 ? at : -1
}

function skipBlanks(text: string, from: number, to: number): number {
  while (from < to && isBlank(text.charCodeAt(from))) from++
  return from
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

/** `tchar` of RFC 9110: letters, digits and the signs below. */
function isTokenChar(code: number): boolean {
  return code < 128 && TOKEN[code] === 1
}

const TOKEN = new Uint8Array(128)
for (const sign of "!#$%&'*+-.^_`|~") TOKEN[sign.charCodeAt(0)] = 1
for (let code = 48; code <= 57; code++) TOKEN[code] = 1
for (let code = 65; code <= 90; code++) TOKEN[code] = TOKEN[code + 32] = 1

/** `baggage-octet`: printable ASCII without the quote, comma, semicolon and backslash. */
function isValueChar(code: number): boolean {
  return code > 32 && code < 127 && code !== 34 && code !== 44 && code !== 59 && code !== 92
}
