/**
 * In how many ways a pattern may try to match a short value: the bound on its backtracking.
 *
 * A sequence multiplies the ways of its parts, a choice adds them, a repetition tries every count. A pattern that repeats
 * without bound something which itself has more than one way is refused: that is where the time becomes exponential.
 */

/** Values have at most 64 characters, so nothing is repeated more often. */
const valueCharsMax = 64

interface Group {
  /** Of the finished alternatives. */
  sum: number
  /** Of the alternative being read, without its last part. */
  product: number
  /** Of the last part, which a repetition may still follow. */
  last: number
}

const openGroup = (): Group => ({ sum: 0, product: 1, last: 1 })
const waysOf = ({ sum, product, last }: Group): number => sum + product * last

/** The ways of a valid pattern's `source`, or what is wrong with it as the end of a sentence. `nests`: the flag v. */
export function countWays(source: string, nests: boolean): number | string {
  const outermost = openGroup()
  const groups: Group[] = [outermost]
  for (let at = 0; at < source.length; at++) {
    const character = source[at]
    const group = groups.at(-1)
    if (group === undefined) return 'has a bracket too many'
    if (character === '(') {
      if (/^\(\?<?[=!]/.test(source.slice(at, at + 4))) return 'looks ahead or behind; write it without'
      groups.push(openGroup())
      at += groupHead(source, at)
      continue
    }
    if (character === '|') {
      if (group === outermost) return 'has a choice outside brackets, so that ^ and $ do not hold for all of it'
      Object.assign(group, { sum: waysOf(group), product: 1, last: 1 })
      continue
    }
    const repetition = repetitionAt(source, at)
    if (repetition !== undefined) {
      if (repetition.most === Number.POSITIVE_INFINITY && group.last > 1)
        return 'repeats a group that has a choice or repetition inside, which can take very long'
      group.last = repeated(group.last, repetition.least, repetition.most)
      at += repetition.length - 1
      // Lazy: the same ways, in another order.
      if (source[at + 1] === '?') at++
      continue
    }
    if (character === '\\') {
      at++
      if (/[1-9k]/.test(source[at] ?? '')) return 'refers back to a group, which can take very long'
    } else if (character === '[') {
      at = endOfClass(source, at, nests)
    } else if (character === ')') {
      groups.pop()
      const outer = groups.at(-1)
      if (outer === undefined) return 'has a bracket too many'
      next(outer, waysOf(group))
      continue
    }
    next(group, 1)
  }
  return waysOf(outermost)
}

/** One part more: what came before can no longer be repeated. */
function next(group: Group, ways: number): void {
  group.product *= group.last
  group.last = ways
}

function repeated(ways: number, least: number, most: number): number {
  const top = Math.min(most, valueCharsMax)
  if (ways === 1) return Math.max(1, top - Math.min(least, top) + 1)
  let sum = 0
  for (let times = Math.min(least, top); times <= top; times++) sum += ways ** times
  return sum
}

/** `(?:`, `(?<name>` and modifiers such as `(?i:`: how far to go until the group's content begins. */
function groupHead(source: string, at: number): number {
  return (/^\(\?(?:<[^>]{1,100}>|[a-z-]{0,8}:)/.exec(source.slice(at, at + 110))?.[0].length ?? 1) - 1
}

interface Repetition {
  readonly least: number
  readonly most: number
  readonly length: number
}

function repetitionAt(source: string, at: number): Repetition | undefined {
  const character = source[at]
  if (character === '*') return { least: 0, most: Number.POSITIVE_INFINITY, length: 1 }
  if (character === '+') return { least: 1, most: Number.POSITIVE_INFINITY, length: 1 }
  if (character === '?') return { least: 0, most: 1, length: 1 }
  const counted = character === '{' ? /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(source.slice(at, at + 24)) : null
  if (counted === null) return undefined
  const [all, least, range, most] = counted
  const upTo = range === undefined ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most)
  return { least: Number(least), most: upTo, length: all.length }
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
