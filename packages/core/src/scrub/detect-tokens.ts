/**
 * Tokens of known families wherever they stand. One expression finds all prefixes; the run of token characters around a hit is
 * measured once, however many prefixes stand in it.
 */
import { beginsWord } from './detect-context.ts'
import { work } from './linear-work.ts'
import type { Opening } from './scrubber.ts'
import { innerMarks, type TokenFamily, tokenFamilies } from './token-families.ts'

const byPrefix = new Map<string, TokenFamily[]>()
for (const family of tokenFamilies) byPrefix.set(family.prefix, [...(byPrefix.get(family.prefix) ?? []), family])
const escaped = [...byPrefix.keys()]
  .toSorted((a, b) => b.length - a.length)
  .map((prefix) => prefix.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
/** Every prefix, longest first; exported for the test that lints expressions. */
export const prefixes = new RegExp(escaped.join('|'), 'g')

/** The text with every known token replaced by `[token]`, or `[jwt]`. */
export function hideTokens(text: string, opening: Opening): string {
  work.characters += text.length
  prefixes.lastIndex = 0
  let out = ''
  let done = 0
  let runEnd = 0
  for (let match = prefixes.exec(text); match !== null; match = prefixes.exec(text)) {
    const at = match.index
    const [prefix] = match
    const family = byPrefix.get(prefix)?.find((one) => fits(one, text, at))
    if (family === undefined) {
      // Another prefix may begin within this one.
      prefixes.lastIndex = at + 1
      continue
    }
    if (at + prefix.length > runEnd) runEnd = endOfRun(text, at + prefix.length)
    out += text.slice(done, at) + (family.mask ?? '[token]')
    opening.removed(family.name)
    done = Math.max(runEnd, at + prefix.length)
    prefixes.lastIndex = done
  }
  const known = done === 0 ? text : out + text.slice(done)
  return hideMarked(known, opening)
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
  let hidden = text
  for (const { name, shape } of innerMarks) {
    work.characters += text.length
    hidden = hidden.replace(shape, () => {
      opening.removed(name)
      return '[token]'
    })
  }
  return hidden
}
