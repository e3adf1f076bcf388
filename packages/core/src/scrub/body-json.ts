/**
 * JSON in strings: alone, one value a line, or within a text. What parses is walked as any value is; what does not is left to
 * the rules for names and values, which need no closing bracket.
 */
import { closingJson } from './body-json-end.ts'
import { readLoose } from './body-loose.ts'
import { withheld } from './detect-context.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'

/** JSON longer than this is not opened. */
export const bodyCharsMax = 65_536

/** The text scrubbed as JSON or as lines of JSON; undefined when it is neither. */
export function openJson(text: string, opening: Opening): string | undefined {
  const trimmed = text.trim()
  const first = trimmed.charCodeAt(0)
  if (first !== 123 && first !== 91 && first !== 34) return undefined
  work.characters += text.length
  const one = scrubbedJson(trimmed, opening)
  if (one !== undefined) return one
  if (first === 34) return undefined
  const loose = printedValue(trimmed, 0, opening)
  if (typeof loose !== 'number' && loose.end === trimmed.length && loose.written !== trimmed) return loose.written
  if (first !== 123 || !trimmed.includes('\n')) return undefined
  const lines = trimmed.split(/\r?\n/)
  const opened = lines.map((line) => (line.trim() === '' ? '' : scrubbedJson(line, opening)))
  // A last line that was cut is not parsed; it is not shown either.
  if (opened.slice(0, -1).includes(undefined)) return undefined
  return opened.map((line, i) => line ?? withheld('json', lines[i] ?? '')).join('\n')
}

/** Every piece of JSON, and of what programs print of values, within the text, scrubbed in its place. */
export function openJsonWithin(text: string, opening: Opening): string {
  let out = ''
  let done = 0
  /** Up to here no closing bracket is looked for any more: one was, and what it closes is no JSON. */
  let looked = 0
  for (let at = nextOpen(text, 0); at >= 0; at = nextOpen(text, done)) {
    if (at >= looked) {
      const end = closingJson(text, at)
      looked = end ?? text.length
      // `{}` and `[]` hold nothing.
      if (end === at + 2) {
        out += text.slice(done, end)
        done = end
        continue
      }
      const written = end === undefined ? undefined : scrubbedJson(text.slice(at, end), opening)
      if (written !== undefined) {
        out += text.slice(done, at) + written
        done = looked
        continue
      }
    }
    const loose = printedValue(text, at, opening)
    const next = typeof loose === 'number' ? loose : loose.end
    out += typeof loose === 'number' ? text.slice(done, next) : text.slice(done, at) + loose.written
    done = next
  }
  return done === 0 ? text : out + text.slice(done)
}

/** What was printed, written as JSON; as it stood when there was nothing to hide. Where to go on when it is no such thing. */
function printedValue(text: string, at: number, opening: Opening): { written: string; end: number } | number {
  const read = readLoose(text, at)
  if (typeof read === 'number') return read
  // A placeholder stands in brackets too.
  if (typeof read.value !== 'object') return read.end
  const before = JSON.stringify(read.value) ?? 'null'
  const shown = JSON.stringify(opening.value(read.value, '')) ?? 'null'
  return { written: shown === before && !read.lossy ? text.slice(at, read.end) : shown, end: read.end }
}

/** `{"`, `[{`, `["`, `[1`, `{ name:` and the like; a bracket of prose is passed over. */
const opens =
  /[{[](?=\s{0,40}(?:["'`{[\]}]|-?\d|true|false|null))|\{(?=\s{0,40}[\w$-]{1,80}\s?(?::\s|=>))|\[(?=\s{0,40}[A-Z]\w{0,40} \{)/g

function nextOpen(text: string, from: number): number {
  opens.lastIndex = from
  return opens.exec(text)?.index ?? -1
}

/** How JSON begins and ends. */
const plausible =
  /^\s{0,40}(?:\{\s{0,400}["}][\s\S]*\}|\[\s{0,400}(?:["{[\]\d-]|true|false|null)[\s\S]*\]|"[\s\S]*")\s{0,40}$/

/** Digits beyond what a number holds: they would come back as others. */
const longNumber = /[:[,]\s{0,40}-?\d{16,}/

function scrubbedJson(text: string, opening: Opening): string | undefined {
  // An exception costs more than all the rest.
  if (!plausible.test(text)) return undefined
  let parsed: unknown
  try {
    parsed = longNumber.test(text)
      ? JSON.parse(text.replace(/([:[,]\s{0,40})(-?\d{16,400})(?=\s{0,40}[,\]}])/g, '$1"$2"'))
      : JSON.parse(text)
  } catch {
    return undefined
  }
  // A number or a word alone says no more as JSON than as text.
  if (typeof parsed !== 'object' && typeof parsed !== 'string') return undefined
  return JSON.stringify(opening.value(parsed, '')) ?? 'null'
}
