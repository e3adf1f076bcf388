/**
 * What the name of a member says about its value.
 *
 * A name is folded to one spelling and cut into words (`names-fold.ts`), and its words are looked up as phrases, longest
 * first. A secret or personal phrase hits unless the name goes on to something harmless: `accessToken` hits, `tokenCount`
 * does not. Verdicts are cached: the warm cost of a name is one look-up, the first one is bounded by 128 characters.
 */
import { BoundedCache } from './bounded-cache.ts'
import { foldDigitLetters, foldLetters, foldLookAlikes, wordsOf } from './names-fold.ts'
import * as neutral from './names-neutral.ts'
import { affixWords, containedWords, listOf, type NameRule, type OwnNames, phraseTable, stems } from './names-rules.ts'
import { segmentsOf } from './names-segments.ts'
import { isPlaceholder } from './placeholder.ts'
import { isPlainKey } from './plain-key.ts'
import type { NameClass } from './scrubber.ts'

/** A name's verdict, as the walk uses it. */
export interface Judgement {
  readonly as: NameClass
  /** What stands in the place of a hidden value. */
  readonly placeholder: string
  /** Sum of `passes`: values that are shown although the name hits. */
  readonly passes: number
  /** Sum of `roles`. */
  readonly roles: number
  /** The name is made of words and may be written as it is. */
  readonly plain: boolean
}

/** Kinds of values that a name lets pass: true and false, numbers, objects (which are looked into), opaque ids, words. */
export const passes = { booleans: 1, numbers: 2, objects: 4, ids: 8, words: 16 } as const

/** What else a name does in its object. */
export const roles = {
  /** Its value names the value of another key: `{ name: 'password', value }`. */
  pairName: 1,
  pairValue: 2,
  /** An object under it is about a person. */
  person: 4,
  /** Personal where the object is about a person: `name`, `state`. */
  personPart: 8,
  /** A person's full name is looked for under it. */
  name: 16,
  /** Shows that its object is about a person. */
  contact: 32,
  sql: 64,
  bindings: 128,
  argv: 256,
  stack: 512,
  /** Says nothing about its object: what is true of the parent stays true. */
  container: 1024,
  /** Like `personPart`, but a plain word in it is a state. */
  placePart: 2048,
  /** Its items are the frames of an error. */
  frames: 4096,
  /** Gives short names beside it a meaning. */
  companion: 8192,
  /** Names of columns, and their values. */
  columnNames: 16_384,
  columnValues: 32_768,
} as const

/** Judges names; the words of an application's own come on top of the built-in ones. */
export interface Names {
  judge(name: string): Judgement
}

const nameCharsMax = 128
const windowWordsMax = 6
const cachedNames = 4_000

const sets = {
  measures: setOf(neutral.measures),
  states: setOf(neutral.states),
  measurePrefixes: setOf(neutral.measurePrefixes),
  tokenAmounts: setOf(neutral.tokenAmounts),
  booleanPrefixes: setOf(neutral.booleanPrefixes),
  times: setOf(neutral.times),
  ids: setOf(neutral.ids),
  idEnds: setOf(neutral.idEnds),
  urls: setOf(neutral.urls),
  urlEnds: setOf(neutral.urlEnds),
  bodies: setOf(neutral.bodies),
  queries: setOf(neutral.queries),
  headers: setOf(neutral.headerNames),
  cookies: setOf(neutral.cookieNames),
  shown: setOf(neutral.shown),
} as const

const roleSets: readonly (readonly [ReadonlySet<string>, number])[] = [
  [setOf(neutral.pairNames), roles.pairName],
  [setOf(neutral.pairValues), roles.pairValue],
  [setOf(neutral.personNouns), roles.person],
  [setOf(neutral.personParts), roles.personPart],
  [setOf(neutral.fullNames), roles.name],
  [setOf(neutral.sqlTexts), roles.sql],
  [setOf(neutral.bindings), roles.bindings],
  [setOf(neutral.argvNames), roles.argv],
  [new Set(['stack', 'stacktrace', 'errorstack', 'backtrace', 'componentstack']), roles.stack],
  [setOf(neutral.containers), roles.container],
  [setOf(neutral.placeParts), roles.placePart],
  [new Set(['frames']), roles.frames],
  [new Set(Object.keys(neutral.companions)), roles.companion],
  [setOf(neutral.columnLists), roles.columnNames],
  [setOf(neutral.columnValues), roles.columnValues],
]

function setOf(words: string): ReadonlySet<string> {
  return new Set(listOf(words))
}

/** What was put in the place of a name. */
const saysNothing: Judgement = Object.freeze({ as: 'free', placeholder: '', passes: 0, roles: 0, plain: true })

/** Names judged with words of an application's own. `shown` names never hit, whatever they say. */
export function createNames(own: OwnNames, shown: readonly string[]): Names {
  const cache = new BoundedCache<Judgement>(cachedNames)
  const table = phraseTable(own)
  const shownNames = new Set(shown)
  return Object.freeze({
    judge(name: string): Judgement {
      const before = cache.get(name)
      if (before !== undefined) return before
      const verdict = isPlaceholder(name) ? saysNothing : Object.freeze(judge(name, table, shownNames))
      // A long name is data more often than a name, and is not kept.
      if (name.length <= nameCharsMax) cache.set(name, verdict)
      return verdict
    },
  })
}

/** The built-in names. */
export const builtInNames = createNames({ secret: [], personal: [] }, [])

/**
 * What a name says: `classifyName('userPassword')` is `secret`, `classifyName('tokenCount')` is `free`.
 * Of more than 128 characters the first and last 64 are looked at.
 */
export function classifyName(name: string): NameClass {
  return builtInNames.judge(name).as
}

/** A name folded to one spelling, its words joined: how names of options are compared. */
export function joinedName(name: string): string {
  return wordsOf(foldLetters(cut(name))).join('')
}

function cut(name: string): string {
  return name.length <= nameCharsMax ? name : `${name.slice(0, 64)}.${name.slice(-64)}`
}

interface Hit {
  readonly as: NameClass
  readonly rule?: NameRule
}

function judge(name: string, table: ReadonlyMap<string, NameRule>, shownNames: ReadonlySet<string>): Judgement {
  const folded = foldLetters(cut(name))
  const words = wordsOf(folded)
  const joined = words.join('')
  let [placeholder, allowed] = ['', 0]
  let as: NameClass = 'free'
  if (!shownNames.has(joined)) {
    const hit = strongest(folded, words, joined, table)
    as = hit.as
    if (as === 'secret' || as === 'personal') {
      placeholder = hit.rule?.placeholder ?? `[${as}]`
      allowed = allowedBy(words, joined, as, hit.rule)
    }
  }
  if (as === 'free' && !shownNames.has(joined)) as = otherClass(words, joined)
  let role = 0
  for (const [set, bit] of roleSets) if (set.has(joined)) role |= bit
  if (as === 'personal' && placeholder !== '[ip]' && joined !== 'address') role |= roles.contact
  return { as, placeholder, passes: allowed, roles: role, plain: isPlainKey(name) }
}

function allowedBy(words: readonly string[], joined: string, as: NameClass, rule: NameRule | undefined): number {
  let allowed = 0
  if (sets.booleanPrefixes.has(words[0] ?? '') && words.length > 1) allowed |= passes.booleans
  // Whether somebody has an e-mail address says nothing about them; whether they smoke does.
  if (as === 'personal' && rule?.sensitive === false) allowed |= passes.booleans
  if (rule?.soft) allowed |= passes.booleans | passes.numbers | passes.objects | passes.ids
  if (joined.endsWith('tokens') || joined === 'pass') allowed |= passes.numbers | passes.booleans
  return allowed
}

/** The verdict over every reading of a name: as it is, with look-alikes replaced, cut into words where none are set apart. */
function strongest(
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
    begin = longest === undefined ? begin + 1 : after
  }
  return hit
}

function singular(joined: string, table: ReadonlyMap<string, NameRule>): NameRule | undefined {
  if (!joined.endsWith('s') || joined.length < 4) return undefined
  if (joined.endsWith('ies')) return table.get(`${joined.slice(0, -3)}y`)
  return table.get(joined.slice(0, -1)) ?? (joined.endsWith('es') ? table.get(joined.slice(0, -2)) : undefined)
}

const isDigits = (word: string) => word >= '0' && word < ':'

function reaches(rule: NameRule, words: readonly string[], begin: number, end: number): boolean {
  if (rule.reach === 'anywhere') return true
  for (let i = end; i < words.length; i++) if (!isDigits(words[i] ?? '')) return false
  if (rule.reach === 'atTheEnd' || begin === 0) return true
  // `patientNhs`, `customerSin`; but `lastLogin` is not a login.
  return begin === 1 && !rule.soft && roleSets[2]?.[0].has(words[0] ?? '') === true
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

/** Names that are neither secret nor personal still tell what their values are, by their last words. */
function otherClass(words: readonly string[], joined: string): NameClass {
  let suffix = ''
  const last = words.at(-1) ?? ''
  for (let i = words.length - 1; i >= 0 && i >= words.length - 3; i--) {
    suffix = (words[i] ?? '') + suffix
    if (sets.headers.has(suffix)) return 'headers'
    if (sets.cookies.has(suffix)) return 'cookies'
    if (sets.bodies.has(suffix)) return 'body'
    if (sets.queries.has(suffix)) return 'query'
    if (sets.times.has(suffix)) return 'time'
    if (sets.urls.has(suffix) && (i === 0 || !pathWords.has(suffix))) return 'url'
    if (sets.ids.has(suffix) && (words.length > 1 || !ambiguousIds.has(joined))) return 'id'
  }
  // `sha256`, `traceId2`: the digits are words of their own.
  if (isDigits(last) && words.length > 1 && sets.ids.has(words.at(-2) ?? '')) return 'id'
  return 'free'
}

/** `filePath` is a file's. */
const pathWords: ReadonlySet<string> = new Set(['path', 'location', 'route', 'action', 'source'])
/** Alone these say nothing: a card has a number too. */
const ambiguousIds: ReadonlySet<string> = new Set(['number', 'no', 'num', 'reference', 'ref', 'order', 'tag'])
