/**
 * JSON in strings: alone, one value a line, or within a text. What parses is walked as any value is; what does not is left to
 * the rules for names and values, which need no closing bracket.
 */
import { closingJson } from './body-json-end.ts'
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
  if (first !== 123 || !trimmed.includes('\n')) return undefined
  const lines = trimmed.split(/\r?\n/)
  const opened = lines.map((line) => (line.trim() === '' ? '' : scrubbedJson(line, opening)))
  // A last line that was cut is not parsed; it is not shown either.
  if (opened.slice(0, -1).includes(undefined)) return undefined
  return opened.map((line, i) => line ?? withheld('json', lines[i] ?? '')).join('\n')
}

/** Every balanced piece of JSON within the text, scrubbed in its place. */
export function openJsonWithin(text: string, opening: Opening): string {
  let out = ''
  let done = 0
  for (let at = nextOpen(text, 0); at >= 0; at = nextOpen(text, Math.max(at + 1, done))) {
    const end = closingJson(text, at)
    if (end === undefined) break
    work.characters += end - at
    const written = scrubbedJson(text.slice(at, end), opening)
    if (written === undefined) {
      // What stands inside a piece that is no JSON is left to the rules for names.
      out += text.slice(done, end)
    } else out += text.slice(done, at) + written
    done = end
  }
  return done === 0 ? text : out + text.slice(done)
}

/** `{"`, `[{`, `["`, `[1` and the like; a bracket of prose is passed over. */
const opens = /[{[](?=\s{0,40}(?:["{[\]}]|-?\d|true|false|null))/g

function nextOpen(text: string, from: number): number {
  opens.lastIndex = from
  return opens.exec(text)?.index ?? -1
}

/** Digits beyond what a number holds: they would come back as others. */
const longNumber = /[:[,]\s{0,40}-?\d{16,}/

function scrubbedJson(text: string, opening: Opening): string | undefined {
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
