/**
 * Numbers that belong to people: cards, accounts, social security and national numbers, telephones. Digits alone are nothing;
 * a check digit, a grouping, or the words before make them one.
 */
import { beginsWord, classBefore, isWord, saidBefore } from './detect-context.ts'
import { foldDigits, isAadhaar, isCard, isCpf, isNhs, isSin } from './digits.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

/** Digits with at most one separator (a space may be doubled) between them. */
export const numberRun = /\d(?:[ \u00a0\u2007\u2009\u202f\u2010-\u2013\u200b._\-/+]{0,2}\d){6,47}/g

/** The text with cards and numbers of people replaced. `wide` when it has characters beyond ASCII. */
export function hideNumbers(text: string, wide: boolean, opening: Opening): string {
  const folded = wide ? foldDigits(text) : text
  work.characters += text.length
  let out = ''
  let done = 0
  numberRun.lastIndex = 0
  for (let match = numberRun.exec(folded); match !== null; match = numberRun.exec(folded)) {
    const [run] = match
    const at = match.index
    if (isPartOfId(folded, at, at + run.length)) continue
    for (const { start, end, mask } of numbersIn(folded, at, run, opening)) {
      if (start < done) continue
      out += text.slice(done, start) + mask
      opening.removed(mask.slice(1, -1))
      done = end
    }
  }
  return done === 0 ? text : out + text.slice(done)
}

interface Found {
  readonly start: number
  readonly end: number
  readonly mask: string
}

const uuid = /^[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12}$/
const hexadecimal = /^(?=.{0,64}[a-fA-F])[0-9A-Fa-f]{14,}$/

/** Within a UUID, a digest or another longer run of letters and digits. */
function isPartOfId(text: string, from: number, to: number): boolean {
  // The first track of a card: `%B4111…^`.
  if (text.charCodeAt(to) === 94) return false
  let start = from
  let end = to
  while (start > 0 && from - start < 64 && isIdCharacter(text.charCodeAt(start - 1))) start -= 1
  while (end < text.length && end - to < 64 && isIdCharacter(text.charCodeAt(end))) end += 1
  if (start === from && end === to) {
    return uuid.test(text.slice(from, to))
  }
  const whole = text.slice(start, end)
  return uuid.test(whole) || whole.split('-').some((part) => hexadecimal.test(part)) || traceparent.test(whole)
}

const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/
const isIdCharacter = (code: number) => (isWord(code) && code !== 95) || code === 45

interface Group {
  readonly start: number
  readonly end: number
  readonly digits: string
  /** What stands between this group and the one before. */
  readonly mark: string
}

function groupsOf(run: string, at: number): Group[] {
  const groups: Group[] = []
  let end = 0
  for (let i = 0; i < run.length; ) {
    const start = i
    while (i < run.length && isDigit(run.charCodeAt(i))) i += 1
    if (i > start) {
      groups.push({ start: at + start, end: at + i, digits: run.slice(start, i), mark: run.slice(end, start) })
      end = i
    } else i += 1
  }
  return groups
}

const isDigit = (code: number) => code >= 48 && code <= 57

function numbersIn(text: string, at: number, run: string, opening: Opening): Found[] {
  const groups = groupsOf(run, at)
  const found: Found[] = []
  const as = classBefore(text, at, opening)
  if (as === 'time') return found
  for (let first = 0; first < groups.length; first++) {
    const hit = (as === 'id' ? undefined : cardFrom(text, groups, first)) ?? personFrom(text, groups, first)
    if (hit === undefined) continue
    found.push({ start: groups[first]?.start ?? at, end: groups[hit.last]?.end ?? at, mask: hit.mask })
    first = hit.last
  }
  return found
}

interface Hit {
  readonly last: number
  readonly mask: string
}

function cardFrom(text: string, groups: readonly Group[], first: number): Hit | undefined {
  // The first digit names the issuer: most numbers end here.
  const lead = groups[first]?.digits.charCodeAt(0) ?? 0
  if (lead < 50 || lead > 56 || lead === 55) return undefined
  // Digit by digit, or in pairs, only where there is nothing else.
  const size = groups[first]?.digits.length ?? 0
  if ((groups.length > 20 && size === 1) || (groups.length > 10 && size === 2)) return undefined
  let digits = ''
  let hit: Hit | undefined
  for (let last = first; last < groups.length && digits.length < 20; last++) {
    digits += groups[last]?.digits ?? ''
    if (digits.length < 13 || !isCard(digits)) continue
    const window = groups.slice(first, last + 1)
    if (!isPlausible(window) || isFraction(text, groups, first, last)) continue
    hit = { last, mask: '[card]' }
  }
  return hit
}

/** In one piece, or in pieces as people write cards. */
function isPlausible(window: readonly Group[]): boolean {
  if (window.length === 1) return true
  const sizes = window.map(({ digits }) => digits.length)
  const head = sizes.slice(0, -1)
  const lastSize = sizes.at(-1) ?? 0
  const [one = 0] = sizes
  if (head.every((size) => size === one) && lastSize <= Math.max(one, 4)) return !(one === 3 && head.length < 4)
  return /^(?:4,6,[45]|6,\d{1,2}|8,8|4,4,4,4,[1-3])$/.test(sizes.join(','))
}

/** `1234.4111111111111111`: digits on one side of a decimal point. */
function isFraction(text: string, groups: readonly Group[], first: number, last: number): boolean {
  const before = groups[first]?.mark
  const behind = groups[last + 1]?.mark
  const single = first === last
  const start = groups[first]?.start ?? 0
  const lead = text.charAt(start - 1)
  return single && (before === '.' || behind === '.' || (lead === '.' && /\d/.test(text.charAt(start - 2))))
}

const words = {
  ssn: /(?:ssn|social[ _-]?sec|itin|tax[ _-]?id|\btin\b)[^.]{0,16}$/i,
  phone:
    /(?:phone|\btel|mobil|\bcell|\bfax|\bsms|whatsapp|\bcall(?:ed|er|back)?\b|\bdial|telefon|t\u00e9l|handy|rufnummer|\u0442\u0435\u043b|\u96fb\u8a71|\u7535\u8bdd|msisdn)[^.]{0,16}$/i,
  person:
    /(?:aadha?ar|\bcpf\b|pesel|\bbsn\b|burgerservice|\bnhs\b|\bsin\b|\bdni\b|\bnie\b|steuer|\bidnr\b|passport|reisepass|pasaporte|passeport|national[ _-]?i|personal[ _-]?(?:no|num|id|code)|personnummer|fiscal|\bcurp\b|\brut\b|\bcuit\b|\bmrn\b|medical[ _-]?record|medicare|insurance|licen[cs]e|ausweis|versicher|\binn\b|snils|rodn|isikukood|henkil|\bcnp\b|\begn\b|oib\b|jmbg|\bnin\b|\bnric\b|my[ _-]?number|\u8eab\u4efd\u8bc1)[^.]{0,16}$/i,
  account:
    /(?:account|acct|\bkonto|\baba\b|routing|sort[ _-]?code|iban|\bcard\b|\bpan\b|\bkarte|tarjeta|carte)[^.]{0,16}$/i,
}

function personFrom(text: string, groups: readonly Group[], first: number): Hit | undefined {
  const group = groups[first]
  if (group === undefined) return undefined
  return telephoneFrom(text, groups, first) ?? registeredFrom(text, groups, first, group.start)
}

function registeredFrom(text: string, groups: readonly Group[], first: number, start: number): Hit | undefined {
  const size = groups[first]?.digits.length ?? 0
  // Groups of other sizes count only behind a word, and words are before the first digit.
  if (first > 0) {
    const next = groups[first + 1]?.digits.length
    const third = groups[first + 2]?.digits.length
    if (!(size === 3 && (next === 3 || (next === 2 && third === 4))) && !(size === 4 && next === 4)) return undefined
  }
  const sizes = groups.slice(first, first + 5).map(({ digits }) => digits.length)
  const join = (count: number) =>
    groups
      .slice(first, first + count)
      .map(({ digits }) => digits)
      .join('')
  const marks = groups.slice(first + 1, first + 4).map(({ mark }) => mark)
  const shape = sizes.join(',')
  const free = beginsWord(text, start)
  if (!free) return undefined
  if (shape.startsWith('3,2,4') && marks[0] === marks[1] && marks[0] !== '.' && !/^(?:000|666)/.test(join(1)))
    return { last: first + 2, mask: '[ssn]' }
  if (shape.startsWith('3,3,3,2') && marks[0] === '.' && isCpf(join(4))) return { last: first + 3, mask: '[id]' }
  if (shape.startsWith('4,4,4') && sizes[3] === undefined && isAadhaar(join(3)))
    return { last: first + 2, mask: '[id]' }
  if (shape === '3,3,4' && marks[0] === ' ' && isNhs(join(3))) return { last: first + 2, mask: '[id]' }
  if (shape === '3,3,3' && (marks[0] === ' ' || marks[0] === '-') && isSin(join(3)))
    return { last: first + 2, mask: '[id]' }
  // Words before a number are before its first digit.
  if (first > 0) return undefined
  if (saidBefore(text, start, words.ssn)) return spanning(groups, first, 9, 11, '[ssn]')
  if (saidBefore(text, start, words.person)) return spanning(groups, first, 7, 18, '[id]')
  if (saidBefore(text, start, words.account)) return spanning(groups, first, 7, 24, '[id]')
  return undefined
}

/** As many groups as make a number of the wanted size. */
function spanning(groups: readonly Group[], first: number, min: number, max: number, mask: string): Hit | undefined {
  let size = 0
  let hit: Hit | undefined
  for (let last = first; last < groups.length; last++) {
    size += groups[last]?.digits.length ?? 0
    if (size > max) break
    if (size >= min) hit = { last, mask }
  }
  return hit
}

/** `+49 171 …`, `(555) 123-4567`, `555-123-4567`; bare digits only behind a word that says so. */
function telephoneFrom(text: string, groups: readonly Group[], first: number): Hit | undefined {
  const start = groups[first]?.start ?? 0
  const lead = text.charAt(start - 1)
  const size = groups[first]?.digits.length ?? 0
  const mark = groups[first]?.mark ?? ''
  // A number without a plus begins with a group of three, a 1, a 0, or behind a word.
  const grouped = size === 3 && groups[first + 1]?.digits.length === 3
  if (first > 0 && !grouped && lead !== '+' && !mark.includes('+') && lead !== '(') {
    const digit = groups[first]?.digits.charCodeAt(0)
    if (digit !== 48 && !(size === 1 && groups[first + 1]?.digits.length === 3)) return undefined
  }
  const sizes = groups.slice(first, first + 6).map(({ digits }) => digits.length)
  const marks = groups.slice(first + 1, first + 6).map(({ mark }) => mark)
  const plus =
    lead === '+' ||
    (lead === '(' && text.charAt(start - 2) === '+') ||
    (first > 0 && (groups[first]?.mark ?? '').endsWith('+'))
  // `from=+49…`, but not `YQ=+49…`, which is base64.
  if (
    plus &&
    (!/[\w.+/=)]/.test(text.charAt(start - 2)) ||
      /(?:^|[\s&?;,])[A-Za-z_.]{1,32}=\+$/.test(text.slice(Math.max(0, start - 36), start)))
  ) {
    const hit = spanning(groups, first, 7, 15, '[phone]')
    if (hit !== undefined) return hit
  }
  if (lead === '+' && /%2B\+?$/.test(text.slice(Math.max(0, start - 4), start)))
    return spanning(groups, first, 7, 15, '[phone]')
  const american = sizes[0] === 3 && sizes[1] === 3 && sizes[2] === 4
  if (american && beginsWord(text, start) && separated(marks[0]) && separated(marks[1]))
    return { last: first + 2, mask: '[phone]' }
  if (
    sizes[0] === 1 &&
    sizes[1] === 3 &&
    sizes[2] === 3 &&
    sizes[3] === 4 &&
    beginsWord(text, start) &&
    marks.slice(0, 3).every(separated)
  )
    return { last: first + 3, mask: '[phone]' }
  if (
    /^00[1-9]/.test(groups[first]?.digits ?? '') &&
    beginsWord(text, start) &&
    lead !== '-' &&
    groups.length > first + 1 &&
    marks[0] !== '.'
  )
    return spanning(groups, first, 9, 17, '[phone]')
  // 06 12 34 56 78
  if (
    /^0[1-9]$/.test(groups[first]?.digits ?? '') &&
    sizes.slice(0, 5).join('') === '22222' &&
    sizes[5] === undefined &&
    marks.slice(0, 4).every((mark) => mark === marks[0]) &&
    (marks[0] === ' ' || marks[0] === '.') &&
    beginsWord(text, start)
  )
    return { last: first + 4, mask: '[phone]' }
  if (first === 0 && saidBefore(text, start, words.phone)) return spanning(groups, first, 7, 15, '[phone]')
  return undefined
}

const separated = (mark: string | undefined) =>
  mark === '-' || mark === ' ' || mark === '.' || mark === '\u00a0' || mark === '\u2011'
