/**
 * Strings within texts: JSON in percent-encoding, and texts in quotes that have escapes in them. Each is read once, scrubbed as the
 * string it is, and written as it stood when nothing was found in it.
 */
import { deeper, depthMax } from './body.ts'
import { withoutPercent } from './embedded.ts'
import { work } from './linear-work.ts'
import type { NameClass, Opening } from './scrubber.ts'

type ScrubText = (text: string, as: NameClass, opening: Opening) => string

/** The text with strings that hold something to hide written anew. */
export function openStringsWithin(text: string, opening: Opening, scrub: ScrubText): string {
  if (opening.depth >= depthMax) return text
  const shown = text.includes('%') ? openEncoded(text, opening, scrub) : text
  return shown.includes('\\') && shown.includes('"') ? openQuoted(shown, opening, scrub) : shown
}

/** `%7B%22`, `%257B%2522`: where JSON or markup begins. */
export const encodedBody = /%(?:25){0,2}(?:7[Bb]|5[Bb]|22|3[Cc])[^\s"<>&\\]{4,65536}/g

function openEncoded(text: string, opening: Opening, scrub: ScrubText): string {
  work.characters += text.length
  return text.replace(encodedBody, (match) => {
    // Only so often that it begins to read: what a value was encoded in is undone where that value is scrubbed.
    let read = withoutPercent(match)
    for (let again = 0; again < 2 && read.startsWith('%'); again++) read = withoutPercent(read)
    const shown = scrub(read, 'free', deeper(opening))
    return shown === read ? match : shown
  })
}

/** Texts in double quotes whose escapes say that they were written as a string of a program. */
function openQuoted(text: string, opening: Opening, scrub: ScrubText): string {
  work.characters += text.length
  let out = ''
  let done = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    const { end, escaped } = closing(text, at)
    // An escaped quote opens nothing here: it belongs to a string whose beginning is not in the text.
    if (escaped && text.charCodeAt(at - 1) !== 92) {
      const written = opened(text.slice(at + 1, end), opening, scrub)
      if (written !== undefined) {
        out += `${text.slice(done, at)}"${written}`
        done = end
      }
    }
    at = end
  }
  return done === 0 ? text : out + text.slice(done)
}

function closing(text: string, open: number): { end: number; escaped: boolean } {
  let escaped = false
  for (let i = open + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 92) {
      escaped = true
      i += 1
    } else if (code === 34) return { end: i, escaped }
  }
  return { end: text.length, escaped }
}

/** What stands between the quotes, scrubbed and escaped again; undefined when it stays, or is no string of JSON. */
function opened(inner: string, opening: Opening, scrub: ScrubText): string | undefined {
  // An exception costs more than a look.
  if (inner.length < 4 || badEscape.test(inner)) return undefined
  let read: unknown
  try {
    read = JSON.parse(`"${inner.replace(control, '')}"`)
  } catch {
    return undefined
  }
  if (typeof read !== 'string') return undefined
  const shown = scrub(read, 'free', deeper(opening))
  // A line end comes back as an escape; that alone is no finding.
  const written = JSON.stringify(shown).slice(1, -1)
  return JSON.stringify(shown.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\r', '\r')) ===
    JSON.stringify(read)
    ? undefined
    : written
}

const badEscape = /\\(?!["\\/bfnrtu])/
const control = /[\n\r\t]/g
