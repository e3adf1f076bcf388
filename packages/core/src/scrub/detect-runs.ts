/**
 * Runs of characters of one alphabet, found in one pass. An expression with a least length tries again at every character of a
 * run that is too short, which costs that length for each.
 */
import { work } from './linear-work.ts'

/** A table for `replaceRuns`: the ASCII characters of an alphabet. */
export function alphabet(characters: RegExp): Uint8Array {
  const table = new Uint8Array(128)
  for (let code = 0; code < 128; code++) if (characters.test(String.fromCharCode(code))) table[code] = 1
  return table
}

/** The text with each run of at least `min` characters replaced by what `replace` makes of it. */
export function replaceRuns(
  text: string,
  table: Uint8Array,
  min: number,
  replace: (run: string, start: number) => string,
): string {
  work.characters += text.length
  let out = ''
  let done = 0
  let start = 0
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 128
    if (code < 128 && table[code] === 1) continue
    if (i - start >= min) {
      const run = text.slice(start, i)
      const written = replace(run, start)
      if (written !== run) {
        out += text.slice(done, start) + written
        done = i
      }
    }
    start = i + 1
  }
  return done === 0 ? text : out + text.slice(done)
}
