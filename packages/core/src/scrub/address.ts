/**
 * Client addresses: read in every spelling that headers and sockets use, written masked or in one canonical spelling.
 *
 * IPv4 keeps its first 24 bits, IPv6 its first 48. An IPv4 address inside an IPv6 one is that IPv4 address when it is mapped
 * (`::ffff:`, RFC 4291), and is cut like one when it is a 6to4 prefix (`2002:`, RFC 3056), whose first 48 bits hold it whole.
 */
import { isIPv4, isIPv6 } from 'node:net'
import { flatText } from '../flat-text.ts'
import { BoundedCache } from './bounded-cache.ts'

/** The longest spelling: a mapped address in brackets with zone and port. */
const addressCharsMax = 100

/**
 * The network of an address: `203.0.113.77` gives `203.0.113.0`, `2001:db8:1:2::3` gives `2001:db8:1::`.
 * Brackets, ports and zone ids are left out; masking a masked address changes nothing. Anything else gives undefined.
 */
export function maskAddress(address: unknown): string | undefined {
  return readAddress(address)?.masked
}

/** One spelling for every address, so that equal ones have equal tokens: IPv4 dotted, IPv6 as eight groups. */
export function canonicalAddress(address: unknown): string | undefined {
  return readAddress(address)?.canonical
}

/** Both spellings of one address. */
export interface Address {
  readonly canonical: string
  readonly masked: string
}

const known = new BoundedCache<Address>(2_000)

/** An address in both spellings: what `maskAddress` and `canonicalAddress` give, looked up once. */
export function readAddress(address: unknown): Address | undefined {
  if (typeof address !== 'string' || address.length > addressCharsMax) return undefined
  const before = known.get(address)
  if (before !== undefined) return before
  const read = parse(address)
  if (read !== undefined) known.set(address, read)
  return read
}

function parse(spelled: string): Address | undefined {
  const bare = withoutPort(spelled.trim())
  if (isIPv4(bare)) return fromIPv4(bare)
  const percent = bare.indexOf('%')
  const host = percent < 0 ? bare : bare.slice(0, percent)
  if (!isIPv6(host)) return undefined
  const groups = groupsOf(host)
  if (isMapped(groups)) return fromIPv4(dotted(groups[6] ?? 0, groups[7] ?? 0))
  return { canonical: groups.map((group) => group.toString(16)).join(':'), masked: flatText(network(groups)) }
}

function fromIPv4(address: string): Address {
  return { canonical: address, masked: flatText(`${address.slice(0, address.lastIndexOf('.'))}.0`) }
}

/** `[::1]:80` and `192.0.2.1:80`; a bare IPv6 address has more than one colon and no port. */
function withoutPort(text: string): string {
  if (text.startsWith('[')) {
    const end = text.indexOf(']')
    return end > 0 && isPort(text.slice(end + 1)) ? text.slice(1, end) : ''
  }
  const colon = text.indexOf(':')
  const only = colon >= 0 && colon === text.lastIndexOf(':')
  return only && isPort(text.slice(colon)) ? text.slice(0, colon) : text
}

const isPort = (text: string) => text === '' || /^:\d{1,5}$/.test(text)

/** The eight groups of an address that `isIPv6` accepted. */
function groupsOf(host: string): number[] {
  const [head = '', tail] = host.split('::')
  const left = groupList(head)
  if (tail === undefined) return left
  const right = groupList(tail)
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function groupList(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
}

function dotted(high: number, low: number): string {
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

/** The first 48 bits; RFC 5952 writes the zeros behind them as `::`. */
function network(groups: readonly number[]): string {
  const kept = groups.slice(0, 3)
  if (kept[0] === 0x2002) kept[2] = (kept[2] ?? 0) & 0xff00
  while (kept.at(-1) === 0) kept.pop()
  return `${kept.map((group) => group.toString(16)).join(':')}::`
}
