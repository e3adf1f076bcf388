/**
 * Whether a pattern for identifiers does what its author believes: matches the whole value, and answers at once.
 *
 * Values come from requests, so a pattern that lets part of a value through, or that backtracks without end, is refused when
 * the application starts. The scan is cautious: it refuses some harmless patterns and says what to write instead.
 */

const sourceMax = 500

/** What is wrong with a pattern, as the end of a sentence; undefined when it may be used. */
export function checkPattern(pattern: unknown): string | undefined {
  if (!(pattern instanceof RegExp)) return 'must be a regular expression'
  const { source, flags } = pattern
  if (source.length > sourceMax) return `is longer than ${sourceMax} characters`
  if (/[^iuv]/.test(flags)) return `has the flag ${/[^iuv]/.exec(flags)?.[0]}; only i, u and v keep each test the same`
  if (!source.startsWith('^') || !/(?:^|[^\\])(?:\\\\)*\$$/.test(source)) return 'must begin with ^ and end with $'
  return scan(source, flags.includes('v'))
}

interface Group {
  /** True once something inside may be repeated without bound, or there is a choice. */
  varying: boolean
}

function scan(source: string, nests: boolean): string | undefined {
  const groups: Group[] = [{ varying: false }]
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    const group = groups.at(-1)
    if (group === undefined) return 'has a bracket too many'
    if (character === '\\') {
      at++
      if (/[1-9k]/.test(source[at] ?? '')) return 'refers back to a group, which can take very long'
    } else if (character === '[') {
      at = endOfClass(source, at, nests)
    } else if (character === '(') {
      if (/^\(\?<?[=!]/.test(source.slice(at, at + 4))) return 'looks ahead or behind; write it without'
      groups.push({ varying: false })
    } else if (character === ')') {
      groups.pop()
      const repeated = isUnbounded(source, at + 1)
      if (repeated && group.varying)
        return 'repeats a group that has a choice or repetition inside, which can take very long'
      const outer = groups.at(-1)
      if (outer !== undefined) outer.varying ||= group.varying || repeated
    } else if (character === '|') {
      if (groups.length === 1) return 'has a choice outside brackets, so that ^ and $ do not hold for all of it'
      group.varying = true
    } else if (isUnbounded(source, at)) {
      group.varying = true
    }
  }
  return undefined
}

/** Position of the bracket that closes the class opened at `from`. Only with the flag v do classes nest. */
function endOfClass(source: string, from: number, nests: boolean): number {
  let depth = 0
  for (let at = from; at < source.length; at++) {
    const character = source[at]
    if (character === '\\') at++
    else if (character === '[' && (nests || at === from)) depth++
    else if (character === ']' && --depth === 0) return at
  }
  return source.length
}

/** True where `*`, `+` or `{n,}` stands, or a counted repetition so long that it behaves like one. */
function isUnbounded(source: string, at: number): boolean {
  const character = source[at]
  if (character === '*' || character === '+') return true
  const counted = character === '{' ? /^\{(\d+)(,(\d*))?\}/.exec(source.slice(at, at + 24)) : null
  if (counted === null) return false
  const [, least, range, most] = counted
  return range !== undefined && most === '' ? true : Number(most ?? least) > 16
}
