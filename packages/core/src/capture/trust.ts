/**
 * Whose ids are believed: request id, trace headers and baggage together, judged on the socket peer alone.
 *
 * A header cannot vouch for itself, so a forwarded address never makes a peer trusted; `proxies` (client-ip.ts) is another
 * question, and neither implies the other.
 */
import { AuditError } from '../errors.ts'
import type { TrustOption, TrustQuestion } from '../options.ts'
import { compileAddressList, plainAddress } from './address-list.ts'

/**
 * Turns the `trust` option into a question that never throws.
 *
 * A function that throws, or answers with anything but `true` (a promise, for instance), counts as untrusted. Throws
 * AUDIT_OPTION_INVALID, naming the entry, for an option that is none of false, a list of CIDR ranges, or a function.
 */
export function compileTrust(option: TrustOption | undefined): (peer: TrustQuestion) => boolean {
  if (option === undefined || option === false) return () => false
  if (typeof option === 'function') return (peer) => isTrue(option, peer)
  if (!Array.isArray(option)) {
    throw new AuditError('AUDIT_OPTION_INVALID', 'trust: must be false, a list of CIDR ranges, or a function')
  }
  const list = compileAddressList('trust', option)
  return ({ address }) => {
    const plain = address === undefined ? undefined : plainAddress(address)
    return plain !== undefined && list.has(plain)
  }
}

function isTrue(decide: (peer: TrustQuestion) => unknown, peer: TrustQuestion): boolean {
  try {
    return decide(peer) === true
  } catch {
    return false
  }
}
