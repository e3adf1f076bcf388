/**
 * URLs inside texts: absolute ones by their scheme, `//host/path`, `git@host:path`, and paths that carry a query. Each is
 * measured once, to the space, quote or bracket that ends it.
 */
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'
import { scrubUrl } from './url.ts'

/** The text with every URL written by the rules for URLs. */
export function hideUrls(text: string, opening: Opening): string {
  let hidden = text
  if (hidden.includes('//')) hidden = eachAbsolute(hidden, opening)
  if (hidden.includes(':')) {
    work.characters += hidden.length * 3
    if (hasOpaque(hidden)) hidden = hidden.replace(opaqueInText, (match) => scrubUrl(match, opening))
    if (hidden.includes('racle:'))
      hidden = hidden.replace(oracle, (_match, lead: string) => changed(opening, `${lead}[url]`))
    if (hidden.includes('@')) hidden = hidden.replace(secureCopy, () => changed(opening, '[url]'))
  }
  if (hidden.includes('?')) {
    work.characters += hidden.length
    hidden = hidden.replace(pathWithQuery, (match, before: string, offset: number) =>
      before === '' && offset > 0 ? match : before + scrubUrl(match.slice(before.length), opening),
    )
  }
  return hidden
}

/** Whether one of those schemes ends at any colon: cheaper than looking for each of them everywhere. */
function hasOpaque(text: string): boolean {
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1))
    if (opaqueEnd.test(text.slice(Math.max(0, at - 7), at))) return true
  return false
}

const opaqueEnd = /(?:data|mailto|tel|sms|sips?|otpauth|magnet|blob)$/i

function changed(opening: Opening, text: string): string {
  opening.removed('url')
  return text
}

export const opaqueInText =
  /(?<![\w.])(?:data:[a-z]{1,20}\/[a-z0-9.+-]{1,60}[;,](?!\[)|mailto:(?!\[)|tel:(?=[+\d(])|sms:(?=[+\d])|sips?:(?!\[)(?=[^\s:@]{1,128}@)|otpauth:|magnet:\?|blob:)[^\s"'<>`]{1,65536}/gi
export const oracle = /(?<!\w)(jdbc:oracle:[a-z]{1,8}:)(?!\[)[^\s"'`<>]{1,2048}/gi
export const secureCopy = /(?<![\w./@-])[\w.-]{1,64}@[\w.-]{1,253}:(?!\d{1,5}(?![\w/]))[\w./~-]{1,1024}/g
/** A path behind a space, quote or mark, with a `?` and at least one name. */
export const pathWithQuery = /(^|[\s"'`=([<,])(?:\/[^\s"'`<>?#/]{0,255}){1,32}\?[^\s"'`<>]{1,8192}/g

function eachAbsolute(text: string, opening: Opening): string {
  let out = ''
  let done = 0
  for (let at = text.indexOf('//'); at >= 0; at = text.indexOf('//', Math.max(at + 2, done))) {
    const start = schemeStart(text, at, done)
    if (start < 0) continue
    const end = urlEnd(text, at + 2)
    work.characters += end - start
    if (end === at + 2) continue
    const url = text.slice(start, end)
    const written = scrubUrl(url, opening)
    out += text.slice(done, start) + written
    done = end
  }
  return done === 0 ? text : out + text.slice(done)
}

/** Where the scheme before `//` begins; the slashes themselves for `//host`; -1 for a comment or part of a path. */
function schemeStart(text: string, at: number, floor: number): number {
  if (text.charCodeAt(at - 1) !== 58) {
    const before = text.charAt(at - 1)
    return (at === 0 || /[\s"'=(]/.test(before)) &&
      /^[A-Za-z0-9[][^\s/]{0,253}[.:@][A-Za-z0-9]/.test(text.slice(at + 2, at + 260))
      ? at
      : -1
  }
  let start = at - 1
  while (start > floor && at - start < 56 && /[A-Za-z0-9+.:-]/.test(text.charAt(start - 1))) start -= 1
  while (start < at - 1 && !/[A-Za-z]/.test(text.charAt(start))) start += 1
  // `\nhttps://`: the letter of an escape. `url:https://`: a name.
  if (
    text.charCodeAt(start - 1) === 92 &&
    /[nrt]/.test(text.charAt(start)) &&
    /^[nrt][a-z]/.test(text.slice(start, start + 2))
  )
    start += 1
  const lead = text.slice(start, at - 1)
  const named = lead.lastIndexOf(':')
  if (named >= 0 && !/^(?:jdbc|mongodb|tls|npm|git)/i.test(lead)) start += named + 1
  return start === at - 1 ? -1 : start
}

/** A space, quote, angle bracket or backslash ends a URL; marks of a sentence at its end are not part of it. */
function urlEnd(text: string, from: number): number {
  let end = from
  let open = 0
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code <= 32 || code === 34 || code === 96 || code === 60 || code === 62 || code === 92 || code === 0xa0) break
    if (code === 39 && /^'?(?:[\s,;:)\]}.]|$)/.test(text.slice(end, end + 2))) break
    if (code === 40) open += 1
    if (code === 41) {
      if (open === 0) break
      open -= 1
    }
    if ((code === 125 || code === 124) && !text.slice(from, end).includes('{') && end - from < 512) break
    if (code === 44 && !/^,[\w.-]{1,253}(?::\d{1,5})?[,/?]/.test(text.slice(end, end + 262))) break
  }
  while (end > from && '.,;:!'.includes(text.charAt(end - 1))) end -= 1
  return end
}
