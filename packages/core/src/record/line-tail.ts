/**
 * What a request's line ends with: trace flags, the masked address and the service. Networks come back, so each is rendered
 * once; who comes from many of them costs the oldest their place.
 */
import { flatText } from '../flat-text.ts'
import { BoundedCache } from '../scrub/bounded-cache.ts'
import type { ServiceMember } from './serialise.ts'
import { quote, textMember } from './serialise-text.ts'

const addressesMax = 1_000
const digits = Array.from({ length: 256 }, (_, flags) => flags.toString(16).padStart(2, '0'))

/** The tails of one service's lines. Each begins behind the last character of the span id. */
export class LineTails {
  readonly #service: string
  readonly #tails = new BoundedCache<{ readonly flags: number; readonly text: string }>(addressesMax)

  constructor({ name, version, env, instance }: ServiceMember) {
    const members = textMember('version', version) + textMember('env', env) + textMember('instance', instance)
    this.#service = `,"service":{"name":${quote(name)}${members}}}`
  }

  /** `address` is masked, and so needs no escape. */
  of(flags: number, address = ''): string {
    const known = this.#tails.get(address)
    if (known !== undefined && known.flags === flags) return known.text
    const text = flatText(this.with(flags, '', address))
    this.#tails.set(address, { flags, text })
    return text
  }

  /** The same with members that this line alone has. */
  with(flags: number, members: string, address = ''): string {
    const from = address === '' ? '' : `,"ip_address":"${address}"`
    return `","trace_flags":"${digits[flags & 255]}"${members}${from}${this.#service}`
  }
}
