/**
 * `tracestate` of W3C Trace Context level 2: checked, and passed on byte for byte.
 *
 * This library has nothing to say to other vendors, so it adds no entry of its own. What arrives from a trusted peer leaves
 * as it came, except that a list too long to carry loses whole members. One bad member drops the header, because a list
 * that was changed on the way no longer says what any of its authors meant.
 */

/** Members that a list may have; a longer one is dropped. */
export const TRACESTATE_MEMBERS_MAX = 32
/** Characters carried on; the specification asks for at least 512. Beyond, whole members are left out. */
export const TRACESTATE_CHARS_MAX = 2_048
/** A member longer than this goes first when a list must become shorter. */
const MEMBER_CHARS_LONG = 128
const KEY_CHARS_MAX = 256
const VALUE_CHARS_MAX = 256
/** Nothing valid is longer: 32 members of 513 characters and room for blanks. */
const HEADER_CHARS_MAX = 65_536

/**
 * The list to pass on for a received `tracestate`, several headers joined in order by commas. Empty if the header is
 * empty or invalid. Linear in the length, never throws.
 */
export function readTracestate(value: string): string {
  const length = value.length
  if (length === 0 || length > HEADER_CHARS_MAX) return ''
  const ranges: number[] = []
  let slots = 0
  for (let from = 0; from <= length; ) {
    let comma = value.indexOf(',', from)
    if (comma === -1) comma = length
    let start = from
    let end = comma
    while (start < end && isBlank(value.charCodeAt(start))) start++
    while (end > start && isBlank(value.charCodeAt(end - 1))) end--
    if (start < end) {
      if (ranges.length === 2 * TRACESTATE_MEMBERS_MAX || !isMember(value, start, end)) return ''
      ranges.push(start, end)
    }
    slots++
    from = comma + 1
  }
  if (ranges.length === 0) return ''
  // Empty members are allowed, but the grammar counts them: too many would make the list invalid for the next reader.
  if (length <= TRACESTATE_CHARS_MAX && slots <= TRACESTATE_MEMBERS_MAX) return trimmed(value)
  return shortened(value, ranges)
}

/** `key=value`: a value may begin with spaces and may not end with one, which trimming has seen to. */
function isMember(text: string, start: number, end: number): boolean {
  const equals = text.indexOf('=', start)
  if (equals <= start || equals >= end - 1) return false
  if (equals - start > KEY_CHARS_MAX || end - equals - 1 > VALUE_CHARS_MAX) return false
  if (!isAlphanumeric(text.charCodeAt(start))) return false
  for (let i = start + 1; i < equals; i++) if (!isKeyChar(text.charCodeAt(i))) return false
  for (let i = equals + 1; i < end; i++) if (!isValueChar(text.charCodeAt(i))) return false
  return true
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

function isAlphanumeric(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
}

/** `_`, `-`, `*`, `/` and `@` besides lowercase letters and digits. */
function isKeyChar(code: number): boolean {
  return isAlphanumeric(code) || code === 95 || code === 45 || code === 42 || code === 47 || code === 64
}

/** Printable ASCII and the space, without `,` and `=`. */
function isValueChar(code: number): boolean {
  return code >= 32 && code <= 126 && code !== 44 && code !== 61
}

/** Without the blanks around the whole list. Not String.trim(), which takes other characters for blanks. */
function trimmed(value: string): string {
  let start = 0
  let end = value.length
  while (isBlank(value.charCodeAt(start))) start++
  while (isBlank(value.charCodeAt(end - 1))) end--
  return start === 0 && end === value.length ? value : value.slice(start, end)
}

/** Whole members while they fit: the long ones go first, then from the right, where the oldest entries are. */
function shortened(value: string, ranges: readonly number[]): string {
  const members: string[] = []
  for (let i = 0; i < ranges.length; i += 2) members.push(value.slice(ranges[i], ranges[i + 1]))
  let chars = members.reduce((sum, member) => sum + member.length + 1, -1)
  for (let i = members.length - 1; i >= 0 && chars > TRACESTATE_CHARS_MAX; i--) {
    const member = members[i]!
    if (member.length <= MEMBER_CHARS_LONG) continue
    chars -= member.length + 1
    members.splice(i, 1)
  }
  while (chars > TRACESTATE_CHARS_MAX) chars -= members.pop()!.length + 1
  return members.join(',')
}
