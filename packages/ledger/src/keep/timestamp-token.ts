/**
 * A timestamp taken apart and not yet believed: TimeStampToken of RFC 3161, which is SignedData of RFC 5652 with TSTInfo in it.
 *
 * Everything is walked once. `timestamp-check.ts` decides what it is worth.
 */
import {
  contentOf,
  type Der,
  DerReader,
  derTags,
  malformed,
  readBoolean,
  readDer,
  readInteger,
  readOid,
  readSmallInteger,
  readTime,
} from './timestamp-der.ts'

/** What the authority states. */
export interface TimestampInfo {
  readonly policy: string
  readonly imprintAlgorithm: string
  readonly imprint: Uint8Array
  readonly serial: Uint8Array
  readonly timeMs: number
  readonly accuracyMs?: number
  readonly nonce?: Uint8Array
}

/** How it signed that. */
export interface TimestampSigner {
  /** The issuer's name and the serial number in the signer's certificate, or its key identifier. */
  readonly id: { readonly issuer: Uint8Array; readonly serial: Uint8Array } | { readonly keyId: Uint8Array }
  readonly digestAlgorithm: string
  /** Exactly what is signed: a SET, as it is hashed. */
  readonly signedAttributes: Uint8Array
  /** The one value of each signed attribute, by identifier. */
  readonly attributes: ReadonlyMap<string, Der>
  readonly signatureAlgorithm: Der
  readonly signature: Uint8Array
}

export interface TimestampToken {
  readonly info: TimestampInfo
  /** The bytes of `info` as they are digested. */
  readonly content: Uint8Array
  /** Certificates that came along, in DER. */
  readonly certificates: readonly Uint8Array[]
  readonly signer: TimestampSigner
}

export const timestampInfoOid = '1.2.840.113549.1.9.16.1.4'
const signedDataOid = '1.2.840.113549.1.7.2'

/** The token this element is. Throws LEDGER_TIMESTAMP_MALFORMED. */
export function parseToken(der: Der): TimestampToken {
  const outer = new DerReader(der, derTags.sequence)
  if (readOid(outer.next()) !== signedDataOid) throw malformed('it is no signed data')
  const signed = openExplicit(outer.next(0xa0), derTags.sequence)
  outer.end()
  readSmallInteger(signed.next())
  signed.next(derTags.set)
  const encapsulated = new DerReader(signed.next(), derTags.sequence)
  if (readOid(encapsulated.next()) !== timestampInfoOid) throw malformed('what is signed is no timestamp')
  const wrapped = new DerReader(encapsulated.next(), 0xa0)
  const content = contentOf(wrapped.next(), derTags.octets)
  wrapped.end()
  encapsulated.end()
  const certificates = signed.optional(0xa0)
  signed.optional(0xa1)
  const signers = new DerReader(signed.next(), derTags.set)
  signed.end()
  const signer = parseSigner(signers.next())
  signers.end()
  return {
    info: parseInfo(readDer(content)),
    content,
    certificates: certificates
      ? new DerReader(certificates, 0xa0).rest().flatMap((one) => (one.tag === derTags.sequence ? [one.bytes] : []))
      : [],
    signer,
  }
}

function parseInfo(der: Der): TimestampInfo {
  const reader = new DerReader(der, derTags.sequence)
  if (readSmallInteger(reader.next()) !== 1) throw malformed('it is of another version')
  const policy = readOid(reader.next())
  const imprint = new DerReader(reader.next(), derTags.sequence)
  const imprintAlgorithm = algorithmOf(imprint.next())
  const hashed = contentOf(imprint.next(), derTags.octets)
  imprint.end()
  const serial = readInteger(reader.next())
  const time = reader.next(derTags.time)
  const accuracy = reader.optional(derTags.sequence)
  const ordering = reader.optional(derTags.boolean)
  if (ordering) readBoolean(ordering)
  const nonce = reader.optional(derTags.integer)
  reader.optional(0xa0) // The authority's name: the certificate says it.
  const extensions = reader.optional(0xa1)
  reader.end()
  if (extensions) refuseCritical(extensions)
  return {
    policy,
    imprintAlgorithm,
    imprint: hashed,
    serial,
    timeMs: readTime(time),
    ...(accuracy && { accuracyMs: accuracyOf(accuracy) }),
    ...(nonce && { nonce: readInteger(nonce) }),
  }
}

/** Seconds, [0] milliseconds, [1] microseconds; rounded up. */
function accuracyOf(der: Der): number {
  const reader = new DerReader(der, derTags.sequence)
  const part = (one: Der | undefined): number =>
    one === undefined ? 0 : readSmallInteger({ ...one, tag: derTags.integer })
  const seconds = part(reader.optional(derTags.integer))
  const millis = part(reader.optional(0x80))
  const micros = part(reader.optional(0x81))
  reader.end()
  if (millis > 999 || micros > 999) throw malformed('its accuracy is out of bounds')
  return seconds * 1000 + millis + Math.ceil(micros / 1000)
}

/** An extension whoever does not know it must not pass over. We know none. */
function refuseCritical(extensions: Der): void {
  for (const one of new DerReader(extensions, 0xa1).rest()) {
    const reader = new DerReader(one, derTags.sequence)
    const oid = readOid(reader.next())
    const critical = reader.optional(derTags.boolean)
    if (critical && readBoolean(critical)) throw malformed(`the critical extension ${oid} is unknown`)
  }
}

function parseSigner(der: Der): TimestampSigner {
  const reader = new DerReader(der, derTags.sequence)
  readSmallInteger(reader.next())
  const id = parseSignerId(reader.next())
  const digestAlgorithm = algorithmOf(reader.next())
  const attributes = reader.next(0xa0)
  const signatureAlgorithm = reader.next(derTags.sequence)
  const signature = contentOf(reader.next(), derTags.octets)
  reader.optional(0xa1)
  reader.end()
  // In the token the attributes are tagged [0]; what was signed has the tag of the SET they are.
  const signedAttributes = Buffer.from(attributes.bytes)
  signedAttributes[0] = derTags.set
  return {
    id,
    digestAlgorithm,
    signedAttributes,
    attributes: parseAttributes(new DerReader(attributes, 0xa0)),
    signatureAlgorithm,
    signature,
  }
}

function parseSignerId(der: Der): TimestampSigner['id'] {
  if (der.tag === 0x80) return { keyId: der.content }
  const reader = new DerReader(der, derTags.sequence)
  const issuer = reader.next(derTags.sequence).bytes
  const serial = readInteger(reader.next())
  reader.end()
  return { issuer, serial }
}

function parseAttributes(reader: DerReader): Map<string, Der> {
  const found = new Map<string, Der>()
  for (const one of reader.rest()) {
    const attribute = new DerReader(one, derTags.sequence)
    const oid = readOid(attribute.next())
    const values = new DerReader(attribute.next(), derTags.set)
    attribute.end()
    const value = values.next()
    values.end()
    if (found.has(oid)) throw malformed(`the attribute ${oid} stands there twice`)
    found.set(oid, value)
  }
  return found
}

function openExplicit(der: Der, tag: number): DerReader {
  const outer = new DerReader(der, der.tag)
  const inner = outer.next(tag)
  outer.end()
  return new DerReader(inner, tag)
}

function algorithmOf(der: Der): string {
  return readOid(new DerReader(der, derTags.sequence).next())
}
