/**
 * Signatures by the algorithms that timestamps and the certificates below them use: RSA (PKCS #1 v1.5 and PSS), ECDSA and Ed25519, each
 * with SHA-2 and keys of a strength that lasts. Anything else counts as not signed.
 */
import { constants, type KeyObject, verify } from 'node:crypto'
import { type Der, DerReader, derTags, readOid, readSmallInteger } from './timestamp-der.ts'

const digests: Record<string, string> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** The digest in node's terms, or undefined for SHA-1, MD5 and what is not known. */
export function findDigest(oid: string): string | undefined {
  return Object.hasOwn(digests, oid) ? digests[oid] : undefined
}

type Kind = 'rsa' | 'rsa-pss' | 'ec' | 'ed25519'

/** `digest` undefined: the one that was named beside the signature. */
const algorithms: Record<string, { readonly kind: Kind; readonly digest?: string }> = {
  '1.2.840.113549.1.1.1': { kind: 'rsa' },
  '1.2.840.113549.1.1.10': { kind: 'rsa-pss' },
  '1.2.840.113549.1.1.11': { kind: 'rsa', digest: 'sha256' },
  '1.2.840.113549.1.1.12': { kind: 'rsa', digest: 'sha384' },
  '1.2.840.113549.1.1.13': { kind: 'rsa', digest: 'sha512' },
  '1.2.840.10045.2.1': { kind: 'ec' },
  '1.2.840.10045.4.3.2': { kind: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { kind: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { kind: 'ec', digest: 'sha512' },
  '1.3.101.112': { kind: 'ed25519' },
}

const curves = ['prime256v1', 'secp384r1', 'secp521r1', 'brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1']
const modulusBitsMin = 2048

/** Whether a certificate may be signed by this algorithm. PSS parameters are left to `node:crypto`. */
export function isStrongAlgorithm(oid: string): boolean {
  return Object.hasOwn(algorithms, oid) && oid !== '1.2.840.113549.1.1.1' && oid !== '1.2.840.10045.2.1'
}

/** Whether a key lasts: RSA from 2,048 bits, the curves of NIST and Brainpool from 256, Ed25519. */
export function isStrongKey(key: KeyObject): boolean {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return modulusLength >= modulusBitsMin
    case 'ec':
      return curves.includes(namedCurve)
    default:
      return key.asymmetricKeyType === 'ed25519'
  }
}

/** Whether `signature` is one over `message`. `digest` is what stood beside it. Throws what the DER reader throws. */
export function isSigned(
  message: Uint8Array,
  { algorithm, digest, signature }: { algorithm: Der; digest: string; signature: Uint8Array },
  key: KeyObject,
): boolean {
  const reader = new DerReader(algorithm, derTags.sequence)
  const oid = readOid(reader.next())
  const known = Object.hasOwn(algorithms, oid) ? algorithms[oid] : undefined
  const type = key.asymmetricKeyType
  if (!known || !isStrongKey(key)) return false
  if (known.digest !== undefined && known.digest !== digest) return false
  switch (known.kind) {
    case 'rsa':
      return type === 'rsa' && verify(digest, message, { key, padding: constants.RSA_PKCS1_PADDING }, signature)
    case 'rsa-pss': {
      const saltLength = saltLengthOf(reader.next(derTags.sequence), digest)
      if (saltLength === undefined || (type !== 'rsa' && type !== 'rsa-pss')) return false
      return verify(digest, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature)
    }
    case 'ec':
      return type === 'ec' && verify(digest, message, key, signature)
    case 'ed25519':
      return type === 'ed25519' && verify(null, message, key, signature)
  }
}

/** RSASSA-PSS-params: the same digest for the message and the mask, both named. Undefined for anything else. */
function saltLengthOf(der: Der, digest: string): number | undefined {
  const reader = new DerReader(der, derTags.sequence)
  const hashed = reader.optional(0xa0)
  const mask = reader.optional(0xa1)
  const salt = reader.optional(0xa2)
  const trailer = reader.optional(0xa3)
  reader.end()
  if (!hashed || !mask || trailer) return undefined
  if (findDigest(oidIn(new DerReader(hashed, 0xa0).next())) !== digest) return undefined
  const generator = new DerReader(new DerReader(mask, 0xa1).next(), derTags.sequence)
  if (readOid(generator.next()) !== '1.2.840.113549.1.1.8' || findDigest(oidIn(generator.next())) !== digest)
    return undefined
  return salt ? readSmallInteger(new DerReader(salt, 0xa2).next()) : 20
}

function oidIn(algorithm: Der): string {
  return readOid(new DerReader(algorithm, derTags.sequence).next())
}
