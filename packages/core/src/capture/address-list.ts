/**
 * Internet addresses as text, and lists of them: one spelling per address, so that two ways of writing it are not two people.
 *
 * A server that listens on IPv6 sees IPv4 clients as `::ffff:192.0.2.1`; here they are `192.0.2.1` again.
 */
import { BlockList, isIP, isIPv4 } from 'node:net'
import { AuditError } from '../errors.ts'

/** The longest spelling of an address with a zone: anything longer is garbage and is not looked at. */
const ADDRESS_CHARS_MAX = 64
const MAPPED = '::ffff:'

/**
 * The usual spelling of an address: IPv4 with dots, IPv6 in lower case and compressed (RFC 5952), no zone, no brackets.
 * Undefined if `text` is not an address. At most 64 characters are looked at; never throws.
 */
export function plainAddress(text: string): string | undefined {
  if (text.length > ADDRESS_CHARS_MAX) return undefined
  const zone = text.indexOf('%')
  const address = zone === -1 ? text : text.slice(0, zone)
  const family = isIP(address)
  if (family === 4) return address
  if (family === 0) return undefined
  const dotted = address.slice(MAPPED.length)
  if (address.slice(0, MAPPED.length).toLowerCase() === MAPPED && isIPv4(dotted)) return dotted
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  return canonical.startsWith(MAPPED) ? fromMapped(canonical) : canonical
}

/** `::ffff:c000:201` as `192.0.2.1`. */
function fromMapped(canonical: string): string {
  const [high = 0, low = 0] = canonical
    .slice(MAPPED.length)
    .split(':')
    .map((group) => Number.parseInt(group, 16))
  return `${high >>> 8}.${high & 255}.${low >>> 8}.${low & 255}`
}

/** Addresses and ranges from the configuration. */
export interface AddressList {
  /** Whether the list names nothing. */
  readonly empty: boolean
  /** Whether `address`, as `plainAddress` spells it, is in the list. Never throws. */
  has(address: string): boolean
}

/** Answers remembered per list: looking one up costs a twentieth of asking again, and peers are mostly the same few. */
const REMEMBERED_MAX = 1_024

/**
 * A list of addresses (`10.1.2.3`) and CIDR ranges (`10.0.0.0/8`, `fd00::/8`). Throws AUDIT_OPTION_INVALID, naming
 * `option` and the entry, for anything else.
 */
export function compileAddressList(option: string, entries: readonly string[]): AddressList {
  if (!Array.isArray(entries)) throw invalid(option, 'must be a list of addresses and CIDR ranges')
  const list = new BlockList()
  for (const [i, entry] of entries.entries()) addEntry(list, `${option}[${i}]`, entry)
  const remembered = new Map<string, boolean>()
  return {
    empty: entries.length === 0,
    has(address) {
      if (entries.length === 0) return false
      const known = remembered.get(address)
      if (known !== undefined) return known
      const family = isIP(address)
      const found = family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
      // Forgetting everything at once keeps a flood of addresses from costing more than a check each.
      if (remembered.size === REMEMBERED_MAX) remembered.clear()
      remembered.set(address, found)
      return found
    },
  }
}

function addEntry(list: BlockList, option: string, entry: unknown): void {
  if (typeof entry !== 'string') throw invalid(option, 'must be an address or a CIDR range')
  const slash = entry.indexOf('/')
  const given = slash === -1 ? entry : entry.slice(0, slash)
  const address = given.includes('%') ? undefined : plainAddress(given)
  if (address === undefined) throw invalid(option, `'${entry.slice(0, 80)}' is not an address or CIDR range`)
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
  if (slash === -1) {
    list.addAddress(address, family)
    return
  }
  const bits = prefixBits(entry.slice(slash + 1), isIP(given) === 6 && family === 'ipv4')
  if (bits === undefined || bits > (family === 'ipv4' ? 32 : 128)) {
    throw invalid(option, `'${entry.slice(0, 80)}' has a prefix length that its address cannot have`)
  }
  list.addSubnet(address, bits, family)
}

/** The length after the slash; of `::ffff:10.0.0.0/104`, what is left for IPv4. */
function prefixBits(text: string, mapped: boolean): number | undefined {
  if (!/^\d{1,3}$/.test(text)) return undefined
  const bits = Number(text) - (mapped ? 96 : 0)
  return bits >= 0 ? bits : undefined
}

function invalid(option: string, reason: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `${option}: ${reason}`)
}
