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

const types = (['stream_open', 'stream_close', 'audit_gap'] as const).map((type) => ({
  type,
  bytes: Buffer.from(`${type}"`),
}))

/** The first `event_type` in the body: members before it hold no text of a caller, and inside text its quotes are escaped. */
export function readEventType(bytes: Buffer, from: number, bodyEnd: number): EventType {
  for (let at = from; at < bodyEnd; at++) {
    if (bytes[at] !== 0x22 || !holds(bytes, at, typeMember)) continue
    return types.find((one) => holds(bytes, at + typeMember.length, one.bytes))?.type ?? 'other'
  }
  return 'other'
}

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
