/**
 * Lines of names and values: `level=info user.id=42 msg="x"`, and `name: value` or `NAME=value` one a line. The whole is read as
 * the object it was, so that names which only mean something together do.
 */
import { Nested } from './body-flat.ts'
import { work } from './linear-work.ts'
import type { NameClass, Opening } from './scrubber.ts'

type ScrubText = (text: string, as: NameClass, opening: Opening) => string

interface Pair {
  readonly name: string
  readonly value: unknown
  /** Where the value stands, with its quotes. */
  readonly start: number
  readonly end: number
  readonly quoted: boolean
  /** The value goes to the end of the line: nothing needs quotes. */
  readonly line: boolean
}

const pairsMax = 512

/** The text with hidden values hidden; undefined when it is not made of names and values. */
export function openPairs(text: string, opening: Opening, scrub: ScrubText): string | undefined {
  const mark = text.indexOf('=')
  const lines = text.includes('\n') || text.includes('\\n') ? pairsOfLines(text) : undefined
  if (lines !== undefined) return written(text, lines, 0, opening, scrub)
  if (mark <= 0) return undefined
  const from = text.lastIndexOf(' ', mark) + 1
  const pairs = pairsOfWords(text, from)
  return pairs === undefined || pairs.length < 2 ? undefined : written(text, pairs, from, opening, scrub)
}

function written(text: string, pairs: readonly Pair[], from: number, opening: Opening, scrub: ScrubText): string {
  const nested = new Nested(pairs)
  const scrubbed = nested.roots.map((root) => opening.value(root, ''))
  let out = from === 0 ? '' : scrub(text.slice(0, from).trimEnd(), 'free', opening)
  let done = from === 0 ? 0 : text.slice(0, from).trimEnd().length
  for (const [i, { name, value, start, end, quoted, line }] of pairs.entries()) {
    const shown = nested.read(i, scrubbed)
    if (shown === value) continue
    if (shown === undefined) {
      // The name itself must not be read.
      const nameStart = text.lastIndexOf(name, start)
      out += `${text.slice(done, Math.max(done, nameStart))}withheld${text.slice(nameStart + name.length, start)}[withheld]`
    } else {
      const said = typeof shown === 'string' ? shown : (JSON.stringify(shown) ?? '')
      out += text.slice(done, start) + (!line && (quoted || /[\s"=]/.test(said)) ? JSON.stringify(said) : said)
    }
    done = end
  }
  return out + text.slice(done)
}

/** `name=value name="value"` from `from` to the end, and nothing else. */
function pairsOfWords(text: string, from: number): Pair[] | undefined {
  work.characters += text.length
  const pairs: Pair[] = []
  let at = from
  while (at < text.length) {
    let mark = at
    while (mark < text.length && mark - at <= 96 && isName(text.charCodeAt(mark))) mark += 1
    if (mark === at || text.charCodeAt(mark) !== 61 || pairs.length === pairsMax) return undefined
    const start = mark + 1
    const quote = text.charCodeAt(start)
    const quoted = quote === 34 || quote === 39
    const end = quoted ? closing(text, start + 1, quote) : wordEnd(text, start)
    if (end < 0) return undefined
    const raw = text.slice(start, end)
    const value = quoted ? inner(raw) : typed(raw)
    if (value === undefined) return undefined
    pairs.push({ name: text.slice(at, mark), value, start, end, quoted, line: false })
    at = end
    if (at < text.length && text.charCodeAt(at) !== 32) return undefined
    while (text.charCodeAt(at) === 32) at += 1
  }
  return pairs
}

/** No mark of a URL, a form, a call or a list. */
const isName = (code: number) =>
  (code >= 48 && code <= 58) ||
  (code >= 65 && code <= 91) ||
  (code >= 97 && code <= 122) ||
  (code >= 45 && code <= 47) ||
  code === 93 ||
  code === 95 ||
  code === 36 ||
  code === 64 ||
  (code > 0xbf && code !== 0x3000 && !(code >= 0x2000 && code <= 0x206f) && code < 0xff1c)

function closing(text: string, from: number, quote: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 92) i += 1
    else if (code === quote) return i + 1
  }
  return -1
}

/** A value without quotes; -1 for one that holds further names, which have rules of their own. */
function wordEnd(text: string, from: number): number {
  const space = text.indexOf(' ', from)
  const end = space < 0 ? text.length : space
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === 34 || code === 39 || code === 123 || code === 10 || code === 40) return -1
    if ((code === 38 || code === 59 || code === 44) && furtherName.test(text.slice(i + 1, Math.min(end, i + 66))))
      return -1
    if (code === 91 && text.charCodeAt(end - 1) !== 93 && i === from) return -1
  }
  return end
}

const furtherName = /^(?:$|[\w.$[\]%-]{1,64}[=:])/

function inner(raw: string): unknown {
  if (!raw.includes('\\')) return raw.slice(1, -1)
  if (raw.startsWith("'")) return undefined
  try {
    const read: unknown = JSON.parse(raw)
    return read
  } catch {
    return undefined
  }
}

const number = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{0,14}[1-9])?$/

function typed(raw: string): unknown {
  if (raw === 'true') return true
  if (raw === 'false') return false
  return number.test(raw) ? Number(raw) : raw
}

/** Behind a line end, or what an earlier pass made of one. */
const lineEnd = /\r?\n|(?:\\r)?\\n/g
const named = /^(?:export )?([\p{L}\p{N}_.$[\]/:@-]{1,96}?)(?:=|: )/u

/** One name and one value on each line, two lines at least. */
function pairsOfLines(text: string): Pair[] | undefined {
  work.characters += text.length
  const pairs: Pair[] = []
  let at = 0
  lineEnd.lastIndex = 0
  while (at <= text.length) {
    const found = lineEnd.exec(text)
    const end = found?.index ?? text.length
    if (end > at && text.charCodeAt(at) !== 35) {
      const lead = named.exec(text.slice(at, Math.min(end, at + 112)))
      if (lead === null || pairs.length === pairsMax) return undefined
      const start = at + lead[0].length
      const raw = text.slice(start, end)
      if (raw.startsWith('|') || raw.startsWith('>')) return undefined
      const quoted = raw.length > 1 && raw.startsWith('"') && raw.endsWith('"')
      const value = quoted ? inner(raw) : typed(raw)
      if (value === undefined) return undefined
      pairs.push({ name: lead[1] ?? '', value, start, end, quoted, line: !quoted })
    }
    if (found === null) break
    at = lineEnd.lastIndex
  }
  return pairs.length < 2 ? undefined : pairs
}
