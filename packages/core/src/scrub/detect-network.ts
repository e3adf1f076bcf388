/**
 * Addresses of machines: IPv4, IPv6 in every spelling, hardware addresses. Loopback and "any" say nothing about anybody and
 * stay; a version with four parts stays where a product or the word version stands before it.
 */
import { isIPv6 } from 'node:net'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

/** The text with addresses replaced by `[ip]` and `[mac]`. */
export function hideAddresses(text: string, opening: Opening): string {
  work.characters += text.length * 3
  const hide = (mask: string) => {
    opening.removed(mask.slice(1, -1))
    return mask
  }
  return text
    .replace(hardware, () => hide('[mac]'))
    .replace(colons, (match) => {
      const bare = match.replace(/[.:]$/, '')
      const address = isIPv6(match) ? match : bare
      if (!isIPv6(address) || local.test(address) || !/\d|^(?:[^:]{1,4}:){3}/.test(address)) return match
      return hide('[ip]') + match.slice(address.length)
    })
    .replace(dotted, (match, before: string, offset: number) => {
      const address = match.slice(before.length)
      const behind = text.charAt(offset + match.length)
      // `10.0.0.0/8`, `126.0.0.0`, `1.2.3.4-beta`: a network, or a version.
      if (
        local.test(address) ||
        address.endsWith('.0.0') ||
        (behind === '-' && preRelease.test(text.slice(offset + match.length, offset + match.length + 3)))
      )
        return match
      if (behind === '/' && address.endsWith('.0')) return match
      if (isVersion(text, match, before, offset)) return match
      return before + hide('[ip]')
    })
}

export const hardware =
  /(?<![\w:.-])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![\w:-])|(?<![\w:.-])(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}(?![\w-])|(?<![\w.])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![\w.])/g
export const colons = /(?<![\w:.])(?=[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:.]{2,48}(?![\w:])/g
const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d{1,2})'
export const dotted = new RegExp(
  `(^|[^\\w.]|[A-Za-z_][-_:]?|\\\\[nrt]|[A-Za-z_]/)(?:${octet}\\.){3}${octet}(?![\\w]|\\.\\d)`,
  'g',
)

const preRelease = /^-[a-z]{2}/
const local = /^(?:127\.|0\.0\.0\.0$|255\.255\.255\.|::1?$|::ffff:127\.)/i

/** `v1.2.3.4`, `version 1.2.3.4`, `Chrome/120.0.0.0`, `lib-1.2.3.4`: by what stands before. */
function isVersion(text: string, _match: string, before: string, offset: number): boolean {
  const lead = text.slice(Math.max(0, offset - 24), offset) + before
  return versionLead.test(lead)
}

const versionLead =
  /(?:(?:^|[^A-Za-z])[vV]|(?:[vV]er(?:sion)?|VERSION|[rR]elease|[bB]uild)[:= "]{0,3}|(?:^|[\s"'(;])[A-Z][A-Za-z]{2,20}\/|[a-z]-)$/
