/**
 * Finds planted values in a text, in whatever spelling they came out.
 *
 * The text is decoded in every way a value may have been encoded, three times over, and every planted value, and every
 * fragment of it that would help somebody, is looked for in all that came of it. Case, width, kind of digit and zero-width
 * characters make no difference.
 */
import { decodings } from './decodings.ts'
import type { Planted } from './planted.ts'

export interface Leak {
  readonly planted: Planted
  /** `whole`, `fragment`, `reversed` or `regrouped`. */
  readonly form: 'whole' | 'fragment' | 'reversed' | 'regrouped'
  /** How the text had to be decoded to see it, such as `json > percent`; empty: it stands there. */
  readonly spelling: string
  /** What stands around it. */
  readonly excerpt: string
}

/** Every planted value that can be read out of `text`, once each. */
export function findLeaks(text: string, planted: readonly Planted[]): Leak[] {
  if (planted.length === 0) return []
  const readings = decodings(text).map(({ text: decoded, spelling }) => ({ spelling, folded: fold(decoded) }))
  const found: Leak[] = []
  for (const one of planted) {
    const leak = findOne(readings, one)
    if (leak !== undefined) found.push(leak)
  }
  return found
}

interface Reading {
  readonly spelling: string
  readonly folded: string
}

interface Needle {
  readonly text: string
  readonly form: Leak['form']
}

function findOne(readings: readonly Reading[], planted: Planted): Leak | undefined {
  for (const { text, form } of needlesOf(planted)) {
    for (const { folded, spelling } of readings) {
      const at = form === 'regrouped' ? (ungroup(folded).includes(text) ? 0 : -1) : find(folded, text)
      if (at >= 0)
        return { planted, form, spelling, excerpt: folded.slice(Math.max(0, at - 30), at + text.length + 15) }
    }
  }
  return undefined
}

/** Short numbers must stand alone: `917` within a trace id is no CVV. */
function find(text: string, needle: string): number {
  if (needle.length > 6 || !/^\d+$/.test(needle)) return text.indexOf(needle)
  return text.search(new RegExp(`(?<![\\w.]|[\\da-f]-)${needle}(?![\\w-]|\\.\\d)`))
}

const known = new Map<Planted, readonly Needle[]>()
const fragmentCharsMin = 8
const fragmentShare = 0.6

function needlesOf(planted: Planted): readonly Needle[] {
  const cached = known.get(planted)
  if (cached !== undefined) return cached
  const whole = fold(planted.value)
  const needles: Needle[] = [{ text: whole, form: 'whole' }]
  if (whole.length >= 12) needles.push({ text: [...whole].reverse().join(''), form: 'reversed' })
  if (grouping.has(planted.class) && /\d{3}/.test(ungroup(whole))) {
    needles.push({ text: ungroup(whole), form: 'regrouped' })
  }
  for (const text of fragmentsOf(planted)) needles.push({ text: fold(text), form: 'fragment' })
  known.set(planted, needles)
  return needles
}

const grouping: ReadonlySet<string> = new Set(['card', 'iban', 'phone', 'national id'])

/** The parts that say enough: see the cases. */
function fragmentsOf(planted: Planted): string[] {
  const { value, open } = planted
  switch (planted.class) {
    case 'secret':
    case 'token': {
      const hidden = value.slice(open)
      if (hidden.length <= fragmentCharsMin) return []
      return [hidden.slice(0, fragmentCharsMin), hidden.slice(-fragmentCharsMin), ...windows(hidden)]
    }
    case 'email':
      // The domain may stay, the person may not.
      return [value.slice(0, value.indexOf('@'))]
    case 'personal':
    case 'address':
      return value.split(/[\s,]+/).filter((word) => /^\p{L}{8,}$/u.test(word))
    case 'card':
    case 'iban':
    case 'phone':
    case 'national id':
      return value.length >= 12 ? windows(value) : []
    case 'network':
      return []
  }
}

/** Every piece of three fifths of the length. */
function windows(value: string): string[] {
  const size = Math.max(fragmentCharsMin, Math.ceil(value.length * fragmentShare))
  return Array.from({ length: Math.max(0, value.length - size) }, (_, at) => value.slice(at, at + size))
}

const invisible = /[\u00ad\u200b-\u200f\u2060\ufeff\0]/g

/** One spelling for all: compatibility forms, lower case, ASCII digits, nothing invisible. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .replace(invisible, '')
    .replace(/\p{Nd}/gu, (digit) => String(digitOf(digit)))
    .toLowerCase()
    .normalize('NFC')
}

/** Decimal digits come in runs of ten, each starting at a zero. */
function digitOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  if (code < 128) return code - 48
  let zero = code
  while (zero > code - 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1
  return (code - zero) % 10
}

/** Without what people put between groups of digits. */
const ungroup = (text: string): string => text.replace(/[\s().\-_/\u2010-\u2015]/g, '')
