/**
 * The frame of one line: `{"n":54321,"d":54290,` + body + `,"h":"kJ3_a9Qw0Zb"}`. FORMAT.md, "Lines".
 *
 * `n` is the index, `d` the highest index known durable when the line was framed (-1 for none), `h` the first 11 base64url
 * characters of SHA-256(previous h ‖ the line up to `,"h":"`). `h` finds torn writes and lets the eye follow the chain; it
 * is not the security mechanism, the signed tree is. Both ends of the frame have a fixed shape, so nothing here parses JSON.
 */
import { hash } from 'node:crypto'

/** A line without its line feed is never longer. */
export const lineBytesMax = 65_535
/** `{"n":` `,"d":` `,` with two 16-digit numbers, and the 19 bytes at the end. */
const frameBytesMax = 62
export const bodyBytesMax = lineBytesMax - frameBytesMax
/** `,"h":"` + 11 characters + `"}` */
const tailBytes = 19
const hashChars = 11
export const lineFeed = 10

/** Frames lines one after the other, each chained to the one before it. */
export class Chain {
  /** The index the next line gets. */
  next: number
  /** The hash at the end of the last line; empty before the first. */
  last: string

  constructor(next: number, last: string) {
    this.next = next
    this.last = last
  }

  /** The next line, without its line feed. */
  frame(durable: number, body: string): string {
    const framed = `{"n":${this.next},"d":${durable},${body}`
    this.last = hash('sha256', this.last + framed, 'base64url').slice(0, hashChars)
    this.next += 1
    return `${framed},"h":"${this.last}"}`
  }
}

/** What the two fixed ends of a line say. `body` is where the body begins, `bodyEnd` where it ends, in the bytes parsed. */
export interface Frame {
  n: number
  d: number
  body: number
  bodyEnd: number
}

export function emptyFrame(): Frame {
  return { n: 0, d: 0, body: 0, bodyEnd: 0 }
}

/** Reads both ends of the line at `start`..`end` into `frame`. False when it is not framed as this format frames it. */
export function parseFrame(bytes: Buffer, start: number, end: number, frame: Frame): boolean {
  if (end - start > lineBytesMax || !parseHead(bytes, start, end, frame)) return false
  const tail = end - tailBytes
  if (tail <= frame.body || !matches(bytes, tail, hashMember) || !matches(bytes, end - 2, lineEnd)) return false
  for (let at = end - 2 - hashChars; at < end - 2; at++) if (base64Url[bytes[at] ?? 0] !== 1) return false
  frame.bodyEnd = tail
  return true
}

/** Reads `{"n":…,"d":…,` alone, so that a torn line, too, can tell what it knew to be durable. */
export function parseHead(bytes: Buffer, start: number, end: number, frame: Frame): boolean {
  if (!matches(bytes, start, indexMember)) return false
  let at = readInteger(bytes, start + indexMember.length, end)
  if (at < 0) return false
  frame.n = integerRead
  if (!matches(bytes, at, durableMember)) return false
  at += durableMember.length
  if (bytes[at] === minus) {
    if (bytes[at + 1] !== zero + 1) return false
    frame.d = -1
    at += 2
  } else {
    at = readInteger(bytes, at, end)
    if (at < 0) return false
    frame.d = integerRead
  }
  frame.body = at + 1
  return at < end && bytes[at] === comma && frame.d < frame.n
}

/** The hash a framed line carries. */
export function statedHash(bytes: Buffer, end: number): string {
  return bytes.toString('latin1', end - 2 - hashChars, end - 2)
}

/**
 * The hash a framed line should carry behind `previous`. The 11 bytes in front of the line are overwritten: they belong to
 * lines already visited, or to the headroom of the buffer, and so the hash needs no copy of the line.
 */
export function computedHash(bytes: Buffer, start: number, end: number, previous: string): string {
  bytes.write(previous, start - previous.length, previous.length, 'latin1')
  return hash('sha256', bytes.subarray(start - previous.length, end - tailBytes), 'base64url').slice(0, hashChars)
}

const indexMember = Buffer.from('{"n":')
const durableMember = Buffer.from(',"d":')
const hashMember = Buffer.from(',"h":"')
const lineEnd = Buffer.from('"}')
const zero = 0x30
const minus = 0x2d
const comma = 0x2c

function matches(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false
  return true
}

/** The number `readInteger` found: a second result without an object for each number of each line. */
let integerRead = 0

/** Reads a canonical non-negative integer into `integerRead`; returns where it ended, or -1. */
function readInteger(bytes: Buffer, from: number, end: number): number {
  let at = from
  let value = 0
  for (; at < end && at - from <= 16; at++) {
    const digit = (bytes[at] ?? 0) - zero
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  if (at === from || (bytes[from] === zero && at > from + 1) || value > Number.MAX_SAFE_INTEGER) return -1
  integerRead = value
  return at
}

/** 1 for each byte that base64url is written with. A table, because this is asked eleven times for every line. */
const base64Url = new Uint8Array(256)
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')) base64Url[byte] = 1
