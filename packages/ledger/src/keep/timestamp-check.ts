/**
 * Whether a timestamp says, in a way nobody can deny later, that these exact bytes existed at that time.
 *
 * RFC 3161 section 2.2: it is about this imprint, answers this nonce, was signed as RFC 5652 section 5.4 has it by the certificate it
 * names (RFC 5816), and somebody who is trusted vouches for that one. Offline, with public certificates alone.
 */
import { hash } from 'node:crypto'
import { LedgerError, type LedgerErrorCode } from '../errors.ts'
import { type Certificate, findCertificate, readCertificates } from './timestamp-certificate.ts'
import { findChainFault, signerFault } from './timestamp-chain.ts'
import { contentOf, DerReader, derTags, readOid } from './timestamp-der.ts'
import { sha256Oid } from './timestamp-request.ts'
import { parseTimestamp } from './timestamp-response.ts'
import { findDigest, isSigned } from './timestamp-signature.ts'
import { type TimestampSigner, type TimestampToken, timestampInfoOid } from './timestamp-token.ts'

/** What an authority states about bytes it never saw. */
export interface Timestamp {
  readonly ok: true
  /** When, RFC 3339 in UTC with milliseconds. */
  readonly time: string
  /** How far from the truth that may be, where the authority says. */
  readonly accuracyMs?: number
  /** Who: the subject of the certificate that signed. */
  readonly authority: string
  /** The policy it follows, an object identifier. */
  readonly policy: string
  /** The number it gave this timestamp, in hex. */
  readonly serial: string
}

/** Why a timestamp is not believed. */
export interface TimestampRefused {
  readonly ok: false
  readonly code: LedgerErrorCode
  readonly message: string
}

export interface TimestampOptions {
  /** Certificates in PEM that are trusted: the root, an authority below it, or the signer itself. Each text may hold several. */
  readonly certificates: readonly string[]
}

/**
 * Checks a token, or the whole response it came in, against the exact bytes of a note (as text, or as UTF-8).
 *
 * Never throws for what `token` holds: LEDGER_TIMESTAMP_MALFORMED, _OTHER (of other bytes), _SIGNATURE, _UNTRUSTED. Throws
 * LEDGER_OPTION_INVALID when `certificates` cannot be read. At most 65,536 bytes of token are looked at. Without certificates nothing
 * is trusted. Revocation is not looked at.
 *
 *     const checked = checkTimestamp(note, token, { certificates: [readFileSync('ca.pem', 'utf8')] })
 *     if (checked.ok) checked.time // '2026-01-15T10:00:00.000Z'
 */
export function checkTimestamp(
  note: string | Uint8Array,
  token: Uint8Array,
  { certificates }: TimestampOptions,
): Timestamp | TimestampRefused {
  const trusted = readCertificates(certificates, 'certificates')
  try {
    return verifyTimestamp(note, token, { trusted })
  } catch (error) {
    const code = error instanceof LedgerError ? error.code : 'LEDGER_TIMESTAMP_MALFORMED'
    return { ok: false, code, message: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * The same, throwing. `nonce` is that of the request this must answer. Without `trusted` the chain is not looked at, everything
 * else is.
 */
export function verifyTimestamp(
  note: string | Uint8Array,
  bytes: Uint8Array,
  { trusted, nonce }: { trusted: readonly Certificate[] | undefined; nonce?: Uint8Array },
): Timestamp {
  const token = parseTimestamp(bytes)
  const { info, signer } = token
  if (info.imprintAlgorithm !== sha256Oid || !equal(info.imprint, hash('sha256', note, 'buffer'))) {
    throw new LedgerError('LEDGER_TIMESTAMP_OTHER', 'it is a timestamp of other bytes')
  }
  if (nonce && !(info.nonce && equal(info.nonce, nonce))) {
    throw new LedgerError('LEDGER_TIMESTAMP_OTHER', 'it answers another request')
  }
  const came = token.certificates.map(findCertificate).filter((one) => one !== undefined)
  const certificate = [...(trusted ?? []), ...came].find((one) => isNamed(one, signer.id))
  if (!certificate) throw new LedgerError('LEDGER_TIMESTAMP_UNTRUSTED', 'the certificate of its signer is missing')
  requireSignature(token, certificate)
  const { timeMs } = info
  const fault = trusted
    ? findChainFault({ signer: certificate, others: came, trusted, timeMs })
    : signerFault(certificate, timeMs)
  if (fault !== undefined) throw new LedgerError('LEDGER_TIMESTAMP_UNTRUSTED', fault)
  return {
    ok: true,
    time: new Date(timeMs).toISOString(),
    ...(info.accuracyMs !== undefined && { accuracyMs: info.accuracyMs }),
    authority: certificate.x509.subject.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ', ').slice(0, 500),
    policy: info.policy,
    serial: Buffer.from(info.serial).toString('hex'),
  }
}

const attributeOids = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const

/** The signed attributes name the content, its kind and the signer's certificate; the signature is over them. */
function requireSignature({ content, signer }: TimestampToken, certificate: Certificate): void {
  const { attributes } = signer
  const digest = findDigest(signer.digestAlgorithm)
  const contentType = attributes.get(attributeOids.contentType)
  const messageDigest = attributes.get(attributeOids.messageDigest)
  if (!digest) throw unsigned('it is signed by a digest that is weak or unknown')
  if (!contentType || readOid(contentType) !== timestampInfoOid)
    throw unsigned('what was signed is said to be no timestamp')
  if (!messageDigest || !equal(contentOf(messageDigest, derTags.octets), hash(digest, content, 'buffer'))) {
    throw unsigned('what was signed are other bytes')
  }
  requireSigningCertificate(signer, certificate)
  const { signatureAlgorithm: algorithm, signature } = signer
  if (!isSigned(signer.signedAttributes, { algorithm, digest, signature }, certificate.x509.publicKey)) {
    throw unsigned('its signature is not by the certificate it names')
  }
}

/** ESSCertIDv2, or its predecessor with SHA-1: without it another certificate for the same key could be put in its place. */
function requireSigningCertificate({ attributes }: TimestampSigner, certificate: Certificate): void {
  const second = attributes.get(attributeOids.signingCertificateV2)
  const first = attributes.get(attributeOids.signingCertificate)
  if (!second && !first) throw unsigned('it does not name the certificate of its signer')
  for (const [value, byDefault] of [
    [second, 'sha256'],
    [first, 'sha1'],
  ] as const) {
    if (!value) continue
    const list = new DerReader(new DerReader(value, derTags.sequence).next(), derTags.sequence)
    const id = new DerReader(list.next(), derTags.sequence)
    const algorithm = value === second ? id.optional(derTags.sequence) : undefined
    const digest = algorithm ? findDigest(readOid(new DerReader(algorithm, derTags.sequence).next())) : byDefault
    const named = contentOf(id.next(), derTags.octets)
    if (digest === undefined || !equal(named, hash(digest, certificate.bytes, 'buffer'))) {
      throw unsigned('it names another certificate than that of its signer')
    }
  }
}

function isNamed(certificate: Certificate, id: TimestampSigner['id']): boolean {
  if ('keyId' in id) return certificate.keyId !== undefined && equal(certificate.keyId, id.keyId)
  return equal(certificate.serial, id.serial) && equal(certificate.issuer, id.issuer)
}

function unsigned(why: string): LedgerError {
  return new LedgerError('LEDGER_TIMESTAMP_SIGNATURE', why)
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
