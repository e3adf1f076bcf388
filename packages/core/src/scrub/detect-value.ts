/**
 * Where a value that must be hidden ends. Too far costs a word of a message, too short costs a secret: what is quoted goes to
 * its closing quote, what is nested to its closing bracket, what was cut to the end.
 */
import { placeholderAt } from './detect-context.ts'
import { work } from './linear-work.ts'

export interface Span {
  readonly start: number
  readonly end: number
}

/** Where the value behind the mark at `at` begins: behind the rest of the mark (`=>`, `==`, `:=`) and spaces. */
export function valueStart(text: string, at: number, mark: number): number {
  let start = at + 1
  while (start - at < 4 && isMark(text.charCodeAt(start))) start += 1
  // `{"password":    "x"}` as somebody pretty-printed it.
  while (start - at < 40 && isSpace(text.charCodeAt(start))) start += 1
  if (mark === 61 && text.charCodeAt(start) === 40) start += 1
  return start
}

const isMark = (code: number) => code === 61 || code === 62 || code === 126
const isSpace = (code: number) => code === 32 || code === 9 || code === 0xa0

/** The value that begins at `from`, for a name that began at `nameStart`. */
export function valueEnd(text: string, from: number, mark: number, as: string, nameStart: number): Span {
  const kept = placeholderAt(text, from)
  if (kept > 0) return { start: from, end: from + kept }
  const code = text.charCodeAt(from)
  if (Number.isNaN(code)) return { start: from, end: from }
  if (code === 10 || code === 13 || ((code === 124 || code === 62) && blockScalar.test(text.slice(from, from + 4))))
    return indented(text, from, nameStart)
  const quote = quoteAt(text, from)
  if (quote !== undefined) return quoted(text, from, quote)
  if (code === 123 || code === 91) return { start: from, end: closing(text, from) }
  if (as === 'cookies') return { start: from, end: lineEnd(text, from) }
  const scheme = authorization.exec(text.slice(from, from + 24))
  const bare = scheme === null ? from : from + scheme[0].length
  const masked = placeholderAt(text, bare)
  if (masked > 0) return { start: from, end: bare + masked }
  if (mark === 61) return { start: from, end: bareEnd(text, bare, as) }
  return { start: from, end: lineValueEnd(text, bare, as) }
}

const blockScalar = /^[|>][-+]?\r?\n/
const authorization = /^(?:Bearer|Basic|Digest|Negotiate|NTLM|Token|ApiKey|Api-Key|AWS4-HMAC-SHA256) {1,3}/i

interface Quote {
  /** How many backslashes stand before it: the depth of escaping, which its end must have too. */
  readonly slashes: number
  readonly close: number
}

function quoteAt(text: string, from: number): Quote | undefined {
  let at = from
  while (text.charCodeAt(at) === 92 && at - from < 16) at += 1
  const code = text.charCodeAt(at)
  const close =
    code === 34 || code === 39 || code === 96 ? code : code === 0x201c ? 0x201d : code === 0x2018 ? 0x2019 : undefined
  return close === undefined ? undefined : { slashes: at - from, close }
}

/** What stands between the quotes; also what `+` joins to it, as `util.inspect` breaks long strings. */
function quoted(text: string, from: number, quote: Quote): Span {
  const start = from + quote.slashes + 1
  let end = closingQuote(text, start, quote)
  for (;;) {
    const joined = continuation.exec(text.slice(end, end + 64))
    if (joined === null) return { start, end }
    end = closingQuote(text, end + joined[0].length, quote)
  }
}

const continuation = /^\\{0,8}["'`](?:\s|\\n){0,20}\+(?:\s|\\n){0,20}\\{0,8}["'`]/

/** Where the closing quote's own backslashes begin; the end of the text when it was cut. */
function closingQuote(text: string, start: number, { slashes, close }: Quote): number {
  let before = 0
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 92) {
      before += 1
      continue
    }
    if (code === close && (slashes === 0 ? before % 2 === 0 : before === slashes || before === 0)) {
      work.characters += i - start
      return slashes === 0 ? i : i - before
    }
    before = 0
  }
  work.characters += text.length - start
  return text.length
}

/** Behind the bracket that closes the one at `from`; brackets within quotes do not count. */
export function closing(text: string, from: number): number {
  let depth = 0
  let inQuote = 0
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inQuote !== 0) {
      if (code === 92) i += 1
      else if (code === inQuote) inQuote = 0
    } else if (code === 34 || code === 39 || code === 96) inQuote = code
    else if (code === 123 || code === 91) depth += 1
    else if (code === 125 || code === 93) {
      depth -= 1
      if (depth === 0) {
        work.characters += i - from
        return i + 1
      }
    }
  }
  work.characters += text.length - from
  return text.length
}

export function lineEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10 || code === 13) return i
    if (code === 92 && (text.charCodeAt(i + 1) === 110 || text.charCodeAt(i + 1) === 114)) return i
  }
  return text.length
}

/** Behind `=`: one word. A name or an address goes on while words begin with a capital or a digit. */
function bareEnd(text: string, from: number, as: string): number {
  let end = tokenEnd(text, from)
  if (as !== 'personal') return end
  for (let words = 0; words < 8; words++) {
    if (text.charCodeAt(end) !== 32 && text.charCodeAt(end) !== 43) return end
    const next = tokenEnd(text, end + 1)
    const word = text.slice(end + 1, Math.min(next, end + 64))
    if (!properWord.test(word) || nextName.test(word) || looksLikeId.test(word)) return end
    end = next
  }
  return end
}

const properWord = /^[\p{Lu}\p{Lo}\d]/u
const looksLikeId = /^(?:[0-9a-f]{8}-|[0-9a-f]{16,64}$|\d{4}-\d\d-\d\d)/
const nextName = /^[\w.$[\]-]{1,64}[=:]/

/** The end of a word: a space, quote, or a mark behind which another name is given a value. */
function tokenEnd(text: string, from: number): number {
  let i = from
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 32 || code === 34 || code === 39 || code === 96 || code === 0x2028) break
    if (code === 92) {
      const next = text.charCodeAt(i + 1)
      if (next === 110 || next === 114 || next === 116 || next === 34) break
    }
    if (
      code === 38 ||
      code === 59 ||
      code === 44 ||
      code === 124 ||
      code === 41 ||
      code === 93 ||
      code === 125 ||
      code === 62 ||
      code === 60
    ) {
      if (followsEnd.test(text.slice(i + 1, i + 68))) break
    }
  }
  work.characters += i - from
  return i
}

/** Behind a separator: nothing, a space, another closing mark, or the next name. */
const followsEnd = /^(?:$|[\s"'`)\]}>,;]|amp;|[\w.$%[\]-]{1,64}(?: [\w]{1,24})?\s?[=:])/

const wordsMax = 6
/** Twelve to twenty-four small words: what a wallet is recovered with. */
const walletWords = /^(?:[a-z]{3,8} ){11,23}[a-z]{3,8}/

/** Behind `:`: the rest of the clause, as passphrases and names have spaces; of a long one only the first word of a secret. */
function lineValueEnd(text: string, from: number, as: string): number {
  let end = tokenEnd(text, from)
  const first = end
  for (let words = 1; end < text.length; words++) {
    if (as === 'secret' && words > wordsMax) {
      const phrase = walletWords.exec(text.slice(from, from + 256))
      return phrase === null ? first : from + phrase[0].length
    }
    const code = text.charCodeAt(end)
    const comma = code === 44 && as === 'personal'
    if (code !== 32 && !comma) return end
    const begin = end + (comma ? 1 : 0)
    const skip = text.charCodeAt(begin) === 32 ? 1 : 0
    const next = tokenEnd(text, begin + skip)
    if (next === begin + skip) return end
    const word = text.slice(begin + skip, Math.min(next + 1, begin + skip + 72))
    if (nextName.test(word) || stops.test(word)) return end
    if (as === 'secret' && (clause.test(word) || looksLikeId.test(word))) return words <= 1 ? first : end
    if (looksLikeId.test(word)) return end
    end = next
    if (words > 40) return end
  }
  return end
}

const stops = /^(?:[|;{[(<–—-]|\[|[\w-]{1,30}"?:)/
/** Words that begin what a message says about a value. */
const clause =
  /^(?:for|from|at|on|in|by|is|was|has|does|did|not|and|or|but|because|after|before|with|request|expired|failed|rejected|attempt)$/

/** Lines indented further than the name: a block of YAML. */
function indented(text: string, from: number, nameStart: number): Span {
  const line = text.lastIndexOf('\n', nameStart) + 1
  const width = Math.min(nameStart - line, 64)
  let start = from
  while (start < text.length && text.charCodeAt(start) !== 10) start += 1
  let end = start
  while (end < text.length) {
    let i = end + 1
    while (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9) i += 1
    const deeper = i - end - 1 > width || text.charCodeAt(i) === 10 || text.charCodeAt(i) === 13
    const item = text.charCodeAt(i) === 45 && i - end - 1 >= width && text.charCodeAt(i + 1) === 32
    if (!(deeper || item) || i >= text.length) break
    end = text.indexOf('\n', i)
    if (end < 0) end = text.length
  }
  while (end > start && text.charCodeAt(end - 1) === 10) end -= 1
  return { start: end > start ? start + 1 : start, end }
}
