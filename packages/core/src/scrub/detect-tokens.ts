/**
 * Tokens of known families wherever they stand. One expression finds all prefixes; the run of token characters around a hit is
 * measured once, however many prefixes stand in it.
 */
import { beginsWord } from './detect-context.ts'
import { alphabet, replaceRuns } from './detect-runs.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'
import { innerMarks, type TokenFamily, tokenFamilies } from './token-families.ts'

/** Families by the first two characters of their prefix, longest first: most places of a run are passed over by one look. */
const beginnings: TokenFamily[][] = []
for (const family of tokenFamilies.toSorted((a, b) => b.prefix.length - a.prefix.length)) {
  const pair = family.prefix.charCodeAt(0) * 128 + family.prefix.charCodeAt(1)
  beginnings[pair] = [...(beginnings[pair] ?? []), family]
}
const tokenCharacters = alphabet(/[\w.$+/=:~-]/)
const runCharsMin = 15

/** The text with every known token replaced by `[token]`, or `[jwt]`. */
export function hideTokens(text: string, opening: Opening): string {
  return replaceRuns(text, tokenCharacters, runCharsMin, (run, start) => withoutTokens(text, run, start, opening))
}

/** True when a token of a known family stands in the text, a short one. */
export function holdsToken(text: string): boolean {
  if (text.length < runCharsMin || text.length > 1_024) return false
  for (let at = 0; at < text.length - 1; at++) {
    const families = beginnings[text.charCodeAt(at) * 128 + text.charCodeAt(at + 1)]
    if (families?.some((one) => text.startsWith(one.prefix, at) && fits(one, text, at))) return true
  }
  return innerMarks.some(({ needs, shape }) => text.includes(needs) && text.search(shape) >= 0)
}

function withoutTokens(text: string, run: string, start: number, opening: Opening): string {
  work.characters += run.length
  let out = ''
  let done = 0
  for (let at = 0; at < run.length - 1; at++) {
    const families = beginnings[run.charCodeAt(at) * 128 + run.charCodeAt(at + 1)]
    if (families === undefined) continue
    const family = families.find((one) => run.startsWith(one.prefix, at) && fits(one, text, start + at))
    if (family === undefined) continue
    out += run.slice(done, at) + (family.mask ?? '[token]')
    opening.removed(family.name)
    done = endOfRun(run, at + family.prefix.length)
    at = done - 1
  }
  return hideMarked(done === 0 ? run : out + run.slice(done), opening)
}

function fits(family: TokenFamily, text: string, at: number): boolean {
  if (family.boundary && !beginsWord(text, at)) return false
  family.shape.lastIndex = at + family.prefix.length
  return family.shape.test(text)
}

/** Behind the characters a token may have; a full stop at the end belongs to the sentence. */
function endOfRun(text: string, from: number): number {
  let end = from
  while (end < text.length && isTokenCharacter(text.charCodeAt(end))) end += 1
  work.characters += end - from
  while (end > from && text.charCodeAt(end - 1) === 46) end -= 1
  return end
}

const isTokenCharacter = (code: number) =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 ||
  code === 45 ||
  code === 46 ||
  code === 43 ||
  code === 47 ||
  code === 61 ||
  code === 126

function hideMarked(text: string, opening: Opening): string {
  if (text.length < 34) return text
  let hidden = text
  for (const { name, needs, shape } of innerMarks) {
    if (!hidden.includes(needs)) continue
    work.characters += text.length
    hidden = hidden.replace(shape, () => {
      opening.removed(name)
      return '[token]'
    })
  }
  return hidden
}
