/**
 * The client's address: the socket peer, unless the peer is a proxy that we were told to believe.
 *
 *     X-Forwarded-For: 203.0.113.9, 198.51.100.7, 10.0.0.2        socket peer 10.0.0.1
 *                      anybody's    the client     proxy           proxy            proxies: ['10.0.0.0/8']
 *
 * Each proxy appends the address it was called from, so only the right end is known to be true. The walk goes from right to
 * left as long as proxies of ours are speaking; the first address that is not one of them is the client. Everything
 * further left is hearsay. `Forwarded` (RFC 7239) is not read: a proxy that writes one of the two headers passes the other
 * through as the client sent it, so believing both would let the client choose.
 */
import { type AddressList, compileAddressList, plainAddress } from './address-list.ts'
import { type IncomingRequest, peerAddress } from './incoming.ts'

/** Which proxies are believed about the address they were called from. */
export type Proxies = AddressList

/** The `proxies` option, compiled. Throws AUDIT_OPTION_INVALID, naming the entry, for what is not an address or CIDR range. */
export function compileProxies(cidrs: readonly string[] | undefined): Proxies {
  return compileAddressList('proxies', cidrs ?? [])
}

export interface ClientAddress {
  /** Who called, as far as it can be believed. Undefined without a network peer, as on a Unix socket. */
  readonly address: string | undefined
  /** The socket peer. Undefined without a network peer. */
  readonly peer: string | undefined
  /** How many proxies of ours the address came through: 0 when it is the socket peer. */
  readonly trustedHops: number
}

/** Proxies in a row that are believed; nobody has more, and a header may hold thousands of entries. */
const HOPS_MAX = 32

/**
 * The client's address behind `proxies`. The walk ends at 32 hops and at the first entry that is not an address: the answer
 * is then the last address that was known to be true. Never throws.
 */
export function clientAddress(req: IncomingRequest, proxies: Proxies): ClientAddress {
  const seen = peerAddress(req)
  const direct = seen === undefined ? nobody : peerOf(seen)
  const { peer } = direct
  if (peer === undefined || proxies.empty) return direct
  const header = req.headers['x-forwarded-for']
  return walk(peer, typeof header === 'string' ? header : (header ?? []).join(','), proxies)
}

const nobody: ClientAddress = Object.freeze({ address: undefined, peer: undefined, trustedHops: 0 })
const peersMax = 1_024
/** Peers as Node spells them. A connection brings many requests, and a proxy all of them. */
const peers = new Map<string, ClientAddress>()

function peerOf(seen: string): ClientAddress {
  const known = peers.get(seen)
  if (known !== undefined) return known
  const peer = plainAddress(seen)
  const direct = Object.freeze({ address: peer, peer, trustedHops: 0 })
  if (peers.size >= peersMax) peers.clear()
  peers.set(seen, direct)
  return direct
}

function walk(peer: string, forwarded: string, proxies: Proxies): ClientAddress {
  let address = peer
  let trustedHops = 0
  let end = forwarded.length
  while (end > 0 && trustedHops < HOPS_MAX && proxies.has(address)) {
    const comma = forwarded.lastIndexOf(',', end - 1)
    const next = forwardedAddress(forwarded, comma + 1, end)
    if (next === undefined) break
    address = next
    trustedHops++
    end = comma
  }
  return { address, peer, trustedHops }
}

/** Longer than any address with brackets, zone, port and some blanks. */
const ENTRY_CHARS_MAX = 96

/** One entry: an address, or as some proxies write it, `192.0.2.1:1234`, `[2001:db8::1]` or `[2001:db8::1]:1234`. */
function forwardedAddress(text: string, start: number, end: number): string | undefined {
  if (end - start > ENTRY_CHARS_MAX) return undefined
  const entry = text.slice(start, end).trim()
  if (entry.startsWith('[')) {
    const close = entry.indexOf(']')
    if (close === -1 || !isPortOrNothing(entry.slice(close + 1))) return undefined
    const inside = entry.slice(1, close)
    return inside.includes(':') ? plainAddress(inside) : undefined
  }
  const colon = entry.indexOf(':')
  if (colon === -1 || colon !== entry.lastIndexOf(':')) return plainAddress(entry)
  return isPortOrNothing(entry.slice(colon)) ? plainAddress(entry.slice(0, colon)) : undefined
}

function isPortOrNothing(text: string): boolean {
  return text === '' || /^:\d{1,5}$/.test(text)
}
