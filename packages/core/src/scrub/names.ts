/**
 * What the name of a member says about its value.
 *
 * A name is folded to one spelling and cut into words (`names-fold.ts`), and its words are looked up as phrases, longest
 * first. A secret or personal phrase hits unless the name goes on to something harmless: `accessToken` hits, `tokenCount`
 * does not. Verdicts are cached: the warm cost of a name is one look-up, the first one is bounded by 128 characters.
 */
import { BoundedCache } from './bounded-cache.ts'
import { foldLetters, wordsOf } from './names-fold.ts'
import { booleanPrefixes } from './names-neutral.ts'
import { otherClass } from './names-others.ts'
import { passedBy, passes } from './names-passes.ts'
import { strongest } from './names-phrases.ts'
import { roles, rolesOf } from './names-roles.ts'
import { type NameRule, type OwnNames, phraseTable, setOf } from './names-rules.ts'
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

/** Judges names; the words of an application's own come on top of the built-in ones. */
export interface Names {
  judge(name: string): Judgement
}

const nameCharsMax = 128
const cachedNames = 4_000
const isOrHas = setOf(booleanPrefixes)

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
  let role = rolesOf(joined)
  if (as === 'personal' && showsPerson(placeholder, allowed, joined)) role |= roles.contact
  if (placeholder !== '' && table.has(joined)) role |= roles.whole
  if (placeholder === '[card]' && (allowed & undecided) === 0) role |= roles.cardSign
  return { as, placeholder, passes: allowed, roles: role, plain: isPlainKey(name) }
}

/** An address is a machine's as well, and what may be something else says nothing of its object. */
function showsPerson(placeholder: string, allowed: number, joined: string): boolean {
  return placeholder !== '[ip]' && joined !== 'address' && (allowed & undecided) === 0
}

const undecided = passes.references | passes.times | passes.digests

function allowedBy(words: readonly string[], joined: string, as: NameClass, rule: NameRule | undefined): number {
  let allowed = 0
  if (isOrHas.has(words[0] ?? '') && words.length > 1) allowed |= passes.booleans
  // Whether somebody has an e-mail address says nothing about them; whether they smoke does.
  if (as === 'personal' && rule?.sensitive === false) allowed |= passes.booleans
  if (rule?.soft) allowed |= passes.booleans | passes.numbers | passes.objects | passes.ids
  if (joined.endsWith('tokens') || joined === 'pass') allowed |= passes.numbers | passes.booleans
  // An application's own names say what they say.
  return rule?.sensitive === false ? allowed | passedBy(joined) : allowed
}
