/**
 * Patterns with `*`, which stands for any run of characters, also none and also `/`.
 *
 * Matched from left to right, each literal part at its first place behind the one before: that is right for globs, and needs
 * no backtracking whatever the text, which a client may have chosen.
 */
export interface Glob {
  readonly pattern: string
  /** False where the pattern is a plain text. */
  readonly wild: boolean
  matches(text: string): boolean
}

export const globCharsMax = 256

/** A pattern of at most 256 characters; `fold` ignores upper and lower case. */
export function compileGlob(pattern: string, fold = false): Glob {
  const spell = fold ? (text: string) => text.toLowerCase() : (text: string) => text
  const parts = spell(pattern).split(/\*+/)
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (parts.length === 1) return { pattern, wild: false, matches: (text) => spell(text) === first }
  const middle = parts.slice(1, -1)
  return { pattern, wild: true, matches: (text) => matchesParts(spell(text), first, middle, last) }
}

function matchesParts(text: string, first: string, middle: readonly string[], last: string): boolean {
  const end = text.length - last.length
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let from = first.length
  for (const part of middle) {
    const at = text.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}
