/**
 * Whether somebody who is trusted vouches for the signer of a timestamp, at the time it names (RFC 3161 section 2.3, RFC 5280 section 6):
 *
 *     signer ← authority ← … ← one of the certificates given
 *
 * The signer is for timestamps and nothing else, everybody above may sign certificates, all were valid at that time. Revocation is not
 * looked at: it needs a network, and a list from then.
 */
import { anyPurposeOid, type Certificate, timestampingOid, usage } from './timestamp-certificate.ts'
import { isStrongAlgorithm, isStrongKey } from './timestamp-signature.ts'

/** Certificates above the signer. Also bounds the search: an attacker may send many that seem to issue one another. */
const depthMax = 8
const stepsMax = 256

export interface ChainQuestion {
  readonly signer: Certificate
  /** Came with the timestamp: may be used, are not trusted. */
  readonly others: readonly Certificate[]
  readonly trusted: readonly Certificate[]
  readonly timeMs: number
}

/** Why the signer is not believed; undefined when it is. */
export function findChainFault({ signer, others, trusted, timeMs }: ChainQuestion): string | undefined {
  const own = signerFault(signer, timeMs)
  if (own !== undefined) return own
  let steps = 0
  let fault = 'no certificate that was given vouches for it'
  const isBelow = (certificate: Certificate, depth: number): boolean => {
    if (trusted.some((one) => same(one, certificate))) return true
    if (depth === depthMax) return false
    for (const issuer of [...trusted, ...others]) {
      if (++steps > stepsMax) return false
      if (same(issuer, certificate) || !certificate.x509.checkIssued(issuer.x509)) continue
      const wrong = issuerFault(issuer, depth, timeMs)
      if (wrong !== undefined) fault = wrong
      else if (isIssuedBy(certificate, issuer) && isBelow(issuer, depth + 1)) return true
    }
    return false
  }
  return isBelow(signer, 0) ? undefined : fault
}

/** What the signer's own certificate has to say, whoever issued it. */
export function signerFault(signer: Certificate, timeMs: number): string | undefined {
  const { extendedUsage, keyUsage, authority } = signer
  const [purpose, ...more] = extendedUsage?.purposes ?? []
  if (purpose !== timestampingOid || more.length > 0 || extendedUsage?.critical !== true) {
    return 'the signer is not one for timestamps alone (extended key usage, critical)'
  }
  if (authority) return 'the signer may also sign certificates'
  if (keyUsage !== undefined) {
    if ((keyUsage & ~(usage.digitalSignature | usage.nonRepudiation)) !== 0 || keyUsage === 0) {
      return 'the key of the signer is for something else (key usage)'
    }
  }
  return anyFault(signer, timeMs)
}

function issuerFault(issuer: Certificate, between: number, timeMs: number): string | undefined {
  const { authority, keyUsage, extendedUsage } = issuer
  if (!authority) return 'a certificate stands in the chain that may not sign others'
  if (authority.pathLength < between) return 'the chain is longer than a certificate in it allows'
  if (keyUsage !== undefined && (keyUsage & usage.certificateSign) === 0)
    return 'a key in the chain may not sign certificates'
  const purposes = extendedUsage?.purposes
  if (purposes && !purposes.includes(timestampingOid) && !purposes.includes(anyPurposeOid)) {
    return 'an authority in the chain is not one for timestamps'
  }
  return anyFault(issuer, timeMs)
}

function anyFault(certificate: Certificate, timeMs: number): string | undefined {
  const { notBeforeMs, notAfterMs, unknownCritical, x509 } = certificate
  if (timeMs < notBeforeMs || timeMs > notAfterMs) return 'a certificate was not valid at the time of the timestamp'
  if (unknownCritical !== undefined)
    return `a certificate has the critical extension ${unknownCritical}, which is unknown`
  return isStrongKey(x509.publicKey) ? undefined : 'a key in the chain is too weak or of an unknown kind'
}

function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return isStrongAlgorithm(certificate.signatureAlgorithm) && certificate.x509.verify(issuer.x509.publicKey)
}

function same(a: Certificate, b: Certificate): boolean {
  return Buffer.compare(a.bytes, b.bytes) === 0
}
