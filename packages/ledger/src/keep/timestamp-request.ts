/** The question to a timestamp authority: TimeStampReq of RFC 3161 section 2.4.1. */
import { der, derOid, derTags } from './timestamp-der.ts'

export const timestampRequestType = 'application/timestamp-query'
export const timestampResponseType = 'application/timestamp-reply'
export const sha256Oid = '2.16.840.1.101.3.4.2.1'

/** Bytes of a nonce: what every authority takes. */
export const nonceBytes = 8

/**
 * Asks to have this SHA-256 timestamped, under this nonce, with the authority's certificate in the answer.
 *
 * The highest bit of the nonce is cleared and the next one set, so that it is a positive integer of exactly 8 bytes.
 */
export function formatTimestampRequest(imprint: Uint8Array, nonce: Uint8Array): Buffer {
  return der(
    derTags.sequence,
    der(derTags.integer, Buffer.of(1)),
    der(derTags.sequence, algorithm(sha256Oid), der(derTags.octets, imprint)),
    der(derTags.integer, nonce),
    der(derTags.boolean, Buffer.of(0xff)),
  )
}

/** 8 bytes of chance as a nonce. */
export function nonceFrom(random: Uint8Array): Buffer {
  const nonce = Buffer.from(random)
  nonce[0] = ((random[0] ?? 0) & 0x3f) | 0x40
  return nonce
}

function algorithm(oid: string): Buffer {
  return der(derTags.sequence, derOid(oid), der(derTags.null))
}
