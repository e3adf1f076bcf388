/**
 * Identifiers: UUIDv7 for records and requests, W3C trace and span ids.
 *
 * Randomness is drawn from the system's generator in blocks, because one call per id costs more than the id itself.
 * Every id is copied out into a string of its own, so that a context never keeps a whole block alive.
 */
import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 8_192
const pool = Buffer.alloc(POOL_BYTES)
let poolAt = POOL_BYTES

/** The offset of `bytes` random bytes that nobody else was given. */
function draw(bytes: number): number {
  if (poolAt + bytes > POOL_BYTES) {
    randomFillSync(pool)
    poolAt = 0
  }
  const at = poolAt
  poolAt += bytes
  return at
}

/** A clock set back by less than this keeps the ids in order; beyond it the ids follow the corrected clock. */
const SET_BACK_MS_MAX = 10_000
const TIME_MS_MAX = 0xffff_ffff_ffff
const COUNTER_MAX = 0xfff
const HEX = Buffer.from('0123456789abcdef', 'latin1')
const VARIANT = Buffer.from('89ab', 'latin1')
const text = Buffer.from('00000000-0000-7000-8000-000000000000', 'latin1')
let lastMs = -1
let counter = 0

/**
 * A UUIDv7 (RFC 9562) for `nowMs`, milliseconds since the epoch.
 *
 * Ids of one process sort in the order in which they were made: within a millisecond by a 12-bit counter that starts at
 * random in its lower half (method 1 of section 6.2), and when that runs over, by borrowing the next millisecond.
 * The other 62 bits are random. Never throws: a time that is not a number counts as 0.
 */
export function uuidv7(nowMs: number): string {
  const now = nowMs >= 0 ? Math.min(Math.floor(nowMs), TIME_MS_MAX) : 0
  const at = draw(10)
  if (now > lastMs || now < lastMs - SET_BACK_MS_MAX) {
    lastMs = now
    counter = ((pool[at + 8]! << 8) | pool[at + 9]!) & 0x7ff
    writeTime(now)
  } else if (counter < COUNTER_MAX) {
    counter++
  } else {
    lastMs = Math.min(lastMs + 1, TIME_MS_MAX)
    counter = 0
    writeTime(lastMs)
  }
  text[15] = HEX[counter >>> 8]!
  text[16] = HEX[(counter >>> 4) & 15]!
  text[17] = HEX[counter & 15]!
  const first = pool[at]!
  text[19] = VARIANT[first >>> 6]!
  text[20] = HEX[first & 15]!
  writeHex(21, pool[at + 1]!)
  for (let i = 2, to = 24; i < 8; i++, to += 2) writeHex(to, pool[at + i]!)
  return text.toString('latin1')
}

function writeTime(ms: number): void {
  // Two halves, because the bit operators stop at 32 bits.
  const high = Math.floor(ms / 0x1_0000)
  writeHex(0, high >>> 24)
  writeHex(2, (high >>> 16) & 255)
  writeHex(4, (high >>> 8) & 255)
  writeHex(6, high & 255)
  const low = ms % 0x1_0000
  writeHex(9, low >>> 8)
  writeHex(11, low & 255)
}

function writeHex(at: number, byte: number): void {
  text[at] = HEX[byte >>> 4]!
  text[at + 1] = HEX[byte & 15]!
}

/** A new W3C trace id: 32 lowercase hexadecimal digits, all 128 bits random, so its trace may carry the random flag. */
export function traceId(): string {
  const at = draw(16)
  const id = pool.toString('hex', at, at + 16)
  return id === '00000000000000000000000000000000' ? traceId() : id
}

/** A new W3C span id (the `parent-id` of an outgoing request): 16 lowercase hexadecimal digits, never all zero. */
export function spanId(): string {
  const at = draw(8)
  const id = pool.toString('hex', at, at + 8)
  return id === '0000000000000000' ? spanId() : id
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Whether `value` is a UUID of RFC 9562 as this package writes it: lowercase, with dashes, 36 characters. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && value.length === 36 && UUID.test(value)
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/

/** Whether `value` is a valid W3C trace id: 32 lowercase hexadecimal digits, not all zero. */
export function isTraceId(value: unknown): value is string {
  return typeof value === 'string' && TRACE_ID.test(value)
}

/** Whether `value` is a valid W3C span id: 16 lowercase hexadecimal digits, not all zero. */
export function isSpanId(value: unknown): value is string {
  return typeof value === 'string' && SPAN_ID.test(value)
}
