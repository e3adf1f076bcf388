/**
 * Makes certificates and timestamps, right ones and every kind of wrong one: signed as they stand, so that nothing but the flaw
 * itself can give them away.
 */
import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto'
import { der, derOid, derTags } from './timestamp-der.ts'
import { sha256Oid } from './timestamp-request.ts'
import { timestampInfoOid } from './timestamp-token.ts'

export interface Identity {
  readonly name: string
  readonly key: KeyObject
  readonly publicKey: KeyObject
  readonly certificate: Buffer
}

const { sequence, set, integer, octets } = derTags
const zero = Buffer.of(0)

export const keys = {
  ec: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  weak: () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  ed25519: () => generateKeyPairSync('ed25519'),
}

export interface CertificateOptions {
  readonly name: string
  /** Undefined: signs itself. */
  readonly issuer?: Identity
  readonly pair?: { privateKey: KeyObject; publicKey: KeyObject }
  readonly notBefore?: string
  readonly notAfter?: string
  readonly extensions: readonly Buffer[]
}

let serials = 1000

export function makeCertificate(options: CertificateOptions): Identity {
  const pair = options.pair ?? keys.ec()
  const issuer = options.issuer ?? { name: options.name, key: pair.privateKey }
  const algorithm = signatureAlgorithm(issuer.key)
  const body = der(
    sequence,
    der(0xa0, der(integer, Buffer.of(2))),
    der(integer, Buffer.of(0x40, ++serials >> 8, serials & 255)),
    algorithm,
    nameOf(issuer.name),
    der(sequence, timeOf(options.notBefore ?? '20200101000000Z'), timeOf(options.notAfter ?? '20400101000000Z')),
    nameOf(options.name),
    pair.publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, der(sequence, ...options.extensions)),
  )
  const signature = sign(isEdwards(issuer.key) ? null : 'sha256', body, issuer.key)
  const certificate = der(sequence, body, algorithm, der(derTags.bits, zero, signature))
  return { name: options.name, key: pair.privateKey, publicKey: pair.publicKey, certificate }
}

export function extension(dotted: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der(derTags.boolean, Buffer.of(0xff))] : []
  return der(sequence, derOid(dotted), ...flag, der(octets, value))
}

/** What may sign certificates. `pathLength` limits how many authorities may follow. */
export function authorityExtensions(pathLength?: number): Buffer[] {
  const limits = [der(derTags.boolean, Buffer.of(0xff))]
  if (pathLength !== undefined) limits.push(der(integer, Buffer.of(pathLength)))
  return [
    extension('2.5.29.19', true, der(sequence, ...limits)),
    extension('2.5.29.15', true, der(derTags.bits, Buffer.of(1, 0x06))),
  ]
}

export function purposeExtension(critical: boolean, ...purposes: readonly string[]): Buffer {
  return extension('2.5.29.37', critical, der(sequence, ...purposes.map(derOid)))
}

/** What a signer of timestamps has. */
export const signerExtensions: readonly Buffer[] = [
  purposeExtension(true, '1.3.6.1.5.5.7.3.8'),
  extension('2.5.29.15', true, der(derTags.bits, Buffer.of(6, 0xc0))),
]

export interface TokenOptions {
  readonly note: string
  readonly signer: Identity
  /** Who issued the signer's certificate, as the token says. */
  readonly issuer: string
  readonly time?: string
  readonly nonce?: Buffer
  readonly certificates?: readonly Buffer[]
  readonly digest?: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  /** Replaces attributes by identifier; undefined leaves one out. */
  readonly attributes?: Readonly<Record<string, Buffer | undefined>>
  readonly infoExtensions?: Buffer
  readonly contentType?: string
  readonly signers?: number
  readonly pss?: boolean
  readonly imprintAlgorithm?: string
}

const digestOids = {
  sha1: '1.3.14.3.2.26',
  sha256: sha256Oid,
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}

export const attributeNames = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const

/** A TimeStampToken. */
export function makeToken(options: TokenOptions): Buffer {
  const { note, signer, digest = 'sha256', contentType = timestampInfoOid } = options
  const digestAlgorithm = der(sequence, derOid(digestOids[digest]), der(derTags.null))
  const imprint = der(sequence, derOid(options.imprintAlgorithm ?? sha256Oid), der(derTags.null))
  const info = der(
    sequence,
    der(integer, Buffer.of(1)),
    derOid('1.2.3.4.1'),
    der(sequence, imprint, der(octets, hash('sha256', note, 'buffer'))),
    der(integer, Buffer.of(0x11, 0x22)),
    timeOf(options.time ?? '20260115100000.25Z'),
    der(sequence, der(integer, Buffer.of(1)), der(0x80, Buffer.of(0x01, 0xf4)), der(0x81, Buffer.of(1))),
    ...(options.nonce ? [der(integer, options.nonce)] : []),
    ...(options.infoExtensions ? [der(0xa1, options.infoExtensions)] : []),
  )
  const attributes = signedAttributes(info, options)
  const signerInfo = der(
    sequence,
    der(integer, Buffer.of(1)),
    der(sequence, nameOf(options.issuer), serialIn(signer.certificate)),
    digestAlgorithm,
    der(0xa0, attributes),
    options.pss ? pssAlgorithm() : signatureAlgorithm(signer.key, digest),
    der(octets, signatureOver(der(set, attributes), options)),
  )
  const signed = der(
    sequence,
    der(integer, Buffer.of(3)),
    der(set, digestAlgorithm),
    der(sequence, derOid(contentType), der(0xa0, der(octets, info))),
    der(0xa0, ...(options.certificates ?? [signer.certificate])),
    der(set, ...Array.from({ length: options.signers ?? 1 }, () => signerInfo)),
  )
  return der(sequence, derOid('1.2.840.113549.1.7.2'), der(0xa0, signed))
}

/** A TimeStampResp around a token, or one without. */
export function makeResponse(token: Buffer | undefined, status = 0, words?: string): Buffer {
  const said = words === undefined ? [] : [der(sequence, der(0x0c, Buffer.from(words)))]
  const failure = status > 1 ? [der(derTags.bits, Buffer.of(5, 0x20))] : []
  return der(sequence, der(sequence, der(integer, Buffer.of(status)), ...said, ...failure), ...(token ? [token] : []))
}

export function pem(...certificates: readonly Identity[]): string {
  const body = ({ certificate }: Identity): string => certificate.toString('base64').replace(/.{64}/g, '$&\n')
  return certificates.map((one) => `-----BEGIN CERTIFICATE-----\n${body(one)}\n-----END CERTIFICATE-----\n`).join('')
}

/** ESSCertIDv2 of a certificate, by SHA-256. */
export function essV2(certificate: Buffer): Buffer {
  return der(sequence, der(sequence, der(sequence, der(octets, hash('sha256', certificate, 'buffer')))))
}

export function essV1(certificate: Buffer): Buffer {
  return der(sequence, der(sequence, der(sequence, der(octets, hash('sha1', certificate, 'buffer')))))
}

function signedAttributes(info: Buffer, { signer, digest = 'sha256', attributes = {} }: TokenOptions): Buffer {
  const values: Record<string, Buffer | undefined> = {
    [attributeNames.contentType]: derOid(timestampInfoOid),
    [attributeNames.messageDigest]: der(octets, hash(digest, info, 'buffer')),
    [attributeNames.signingCertificateV2]: essV2(signer.certificate),
    ...attributes,
  }
  return Buffer.concat(
    Object.entries(values).flatMap(([name, value]) => (value ? [der(sequence, derOid(name), der(set, value))] : [])),
  )
}

function signatureOver(message: Buffer, { signer, digest = 'sha256', pss }: TokenOptions): Buffer {
  if (isEdwards(signer.key)) return sign(null, message, signer.key)
  return sign(digest, message, pss ? { key: signer.key, padding: 6, saltLength: 32 } : signer.key)
}

function signatureAlgorithm(key: KeyObject, digest: keyof typeof digestOids = 'sha256'): Buffer {
  if (isEdwards(key)) return der(sequence, derOid('1.3.101.112'))
  const last = { sha1: 5, sha256: 11, sha384: 12, sha512: 13 }[digest]
  if (key.asymmetricKeyType === 'rsa') {
    return der(sequence, derOid(`1.2.840.113549.1.1.${last}`), der(derTags.null))
  }
  return der(sequence, derOid(digest === 'sha1' ? '1.2.840.10045.4.1' : `1.2.840.10045.4.3.${last - 9}`))
}

function pssAlgorithm(): Buffer {
  const hashed = der(sequence, derOid(sha256Oid), der(derTags.null))
  const mask = der(sequence, derOid('1.2.840.113549.1.1.8'), hashed)
  const parameters = der(sequence, der(0xa0, hashed), der(0xa1, mask), der(0xa2, der(integer, Buffer.of(32))))
  return der(sequence, derOid('1.2.840.113549.1.1.10'), parameters)
}

function nameOf(commonName: string): Buffer {
  return der(sequence, der(set, der(sequence, derOid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))))
}

function timeOf(text: string): Buffer {
  return der(derTags.time, Buffer.from(text))
}

/** The serial number stands behind the version, in a certificate made here. */
function serialIn(certificate: Buffer): Buffer {
  const at = certificate.indexOf(Buffer.of(0xa0, 3, integer, 1, 2)) + 5
  return certificate.subarray(at, at + 5)
}

function isEdwards(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ed25519'
}
