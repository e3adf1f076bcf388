/**
 * One pass over the characters of a text that says which rules could apply at all. Most log messages are plain, and for them
 * this pass is the whole cost.
 */
import { work } from './linear-work.ts'

/** Bits of what `featuresOf` saw. */
export const feature = {
  /** `@`, or a character that folds to it. */
  at: 1,
  /** `:` or `=`, or another character that gives a name a value. */
  assign: 2,
  /** `//`, or a `?` right behind a path. */
  url: 4,
  /** `%`, a backslash, or `&#`: something is encoded. */
  encoded: 8,
  /** Seven digits or more, with at most one separator between two. */
  digits: 16,
  /** Twelve characters or more of the alphabet of tokens without a break. */
  run: 32,
  /** A character that must not be printed, or one that is invisible. */
  control: 64,
  /** Anything beyond ASCII. */
  wide: 128,
  /** `{`, `[` or `<`. */
  bracket: 256,
  /** Two dots or two colons between hexadecimal digits: an address, or a time. */
  address: 512,
  /** A quotation mark, apostrophe or backtick. */
  quote: 1024,
  /** `--` or ` -`: an option of a command line. */
  option: 2048,
  /** Letters and digits within one word. */
  mixed: 4096,
} as const

const other = 0
const digit = 1
const lower = 2
const upper = 3
const tokenMark = 4
const separator = 5

/** What each ASCII character is to a run, a number, or neither. */
const kinds = new Uint8Array(128)
/** The bits that one character alone sets. */
const bits = new Uint16Array(128)
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code)
  if (/[0-9]/.test(character)) kinds[code] = digit
  else if (/[a-z]/.test(character)) kinds[code] = lower
  else if (/[A-Z]/.test(character)) kinds[code] = upper
  else if (/[_+/=$~]/.test(character)) kinds[code] = tokenMark
  else if (/[-. ]/.test(character)) kinds[code] = separator
  if (code < 32 || code === 127) bits[code] = feature.control
}
for (const [characters, bit] of [
  // `(at)`
  ['@(', feature.at],
  [':=', feature.assign],
  ['?', feature.url],
  ['%\\', feature.encoded],
  ['&', feature.encoded],
  ['{[<', feature.bracket],
  ['"\'`', feature.quote],
] as const)
  for (const character of characters) {
    const code = character.charCodeAt(0)
    bits[code] = (bits[code] ?? 0) | bit
  }

/** The features of a text; 0 for one that no rule needs to see but those for words. */
export function featuresOf(text: string): number {
  work.characters += text.length
  let seen = 0
  let run = 0
  let digits = 0
  let gap = 0
  let dots = 0
  let colons = 0
  let hyphens = 0
  let before = 0
  let letterInWord = false
  let digitInWord = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) {
      seen |= wideBits(code)
      run = 0
      letterInWord = true
      before = code
      continue
    }
    seen |= bits[code] ?? 0
    const kind = kinds[code] ?? 0
    if (kind === digit) {
      run += 1
      digits += 1
      gap = 0
      digitInWord = true
      if (digits >= 6) seen |= feature.digits
      if (letterInWord) seen |= feature.mixed
    } else if (kind === lower || kind === upper) {
      run += 1
      digits = 0
      letterInWord = true
      if (digitInWord) seen |= feature.mixed
    } else {
      letterInWord = false
      digitInWord = false
      gap += 1
      if (kind === other || gap > 2) digits = code === 40 || code === 41 || code === 44 ? digits : 0
      if (kind === tokenMark) run += 1
      else if (code === 45 || code === 46) run += 1
      else run = 0
      if (code === 32) {
        dots = 0
        colons = 0
        hyphens = 0
      } else if (code === 46) {
        dots += 1
        if (dots >= 2) seen |= feature.address
      } else if (code === 58) {
        colons += 1
        if (colons >= 2) seen |= feature.address
      } else if (code === 45) {
        hyphens += 1
        if (hyphens >= 5) seen |= feature.address
      }
      if (code === 47 && before === 47) seen |= feature.url
      if (code === 45 && (before === 45 || before === 32)) seen |= feature.option
    }
    if (run >= 12) seen |= feature.run
    before = code
  }
  return seen
}

/** Beyond ASCII: digits of other scripts, full-width marks, and what is not printed or reorders the line. */
function wideBits(code: number): number {
  if (code === 0xff20 || code === 0xfe6b) return feature.wide | feature.at
  if (code === 0xff1a || code === 0xff1d || code === 0x2192 || code === 0x21d2 || code === 0xfe55)
    return feature.wide | feature.assign
  if (code === 0x201c || code === 0x201d || code === 0x2018 || code === 0x2019 || code === 0xab)
    return feature.wide | feature.quote
  // 0xdb40 opens the plane of tags, which are invisible.
  return isUnprintable(code) || code === 0xdb40 ? feature.wide | feature.control : feature.wide
}

/** C1 controls, soft hyphen, zero-width and bidirectional marks, line separators, tags, lone surrogates are judged elsewhere. */
export function isUnprintable(code: number): boolean {
  if (code < 32 || (code >= 0x7f && code <= 0x9f)) return true
  if (code < 0xad) return false
  return (
    code === 0xad ||
    code === 0x34f ||
    code === 0x61c ||
    (code >= 0x115f && code <= 0x1160) ||
    (code >= 0x17b4 && code <= 0x17b5) ||
    (code >= 0x180b && code <= 0x180f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0x3164 ||
    code === 0xfeff ||
    code === 0xffa0 ||
    (code >= 0xfff0 && code <= 0xfffb) ||
    (code >= 0xfe00 && code <= 0xfe0f)
  )
}
