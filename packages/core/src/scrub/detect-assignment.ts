/**
 * Names and their values inside texts: `k=v`, `k: v`, `"k":"v"`, `k => v`, options of command lines, output of `util.inspect`,
 * JSON that was cut, in any depth of escaping. The name decides; a value that must be hidden goes whole.
 *
 * One pass over the marks that give a name a value. What was hidden is behind the pass, so no character is read twice for it.
 */
import { isWord, placeholderAt } from './detect-context.ts'
import { valueEnd, valueStart } from './detect-value.ts'
import { work } from './linear-work.ts'
import type { NameClass, Opening } from './scrubber.ts'
import { looksLikeFullName } from './walk-text.ts'

const nameCharsMax = 80

/** The text with the values of secret and personal names hidden. */
export function hideAssigned(text: string, opening: Opening): string {
  work.characters += text.length
  let out = ''
  let done = 0
  /** `{ name: 'password', value: 'x' }`: the value of one member names the next. */
  let pending: NameClass | undefined
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!isAssignment(text, code, i)) continue
    const name = nameEndingAt(text, i, done)
    if (name === undefined) continue
    // `?token= 200 12ms`: an empty parameter of a URL.
    if (code === 61 && text.charCodeAt(i + 1) === 32 && isParameterMark(text.charCodeAt(name.start - 1))) continue
    let as = classOf(name.words, opening)
    const key = name.words.at(-1) ?? ''
    if (pending !== undefined && valueNames.test(key)) as = pending
    const from = valueStart(text, i, code)
    if (!hides(as) && nameLike.test(key) && namesPerson(text, from)) as = 'personal'
    if (!hides(as)) {
      if (nameNames.test(key)) pending = classOfValue(text, from, opening) ?? pending
      continue
    }
    // `signing keys: 2 new`: how many.
    if (as === 'secret' && key.endsWith('s') && count.test(text.slice(from, from + 16))) continue
    if (pending !== undefined && valueNames.test(key)) pending = undefined
    const { start, end } = valueEnd(text, from, code, as, name.start)
    if (end <= start || placeholderAt(text, start) > 0 || harmless.test(text.slice(start, start + 16))) continue
    const mask = as === 'cookies' ? '[cookie]' : `[${as}]`
    out += text.slice(done, start) + mask
    opening.removed(as)
    done = end
    i = end - 1
  }
  return done === 0 ? text : out + text.slice(done)
}

/** Names that roles, tables and people share: the value decides. */
const nameLike = /(?:name|^fn|^cn|owner|author|customer|patient|display)$/i

function namesPerson(text: string, from: number): boolean {
  const match = /^\\{0,4}["'`]?([\p{L}\p{M}'’. -]{3,64})/u.exec(text.slice(from, from + 72))
  return match?.[1] !== undefined && looksLikeFullName(match[1].trim())
}

const count = /^\d{1,3}(?: [a-z]{2}|[,;.]?\s|$)/
const isParameterMark = (code: number) => code === 38 || code === 63

type Hidden = 'secret' | 'personal' | 'cookies'

function hides(as: NameClass): as is Hidden {
  return as === 'secret' || as === 'personal' || as === 'cookies'
}

/** Says nothing, and often the very fault. */
const harmless = /^(?:null|undefined|None|nil|true|false|\*{1,12}|\?|\$\d{1,4}|%[sd])(?:[\s,;&)\]}"'`]|$)/
/** Members that hold a name, and those that then hold its value. */
const nameNames = /^(?:name|key|field|header|param|property|path|column|label|attr|attribute|variable|k)$/i
const valueNames =
  /^(?:value|val|v|data|content|text|before|after|old|new|oldValue|newValue|old_value|new_value|from|to|was|current|previous|default|defaultValue|input|received|actual)$/i

/** `:` and `=` and their relatives; not `::`, `:=`'s first half, `://`, `==` read twice, `<=`, `>=`, `!=`. */
function isAssignment(text: string, code: number, i: number): boolean {
  if (code === 58) {
    const next = text.charCodeAt(i + 1)
    return next !== 58 && next !== 61 && text.charCodeAt(i - 1) !== 58
  }
  if (code === 61) {
    const before = text.charCodeAt(i - 1)
    return before !== 61
  }
  return code === 0xff1a || code === 0xff1d || code === 0x2192 || code === 0x21d2 || code === 0xfe55
}

interface Name {
  /** Where it begins, for the width of its indentation. */
  readonly start: number
  /** The name; of a bare one with a space in it, its last words, longest last. */
  readonly words: readonly string[]
}

/** The name that ends at the mark at `at`: quoted, or one to three bare words. */
function nameEndingAt(text: string, at: number, floor: number): Name | undefined {
  let end = at
  // `a == b`, `a := b`, `a <= b`, `Key (email)=(…)` have marks of their own before the mark.
  while (end > floor && at - end < 4 && isBeforeMark(text.charCodeAt(end - 1))) end -= 1
  const quote = text.charCodeAt(end - 1)
  // `[ip]:80`: what is hidden already is no name.
  if (quote === 93 && hiddenBefore(text, end)) return undefined
  if (quote === 34 || quote === 39 || quote === 96 || quote === 0x201d || quote === 0x2019 || quote === 93) {
    const quoted = quotedName(text, end - 1, floor, quote)
    if (quoted !== undefined) return quoted
  }
  const start = wordStart(text, end, floor)
  if (start === end) return undefined
  const words = [text.slice(start, end)]
  if (onlyDigits.test(words[0] ?? '')) return undefined
  // "credit card: 4111", "Date of birth: …", "API key = …": the last word alone says too little.
  let first = start
  for (let more = 0; more < 2 && text.charCodeAt(first - 1) === 32 && isLetter(text.charCodeAt(first - 2)); more++) {
    const before = wordStart(text, first - 1, floor)
    if (before === first - 1 || text.charCodeAt(first - 2) === 93) break
    first = before
    words.push(text.slice(first, end))
  }
  return { start, words }
}

const isLetter = (code: number) => (code | 32) >= 97 && ((code | 32) <= 122 || code > 0xbf)
const onlyDigits = /^[\d.]{1,80}$/
const isBeforeMark = (code: number) =>
  code === 32 || code === 58 || code === 63 || code === 33 || code === 41 || code === 60

function hiddenBefore(text: string, end: number): boolean {
  const lead = text.slice(Math.max(0, end - 48), end)
  return placeholderAt(lead, lead.lastIndexOf('[')) > 0
}

function quotedName(text: string, close: number, floor: number, quote: number): Name | undefined {
  const opens = quote === 0x201d ? 0x201c : quote === 0x2019 ? 0x2018 : quote === 93 ? 91 : quote
  let end = close
  while (end > floor && text.charCodeAt(end - 1) === 92) end -= 1
  const lowest = Math.max(floor, end - nameCharsMax)
  for (let i = end - 1; i >= lowest; i--) {
    const code = text.charCodeAt(i)
    if (code === opens) {
      const name = text.slice(i + 1, end).replace(/^["'\\]{1,8}|["'\\]{1,8}$/g, '')
      // `user[password]=x` is one name; `[password]: x` is another.
      if (quote === 93) {
        const start = wordStart(text, i, floor)
        return name === '' ? undefined : { start, words: [name, text.slice(start, end + 1)] }
      }
      return name === '' ? undefined : { start: i, words: [name] }
    }
    if (code === 10) return undefined
  }
  return undefined
}

function wordStart(text: string, end: number, floor: number): number {
  const lowest = Math.max(floor, end - nameCharsMax)
  let start = end
  while (start > lowest && isNameCharacter(text.charCodeAt(start - 1))) start -= 1
  // `\npassword=x`: the escape's letter belongs to no name.
  if (start < end && text.charCodeAt(start - 1) === 92 && escapeLetter.test(text.charAt(start))) start += 1
  return start
}

const escapeLetter = /[nrtbfv]/
const isNameCharacter = (code: number) =>
  isWord(code) ||
  code === 45 ||
  code === 46 ||
  code === 36 ||
  code === 91 ||
  code === 93 ||
  (code > 0xbf && code < 0xff00 && code !== 0x3000 && !(code >= 0x2000 && code <= 0x2bff))

/** What the shortest name of them says that says anything about hiding; else what the last word says. */
function classOf(words: readonly string[], opening: Opening): NameClass {
  let first: NameClass = 'free'
  for (let i = 0; i < words.length; i++) {
    const as = opening.classify(words[i] ?? '')
    if (hides(as)) return as
    if (i === 0 || as === 'id' || as === 'time') first = as
  }
  return first
}

/** What the value is called by, when it is itself the name of something hidden. */
function classOfValue(text: string, from: number, opening: Opening): NameClass | undefined {
  const match = simpleValue.exec(text.slice(from, from + nameCharsMax))
  const as = match?.[1] === undefined ? 'free' : opening.classify(match[1])
  return hides(as) ? as : undefined
}

const simpleValue = /^\\{0,4}["'`]?([\p{L}\p{N}_.$[\]-]{1,64})\\{0,4}(?:["'`,;\s&]|$)/u
