/** What a timestamp authority answers: TimeStampResp of RFC 3161 section 2.4.2, a status and, when it is granted, a token. */
import { type Der, DerReader, derTags, malformed, readDer, readSmallInteger } from './timestamp-der.ts'
import { parseToken, type TimestampToken } from './timestamp-token.ts'

/** More is not read. A token with three certificates has five thousand bytes. */
export const timestampBytesMax = 65_536

/** An authority said no; the message holds its words. */
export class TimestampDenied extends Error {
  override readonly name = 'TimestampDenied'
}

/**
 * The token in a response, or the token these bytes are. Throws LEDGER_TIMESTAMP_MALFORMED, and TimestampDenied for a response
 * without one.
 */
export function parseTimestamp(bytes: Uint8Array): TimestampToken {
  if (bytes.length > timestampBytesMax) throw malformed(`longer than ${timestampBytesMax} bytes`)
  const outer = readDer(bytes)
  const reader = new DerReader(outer, derTags.sequence)
  const first = reader.next()
  // A token begins with the identifier of its kind, a response with its status.
  if (first.tag === derTags.oid) return parseToken(outer)
  refuseDenied(first)
  const token = reader.next()
  reader.end()
  return parseToken(token)
}

/** PKIStatusInfo: 0 is granted, 1 granted with modifications, which are looked at like everything else. */
function refuseDenied(der: Der): void {
  const reader = new DerReader(der, derTags.sequence)
  const status = readSmallInteger(reader.next())
  const words = reader.optional(derTags.sequence)
  const said = words
    ? new DerReader(words, derTags.sequence).rest().map((one) => Buffer.from(one.content).toString())
    : []
  const failure = reader.optional(derTags.bits)
  reader.end()
  if (status <= 1) return
  const details = [...said.map((text) => printable(text)), ...(failure ? [failureOf(failure)] : [])]
  throw new TimestampDenied([`status ${status}`, ...details].join(', '))
}

const failures: Record<number, string> = {
  0: 'bad algorithm',
  2: 'bad request',
  5: 'bad data format',
  14: 'time not available',
  15: 'unaccepted policy',
  16: 'unaccepted extension',
  17: 'additional information not available',
  25: 'system failure',
}

function failureOf(der: Der): string {
  const bits = der.content.subarray(1)
  const set = Object.keys(failures).filter((bit) => ((bits[Number(bit) >> 3] ?? 0) >> (7 - (Number(bit) & 7))) & 1)
  return set.map((bit) => failures[Number(bit)]).join(', ') || 'no reason given'
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, ' ').slice(0, 200)
}
