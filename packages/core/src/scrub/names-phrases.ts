/**
 * The strongest thing that the words of a name say: every reading of it is looked up as phrases, longest first, and a phrase
 * hits unless the name goes on to something harmless.
 */
import { foldDigitLetters, foldLookAlikes, wordsOf } from './names-fold.ts'
import * as neutral from './names-neutral.ts'
import { affixWords, containedWords, type NameRule, setOf, stems } from './names-rules.ts'
import { segmentsOf } from './names-segments.ts'
import type { NameClass } from './scrubber.ts'

const windowWordsMax = 6

const sets = {
  measures: setOf(neutral.measures),
  states: setOf(neutral.states),
  measurePrefixes: setOf(neutral.measurePrefixes),
  tokenAmounts: setOf(neutral.tokenAmounts),
  times: setOf(neutral.times),
  idEnds: setOf(neutral.idEnds),
  urlEnds: setOf(neutral.urlEnds),
  shown: setOf(neutral.shown),
  personNouns: setOf(neutral.personNouns),
} as const

/** What was found; `rule` where a phrase hit. */
export interface Hit {
  readonly as: NameClass
  readonly rule?: NameRule
}

/** The verdict over every reading of a name: as it is, with look-alikes replaced, cut into words where none are set apart. */
export function strongest(
  folded: string,
  words: readonly string[],
  joined: string,
  table: ReadonlyMap<string, NameRule>,
): Hit {
  if (sets.shown.has(joined)) return none
  let hit = phrases(words, table)
  if (hit.as === 'secret') return hit
  const known = (piece: string) => isPiece(piece, table)
  const cutWords = words.flatMap((word) => (table.has(word) ? [word] : (segmentsOf(word, known) ?? [word])))
  if (cutWords.length !== words.length) hit = stronger(hit, phrases(cutWords, table))
  const alike = foldLookAlikes(folded.toLowerCase())
  if (alike !== folded.toLowerCase()) hit = stronger(hit, phrases(wordsOf(foldLookAlikes(lowerKeeping(folded))), table))
  if (joined.length >= 2 && !/^[a-z0-9]*$/.test(joined)) hit = stronger(hit, contained(joined))
  if (/[a-z][013457$@!]|[013457$@!][a-z]/.test(alike)) {
    const meant = foldDigitLetters(alike)
    hit = stronger(hit, stronger(stemmed(meant), phrases(wordsOf(meant), table)))
  }
  // Within a word that nothing divides: where words are set apart, the phrases have had their say.
  if (hit.as === 'free') for (const word of words) hit = stronger(hit, stemmed(word))
  return hit
}

/** Look-alikes are listed in lower case: words are set apart first. */
function lowerKeeping(folded: string): string {
  return wordsOf(folded).join(' ')
}

const none: Hit = { as: 'free' }

function stronger(one: Hit, other: Hit): Hit {
  if (one.as === 'secret' || other.as === 'free') return one
  return other.as === 'secret' || one.as !== 'personal' ? other : one
}

/** The strongest phrase in a row of words. */
function phrases(words: readonly string[], table: ReadonlyMap<string, NameRule>): Hit {
  let hit = none
  let begin = 0
  while (begin < words.length) {
    let joined = ''
    let longest: NameRule | undefined
    let after = begin + 1
    let plural = false
    for (let end = begin; end < words.length && end < begin + windowWordsMax; end++) {
      joined += words[end]
      const rule = table.get(joined)
      const found = rule ?? singular(joined, table)
      if (found === undefined || !reaches(found, words, begin, end + 1)) continue
      longest = found
      after = end + 1
      plural = rule === undefined
    }
    if (longest !== undefined) hit = stronger(hit, hitOf(longest, words, begin, after, plural))
    // A phrase that turned out harmless may share its words with one that is not: `SLACK_WEBHOOK_URL`.
    begin = longest === undefined || hit.as !== 'secret' ? begin + 1 : after
  }
  return hit
}

function singular(joined: string, table: ReadonlyMap<string, NameRule>): NameRule | undefined {
  if (!joined.endsWith('s') || joined.length < 4) return undefined
  if (joined.endsWith('ies')) return table.get(`${joined.slice(0, -3)}y`)
  return table.get(joined.slice(0, -1)) ?? (joined.endsWith('es') ? table.get(joined.slice(0, -2)) : undefined)
}

export const isDigits = (word: string) => word >= '0' && word < ':'

function reaches(rule: NameRule, words: readonly string[], begin: number, end: number): boolean {
  if (rule.reach === 'anywhere') return true
  for (let i = end; i < words.length; i++) if (!isDigits(words[i] ?? '')) return false
  if (rule.reach === 'atTheEnd' || begin === 0) return true
  // `patientNhs`, `customerSin`; but `lastLogin` is not a login.
  return begin === 1 && !rule.soft && sets.personNouns.has(words[0] ?? '')
}

/** What a phrase says when the words behind and before it are heard too. */
function hitOf(rule: NameRule, words: readonly string[], begin: number, after: number, plural: boolean): Hit {
  if (begin > 0 && sets.measurePrefixes.has(words[0] ?? '')) return none
  if (plural && words[after - 1] === 'tokens' && words.slice(0, begin).some((word) => sets.tokenAmounts.has(word)))
    return none
  let last = ''
  for (let i = words.length - 1; i >= after && last === ''; i--) if (!isDigits(words[i] ?? '')) last = words[i] ?? ''
  if (last === '') return { as: rule.as, rule }
  if (sets.measures.has(last)) return none
  if (sets.idEnds.has(last)) return { as: 'id' }
  if (rule.sensitive) return { as: rule.as, rule }
  if (sets.states.has(last) || words[after] === 'check' || words[after] === 'opt') return none
  if (sets.times.has(last)) return { as: 'time' }
  if (sets.urlEnds.has(last)) return { as: 'url' }
  return last === 'name' && rule.as === 'secret' ? none : { as: rule.as, rule }
}

function isPiece(piece: string, table: ReadonlyMap<string, NameRule>): boolean {
  if (affixWords.has(piece)) return true
  if (piece.length < 3) return false
  const rule = table.get(piece) ?? singular(piece, table)
  return rule !== undefined && rule.reach !== 'alone'
}

function contained(joined: string): Hit {
  let hit = none
  for (const [word, as] of containedWords) if (joined.includes(word)) hit = stronger(hit, { as })
  return hit
}

function stemmed(joined: string): Hit {
  for (const [stem, as] of stems) {
    const at = joined.indexOf(stem)
    // The word alone is a phrase, and was looked up as one.
    if (at < 0 || joined === stem) continue
    const rest = joined.slice(at + stem.length)
    if (!sets.measures.has(rest) && !sets.states.has(rest) && rest !== 'less') return { as }
  }
  return none
}
