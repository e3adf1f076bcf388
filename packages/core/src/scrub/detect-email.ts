/**
 * Mailboxes: from each `@` outwards, to the left as far as a local part goes, to the right as far as a domain. Packages with
 * versions (`lib@1.2.3`), scopes (`@scope/name`) and handles without a domain stay.
 */
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

const localCharsMax = 128
const domainCharsMax = 255

/** The text with mailboxes, and the names written before them in `Name <a@b>`, replaced by `[email]`. */
export function hideMailboxes(text: string, opening: Opening): string {
  work.characters += text.length
  let out = ''
  let done = 0
  for (let at = nextAt(text, 0); at >= 0; at = nextAt(text, Math.max(at + 1, done))) {
    const end = domainEnd(text, at + 1)
    const start = localStart(text, at, done)
    work.characters += end - start
    if (start === at || !isDomain(text.slice(at + 1, end))) continue
    const from = withDisplayName(text, start, done)
    const to = from < start && text.charCodeAt(end) === 62 ? end + 1 : end
    out += `${text.slice(done, from)}[email]`
    opening.removed('email')
    done = to
  }
  const shown = done === 0 ? text : out + text.slice(done)
  if (!spelledMark.test(shown)) return shown
  return shown.replace(spelledOut, () => {
    opening.removed('email')
    return '[email]'
  })
}

const spelledMark = /[([{](?:at|AT|@)[)\]}]/
/** `alice (at) example (dot) com`. */
export const spelledOut =
  /(?<![\w.+-])[\w.+-]{1,64} ?[([{](?:at|AT|@)[)\]}] ?[\w-]{1,63}(?: ?(?:[([{](?:dot|DOT|\.)[)\]}]|\.) ?[\w-]{1,63}){1,4}/g

function nextAt(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 64 || code === 0xff20 || code === 0xfe6b) return i
  }
  return -1
}

function localStart(text: string, at: number, floor: number): number {
  const lowest = Math.max(floor, at - localCharsMax)
  if (text.charCodeAt(at - 1) === 34) {
    const open = text.lastIndexOf('"', at - 2)
    if (open >= lowest) return open
  }
  let start = at
  while (start > lowest && isLocal(text.charCodeAt(start - 1))) start -= 1
  // A sentence, a path or a list before it: `=alice@`, `/alice@`, `'alice@`.
  while (start < at && /[/='.&?|{}*#!]/.test(text.charAt(start))) start += 1
  return start
}

/** RFC 5322 atoms and RFC 6531's letters; also what names in other scripts need. */
const isLocal = (code: number) =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  (code > 0xa0 && !(code >= 0x2000 && code <= 0x206f) && code !== 0x3000 && code !== 0xab && code !== 0xbb) ||
  ".!#$&*+-/=?^_{|}~'".includes(String.fromCharCode(code))

function domainEnd(text: string, from: number): number {
  let end = from
  const highest = Math.min(text.length, from + domainCharsMax)
  if (text.charCodeAt(from) === 91) {
    const close = text.slice(from, from + 64).indexOf(']')
    return close < 0 ? from : from + close + 1
  }
  while (end < highest && isDomainCharacter(text.charCodeAt(end))) end += 1
  while (end > from && /[.-]/.test(text.charAt(end - 1))) end -= 1
  return end
}

const isDomainCharacter = (code: number) =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 45 ||
  code === 46 ||
  (code > 0xbf && !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x3001) && code !== 0x3003) ||
  code === 0x3002

/** A dot or an address literal in it, and no version. */
function isDomain(domain: string): boolean {
  if (domain.startsWith('[')) return domain.length > 4 && /[.:]/.test(domain)
  return /[.\u3002\uff0e]/.test(domain) && !version.test(domain) && !density.test(domain)
}

/** `logo@2x.png`: an image for a finer screen. */
const density = /^\dx\.(?:png|jpe?g|webp|gif|svg|avif)$/i
const version = /^[v^~]?\d{1,9}\.(?:\d{1,9}|x)(?:\.|$|-)(?!\d{1,3}\.\d{1,3}$)/

/** `Alice Smith <a@b>` and `"Smith, Alice" <a@b>`: the name goes too. */
function withDisplayName(text: string, start: number, floor: number): number {
  if (text.charCodeAt(start - 1) !== 60) return start
  const from = Math.max(floor, start - 120)
  const name = displayName.exec(text.slice(from, start - 1))
  return name === null ? start - 1 : from + name.index
}

const displayName = /(?:"[^"]{1,80}"|(?:[\p{Lu}\p{Lo}][\p{L}\p{M}'.-]{0,30}[ ,]{0,2}){1,5}) ?$/u
