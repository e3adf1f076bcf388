/**
 * A certificate (RFC 5280) as a chain below a timestamp needs it. `node:crypto` checks its signature; what an extension demands,
 * and whether it is critical, is read here, since `node:crypto` does not say.
 */
import { X509Certificate } from 'node:crypto'
import { LedgerError } from '../errors.ts'
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

export interface Certificate {
  readonly x509: X509Certificate
  readonly bytes: Uint8Array
  readonly serial: Uint8Array
  /** The issuer's name, in DER. */
  readonly issuer: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly signatureAlgorithm: string
  readonly keyId?: Uint8Array
  /** Undefined: it is no authority's. `pathLength`: how many authorities may stand between it and the signer. */
  readonly authority?: { readonly pathLength: number }
  /** The first byte of key usage, the highest bit being digitalSignature. Undefined: not limited. */
  readonly keyUsage?: number
  readonly extendedUsage?: { readonly critical: boolean; readonly purposes: readonly string[] }
  /** A critical extension that nobody here understands. */
  readonly unknownCritical?: string
}

export const timestampingOid = '1.3.6.1.5.5.7.3.8'
export const anyPurposeOid = '2.5.29.37.0'
export const usage = { digitalSignature: 0x80, nonRepudiation: 0x40, certificateSign: 0x04 } as const

const certificatesMax = 64

/**
 * The certificates in texts of PEM, each of which may hold several. Throws LEDGER_OPTION_INVALID, naming `option`, for a text
 * without any and for one that cannot be read.
 */
export function readCertificates(texts: readonly string[], option: string): Certificate[] {
  const found = texts.flatMap((text) => {
    const blocks = text.match(pemBlock) ?? []
    if (blocks.length === 0) throw new LedgerError('LEDGER_OPTION_INVALID', `${option}: holds no certificate in PEM`)
    return blocks.map((block) => {
      const certificate = findCertificate(Buffer.from(block.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64'))
      if (certificate) return certificate
      throw new LedgerError('LEDGER_OPTION_INVALID', `${option}: holds a certificate that cannot be read`)
    })
  })
  if (found.length <= certificatesMax) return found
  throw new LedgerError('LEDGER_OPTION_INVALID', `${option}: holds more than ${certificatesMax} certificates`)
}

const pemBlock =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/** The certificate these bytes are, or undefined. */
export function findCertificate(bytes: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(bytes)
  } catch {
    return undefined // Ours, or what OpenSSL has to say about it.
  }
}

function parseCertificate(bytes: Uint8Array): Certificate {
  const outer = new DerReader(readDer(bytes), derTags.sequence)
  const body = new DerReader(outer.next(), derTags.sequence)
  body.optional(0xa0)
  const serial = readInteger(body.next())
  const signatureAlgorithm = body.next(derTags.sequence)
  const issuer = body.next(derTags.sequence).bytes
  const validity = new DerReader(body.next(), derTags.sequence)
  const notBeforeMs = readTime(validity.next())
  const notAfterMs = readTime(validity.next())
  validity.end()
  body.next(derTags.sequence)
  body.next(derTags.sequence)
  body.optional(0x81)
  body.optional(0x82)
  const extensions = body.optional(0xa3)
  body.end()
  // It stands there twice, once where it is signed.
  if (Buffer.compare(outer.next().bytes, signatureAlgorithm.bytes) !== 0) throw malformed('two signature algorithms')
  return {
    x509: new X509Certificate(bytes),
    bytes,
    serial,
    issuer,
    notBeforeMs,
    notAfterMs,
    signatureAlgorithm: readOid(new DerReader(signatureAlgorithm, derTags.sequence).next()),
    ...(extensions && readExtensions(extensions)),
  }
}

type Limits = Pick<Certificate, 'authority' | 'keyUsage' | 'extendedUsage' | 'keyId' | 'unknownCritical'>

function readExtensions(wrapped: Der): Limits {
  const outer = new DerReader(wrapped, 0xa3)
  const all = new DerReader(outer.next(), derTags.sequence).rest()
  outer.end()
  const seen = new Set<string>()
  const limits: Limits[] = []
  for (const one of all) {
    const reader = new DerReader(one, derTags.sequence)
    const oid = readOid(reader.next())
    const flag = reader.optional(derTags.boolean)
    const critical = flag !== undefined && readBoolean(flag)
    const value = readDer(contentOf(reader.next(), derTags.octets))
    reader.end()
    if (seen.has(oid)) throw malformed(`the extension ${oid} stands there twice`)
    seen.add(oid)
    limits.push(readExtension(oid, critical, value))
  }
  return Object.assign({}, ...limits)
}

function readExtension(oid: string, critical: boolean, value: Der): Limits {
  switch (oid) {
    case '2.5.29.14':
      return { keyId: contentOf(value, derTags.octets) }
    case '2.5.29.15':
      return { keyUsage: contentOf(value, derTags.bits)[1] ?? 0 }
    case '2.5.29.19':
      return readBasicConstraints(new DerReader(value, derTags.sequence))
    case '2.5.29.37':
      return { extendedUsage: { critical, purposes: new DerReader(value, derTags.sequence).rest().map(readOid) } }
    case '2.5.29.32':
      return {} // Certificate policies: any will do.
    default:
      return critical ? { unknownCritical: oid } : {}
  }
}

function readBasicConstraints(reader: DerReader): Limits {
  const flag = reader.optional(derTags.boolean)
  const length = reader.optional(derTags.integer)
  reader.end()
  if (!flag || !readBoolean(flag)) return {}
  return { authority: { pathLength: length ? readSmallInteger(length) : Number.POSITIVE_INFINITY } }
}
