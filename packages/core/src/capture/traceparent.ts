/**
 * `traceparent` of W3C Trace Context level 2, read by character codes and in constant time.
 *
 *     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03
 *     version  trace id                   parent id        flags        55 characters
 *
 * What does not match is no header at all: the caller then starts a new trace and drops `tracestate` with it.
 */

/** What a valid header says. */
export interface Traceparent {
  /** 32 lowercase hexadecimal digits, not all zero. */
  readonly traceId: string
  /** 16 lowercase hexadecimal digits, not all zero. */
  readonly parentId: string
  /** Only the bits level 2 defines: 1 sampled, 2 random. Unknown bits are zero. */
  readonly flags: number
}

/** Bit 0: the caller may have recorded this trace. */
export const SAMPLED = 1
/** Bit 1: at least the last 56 bits of the trace id are random. */
export const RANDOM = 2
const KNOWN = SAMPLED | RANDOM

const LENGTH = 55
const DASH = 45

/**
 * Reads the value of one `traceparent` header; undefined if it is invalid. Spaces and tabs around it do not count.
 *
 * Version `ff` is forbidden, version `00` ends after the flags, and of a higher version the four fields we know are taken
 * when the flags are followed by nothing or by `-`. Never throws.
 */
export function parseTraceparent(value: string): Traceparent | undefined {
  let start = 0
  let end = value.length
  while (start < end && isBlank(value.charCodeAt(start))) start++
  while (end > start && isBlank(value.charCodeAt(end - 1))) end--
  if (end - start < LENGTH) return undefined
  if (value.charCodeAt(start + 2) !== DASH || value.charCodeAt(start + 35) !== DASH) return undefined
  if (value.charCodeAt(start + 52) !== DASH) return undefined
  const version = hexByte(value, start)
  if (version < 0 || version === 0xff) return undefined
  if (end - start > LENGTH && (version === 0 || value.charCodeAt(start + LENGTH) !== DASH)) return undefined
  const flags = hexByte(value, start + 53)
  if (flags < 0 || !isId(value, start + 3, start + 35) || !isId(value, start + 36, start + 52)) return undefined
  // A slice keeps the string it was cut from alive, and a future version may be as long as the header limit.
  const fields = end - start === LENGTH ? value : copy(value.slice(start, start + LENGTH))
  const at = end - start === LENGTH ? start : 0
  return {
    traceId: fields.slice(at + 3, at + 35),
    parentId: fields.slice(at + 36, at + 52),
    flags: flags & KNOWN,
  }
}

const FLAGS = Array.from({ length: 256 }, (_, flags) => flags.toString(16).padStart(2, '0'))

/**
 * The `traceparent` of version `00` for ids that are known to be valid; `flags` is 0..255, and bits that level 2 does not
 * define are written as zero.
 */
export function renderTraceparent(traceId: string, parentId: string, flags: number): string {
  return `00-${traceId}-${parentId}-${FLAGS[flags & KNOWN]}`
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

/** Lowercase hexadecimal, not all zero. */
function isId(value: string, from: number, to: number): boolean {
  let seen = 0
  for (let i = from; i < to; i++) {
    const digit = hexDigit(value.charCodeAt(i))
    if (digit < 0) return false
    seen |= digit
  }
  return seen !== 0
}

/** Two lowercase hexadecimal digits as a number, or -1. */
function hexByte(value: string, at: number): number {
  const high = hexDigit(value.charCodeAt(at))
  const low = hexDigit(value.charCodeAt(at + 1))
  return high < 0 || low < 0 ? -1 : (high << 4) | low
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 97 && code <= 102 ? code - 87 : -1
}

function copy(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
