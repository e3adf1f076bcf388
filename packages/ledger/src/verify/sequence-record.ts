/**
 * What completeness reads in one body: its number, what kind of record it is, and which numbers an `audit_gap` names.
 *
 * Records of `audit/1` begin with members of fixed length, so `seq` is read at its place, without parsing.
 */

export type EventType = 'stream_open' | 'stream_close' | 'audit_gap' | 'other'

export interface Range {
  first: number
  last: number
}

const schemaMember = Buffer.from('"schema":"audit/1","timestamp":"')
const idMember = Buffer.from('","id":"')
const seqMember = Buffer.from('","seq":')
const timestampBytes = 24
const idBytes = 36
const idAt = schemaMember.length + timestampBytes
const seqMemberAt = idAt + idMember.length + idBytes
/** Where the digits of `seq` begin in a body. */
export const seqAt = seqMemberAt + seqMember.length
const typeMember = Buffer.from('"event_type":"')

/** The number at its fixed place, or -1 when the body is not an audit/1 record. */
export function readSeq(bytes: Buffer, body: number, bodyEnd: number): number {
  if (
    body + seqAt > bodyEnd ||
    !holds(bytes, body, schemaMember) ||
    !holds(bytes, body + idAt, idMember) ||
    !holds(bytes, body + seqMemberAt, seqMember)
  )
    return -1
  let value = 0
  for (let at = body + seqAt; at < bodyEnd && at < body + seqAt + 16; at++) {
    const digit = (bytes[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return at === body + seqAt ? -1 : value
    value = value * 10 + digit
  }
  return -1
}

/** The first `event_type` in the body: members before it hold no text of a caller, and inside text its quotes are escaped. */
export function readEventType(bytes: Buffer, from: number, bodyEnd: number): EventType {
  const at = findType(bytes, from, bodyEnd) + typeMember.length
  // Nearly every entry is of another type, and its first letter shows it.
  const letter = bytes[at]
  if (letter === 0x73 && holds(bytes, at, openText)) return 'stream_open'
  if (letter === 0x73 && holds(bytes, at, closeText)) return 'stream_close'
  if (letter === 0x61 && holds(bytes, at, gapText)) return 'audit_gap'
  return 'other'
}

const openText = Buffer.from('stream_open"')
const closeText = Buffer.from('stream_close"')
const gapText = Buffer.from('audit_gap"')

/**
 * Where `typeMember` begins; `end` when it is not there. Horspool's search: it looks at the byte where the member would end, and
 * that byte tells how far the next place can be, so that most bytes are never looked at.
 */
function findType(bytes: Buffer, from: number, end: number): number {
  const last = typeMember.length - 1
  for (let at = from; at + last < end; ) {
    const byte = bytes[at + last] ?? 0
    if (byte === 0x22 && holds(bytes, at, typeMember)) return at
    at += skips[byte] ?? 1
  }
  return end
}

/** For each byte, the distance from its last place in the member, the end left out, to the end. */
const skips = new Uint8Array(256).fill(typeMember.length)
for (const [at, byte] of typeMember.subarray(0, -1).entries()) skips[byte] = typeMember.length - 1 - at

/** What an audit_gap record names: `metadata.first_seq` to `metadata.last_seq`. */
export function readGap(bytes: Buffer, body: number, bodyEnd: number): Range | undefined {
  try {
    const record: { metadata?: { first_seq?: unknown; last_seq?: unknown } } = JSON.parse(
      `{${bytes.toString('utf8', body, bodyEnd)}}`,
    )
    const { first_seq: first, last_seq: last } = record.metadata ?? {}
    return typeof first === 'number' && typeof last === 'number' && first <= last ? { first, last } : undefined
  } catch {
    return undefined
  }
}

function holds(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false
  return true
}
