/**
 * Text that may be written down: strings of values, messages, lines of logs. A string that holds a body is opened; in every
 * other the detectors look, first at the text as it stands, then as it reads once its spellings are undone.
 *
 * What comes out is one line, at most 8 KiB, and goes through the same rules again unchanged: passes run until one changes
 * nothing, and a text that keeps changing is withheld.
 */

import { tellsError } from '../fault/told.ts'
import { deeper, depthMax, isTable, openBody } from './body.ts'
import { bodyCharsMax } from './body-json.ts'
import { openPairs } from './body-pairs.ts'
import { isGraphql } from './body-query.ts'
import { detect, detectAnew } from './detect.ts'
import { placeholderAt, withheld } from './detect-context.ts'
import { asOneLine, withoutInvisible } from './detect-controls.ts'
import { hideFaults } from './detect-faults.ts'
import { feature, featuresOf } from './detect-features.ts'
import { registers } from './detect-sentences.ts'
import { decodedText } from './embedded.ts'
import { stems } from './entropy.ts'
import type { NameClass, Opening } from './scrubber.ts'
import { scrubUrl } from './url.ts'

/** Characters that come back at most. */
const textCharsMax = 8_192
const passesMax = 4

/**
 * One text as it may be written down; `as` says what its name told: `scrubText('pw=x', 'free', opening)` is `pw=[secret]`.
 * Never throws, takes time in proportion to the first 64 KiB, and gives one line without controls.
 */
export function scrubText(text: string, as: NameClass, opening: Opening): string {
  if (as === 'secret' || as === 'personal') return hidden(text, as, opening)
  if (text.length < 64 && text.charCodeAt(0) === 91 && placeholderAt(text, 0) === text.length) return text
  if (text.length <= shortCharsMax && (as === 'free' || as === 'id' || as === 'time') && isHarmless(text)) return text
  try {
    return settled(text, as, opening)
  } catch {
    // Only exhaustion gets here. The original is never handed on instead.
    opening.removed('failed')
    return withheld('text', '')
  }
}

const shortCharsMax = 40

/** Most values of a log line: a word of small letters with few digits, a UUID, a time. No rule finds anything in them. */
function isHarmless(text: string): boolean {
  let digits = 0
  let i = 0
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) digits += 1
    else if ((code < 97 || code > 122) && code !== 45 && code !== 95) break
  }
  if (i === text.length) return (digits <= 5 && text.length <= 24) || (text.length === 36 && uuid.test(text))
  return digits <= 17 && time.test(text)
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const time = /^(?:19|20)\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(?:\.\d{1,3})?Z$/

function hidden(text: string, as: 'secret' | 'personal', opening: Opening): string {
  if (text === '' || placeholderAt(text, 0) === text.length) return text
  opening.removed(as)
  return `[${as}]`
}

/** Passes until one changes nothing. Nearly every text needs one. */
function settled(text: string, as: NameClass, opening: Opening): string {
  let before = text.length > bodyCharsMax ? text.slice(0, bodyCharsMax) : text
  let seen = featuresOf(before)
  if (
    (as === 'free' || as === 'body') &&
    (seen & (feature.assign | feature.control)) === feature.assign &&
    !tellsError(before)
  ) {
    // Each value was settled for itself.
    const pairs = opening.depth < depthMax ? openPairs(before, opening, scrubText) : undefined
    if (pairs !== undefined && pairs.length <= textCharsMax) return asSafeLine(pairs, seen)
  }
  for (let i = 0; i < passesMax; i++) {
    const after = pass(before, as, seen, opening)
    if (after === before && after.length <= textCharsMax) return after
    // Nearly every value that is hidden whole ends here.
    if (after.length < 64 && placeholderAt(after, 0) === after.length) return after
    before = after
    seen = featuresOf(before)
  }
  return pass(before, as, seen, opening) === before && before.length <= textCharsMax ? before : withheld('text', text)
}

function pass(text: string, as: NameClass, seen: number, opening: Opening): string {
  if (seen === 0 && as === 'free') {
    stems.lastIndex = 0
    if (!stems.test(text) && !spoken.test(text)) return cut(text)
  }
  const visible = (seen & feature.control) !== 0 ? withoutInvisible(text) : text
  return cut(asSafeLine(scrubbed(visible, as, seen, opening), seen))
}

/** No JSON, list or markup: those are opened. */
function isSentence(text: string): boolean {
  const first = text.charCodeAt(0)
  return first !== 123 && first !== 91 && first !== 60 && first !== 34 && text.includes(' ')
}

/** `[TypeError: fetch failed] { … }`: how an error without a stack is inspected. */
const inspected = /^\[(?:[A-Z]\w{0,60})?(?:Error|Exception)\b/

/** Line ends count towards the line, so escaping comes before the cut. */
const asSafeLine = (text: string, seen: number) =>
  (seen & (feature.control | feature.wide | feature.encoded)) !== 0 ? asOneLine(text) : text

function scrubbed(text: string, as: NameClass, seen: number, opening: Opening): string {
  if (as === 'url') return detectAnew(scrubUrl(text, opening), 'id', opening, scrubText)
  if (registers.test(text)) {
    opening.removed('register')
    return withheld('register', text)
  }
  if (as === 'free' && (isSentence(text) || inspected.test(text))) {
    const near = nearPart(text)
    const said = hideFaults(near, opening)
    if (said !== near) return detectAnew(near === text ? said : `${said}${cutMark}`, as, opening, scrubText)
  }
  const body = openBody(text, as, opening, scrubText)
  // A document that is one text has nothing that could be told apart.
  if (as === 'body' && body === text && text.charCodeAt(0) === 34 && !isPlainValue(text.slice(1, -1)))
    return withheldBody(text, opening)
  if (body !== undefined) return body
  if (as === 'body' && !isPlainValue(text) && !isGraphql(text)) return withheldBody(text, opening)
  if (text.includes('\n') && isTable(text, opening)) {
    opening.removed('csv')
    return withheld('csv', text)
  }
  if (text.includes('form-data') && upload.test(text)) {
    opening.removed('multipart')
    return withheld('multipart', text)
  }
  const near = nearPart(text)
  const shown = detect(near, seen, as, opening, scrubText)
  const read = (seen & (feature.encoded | feature.assign)) === 0 ? shown : asRead(shown, as, opening)
  return near === text ? read : `${read}${cutMark}`
}

/**
 * As much of a long text as can come back, at most half again of it: what is hidden makes room for more, but looking at all of
 * a long text for the little that is shown would be what an attacker sends it for. A word at the cut goes whole.
 */
function nearPart(text: string): string {
  return text.length <= nearCharsMax ? text : text.slice(0, wordEnd(text, nearCharsMax))
}

const nearCharsMax = 12_288

/** The text as it stands, unless its decoded form has something to hide: then that, hidden. */
function asRead(text: string, as: NameClass, opening: Opening): string {
  const read = decodedText(text)
  if (read === text) return text
  const inner = deeper(opening)
  const shown = openBody(read, 'free', inner, scrubText) ?? detectAnew(read, as, inner, scrubText)
  return shown === read ? text : shown
}

/** Numbers, ids, digests, times and words of a program: what a body-like name may hold that is no body. */
function isPlainValue(text: string): boolean {
  return placeholderAt(text, 0) === text.length || plainValue.test(text)
}

const plainValue =
  /^(?:-?\d{1,12}(?:\.\d{1,12})?|v?\d{1,5}(?:\.\d{1,5}){1,3}(?:-[a-z0-9.]{1,20})?|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|(?:sha\d{1,3}[:-])?[0-9a-f]{16,128}|\d{4}-\d\d-\d\d(?:[T ][\d:.,+Z-]{1,32})?|[A-Z][A-Z0-9]{0,15}(?:[_-][A-Z0-9]{1,16}){1,6}|ok|OK|true|false|null|undefined|)$/

/** The head of a part, its line end as it is or escaped: an upload within a sentence, whose parts nobody tells apart. */
const upload = /content-disposition:[ \t]{0,8}form-data[^\r\n\\]{0,256}(?:[\r\n]|\\[rn])/i

function withheldBody(text: string, opening: Opening): string {
  opening.removed('body')
  return withheld(/^\s{0,64}[{["]/.test(text) ? 'json' : 'text', text)
}

/** At most 8 KiB characters; a word that the cut would split goes whole, as half a token is still most of it. */
function cut(text: string): string {
  return text.length <= textCharsMax ? text : text.slice(0, wordEnd(text, textCharsMax - cutMark.length)) + cutMark
}

/** The nearest end of a word at or before `from`; 512 characters before it where there is none. */
function wordEnd(text: string, from: number): number {
  let end = from
  while (end > from - 512 && !/[\s,;"'{}[\]()<>]/.test(text.charAt(end))) end -= 1
  return end
}

/** Words that sentences about people and secrets have, where nothing else gives them away. */
const spoken =
  /name is|I am|atient|ustomer|M[rs]|Dr|poke with|igned by|aller|mployee|stra(?:ss|\u00df)e|phrase|words|AUTH|sess|\/home\/|[\\/]Users[\\/]|\.[a-z]{2,12}\/|icen[cs]e|ser [a-z]{2,20}\.|redis-cli|ession id|LOGIN|WIFI/
const cutMark = '…[withheld rest]'
