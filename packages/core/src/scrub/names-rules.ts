/**
 * The lists of names as look-up tables: from a joined phrase to what it says.
 */

import { foldLetters } from './names-fold.ts'
import {
  latinPersonalWords,
  latinSecretAlone,
  latinSecretWords,
  otherPersonalAlone,
  otherPersonalWords,
  otherSecretAlone,
  otherSecretWords,
} from './names-languages.ts'
import { affixes } from './names-neutral.ts'
import {
  addressNames,
  cardNames,
  emailNames,
  ibanNames,
  namedRoles,
  nationalNames,
  personalNames,
  personalStems,
  personRoles,
  phoneNames,
  sensitiveNames,
} from './names-personal.ts'
import { keyOwners, lockNouns, passwordOwners, secretNames, secretStems } from './names-secret.ts'

/** Words separated by spaces. */
export interface WordLists {
  readonly anywhere: string
  readonly atTheEnd: string
  readonly alone: string
}

export type Reach = 'anywhere' | 'atTheEnd' | 'alone'

/** What a phrase says. */
export interface NameRule {
  readonly as: 'secret' | 'personal'
  readonly placeholder: string
  readonly reach: Reach
  /** A state behind it does not make it harmless. */
  readonly sensitive: boolean
  /** A noun for a person or a session: hides text, lets numbers and opaque ids pass, and objects are looked into. */
  readonly soft: boolean
}

/** Words of a list. */
export const listOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')

/** The same as a set. */
export const setOf = (text: string): ReadonlySet<string> => new Set(listOf(text))

const softNames = new Set(
  listOf(`streams datasource owner manager session sessions auth oauth authn authz login user users person people patient patients customer customers employee
    employees recipient recipients passenger passengers payee payer guest guests student students assignee subscriber
    subscribers applicant applicants visitor visitors contact contacts friend friends spouse cardholder sms race mobile`),
)
const softAtTheEnd = new Set(['auth', 'mobile', ...listOf(personRoles)])

function add(table: Map<string, NameRule>, lists: WordLists, rule: Pick<NameRule, 'as' | 'placeholder' | 'sensitive'>) {
  for (const reach of ['alone', 'atTheEnd', 'anywhere'] as const) {
    for (const phrase of listOf(lists[reach])) {
      const soft = reach === 'alone' ? softNames.has(phrase) : reach === 'atTheEnd' && softAtTheEnd.has(phrase)
      table.set(phrase, { ...rule, reach, soft })
    }
  }
}

/** Names of the application's own, besides the built-in ones, each already folded and joined. */
export interface OwnNames {
  readonly secret: readonly string[]
  readonly personal: readonly string[]
}

/** Each of some words with each of others behind it. */
function behind(words: string, ends: string): string[] {
  return listOf(words).flatMap((word) => listOf(ends).map((end) => word + end))
}

/** From a joined phrase to its rule. Secret words are entered last and win. */
export function phraseTable(own: OwnNames): Map<string, NameRule> {
  const table = new Map<string, NameRule>()
  const personal = { as: 'personal', sensitive: false } as const
  const anywhere = (words: readonly string[]) => ({ anywhere: words.join(' '), atTheEnd: '', alone: '' })
  const shortOf = (words: readonly string[], short: boolean) => words.filter((word) => word.length < 5 === short)
  const [secretForeign, personalForeign] = [listOf(latinSecretWords), listOf(latinPersonalWords)]
  // A short word of one language is a part of a word in another: those count only as whole names.
  const foreign = (words: readonly string[]) => ({
    anywhere: shortOf(words, false).join(' '),
    atTheEnd: '',
    alone: shortOf(words, true).join(' '),
  })
  add(table, foreign(personalForeign), { ...personal, placeholder: '[personal]' })
  add(table, { ...anywhere([]), alone: otherPersonalAlone }, { ...personal, placeholder: '[personal]' })
  add(
    table,
    { ...anywhere(behind(`${namedRoles} ${personRoles}`, 'name names')), atTheEnd: personRoles },
    { ...personal, placeholder: '[personal]' },
  )
  add(table, personalNames, { ...personal, placeholder: '[personal]' })
  add(table, sensitiveNames, { ...personal, placeholder: '[personal]', sensitive: true })
  add(table, nationalNames, { ...personal, placeholder: '[personal]' })
  add(table, emailNames, { ...personal, placeholder: '[email]' })
  add(table, phoneNames, { ...personal, placeholder: '[phone]' })
  add(table, cardNames, { ...personal, placeholder: '[card]' })
  add(table, ibanNames, { ...personal, placeholder: '[iban]' })
  add(table, addressNames, { ...personal, placeholder: '[ip]' })
  add(table, anywhere(['ssn', 'socialsecuritynumber']), { ...personal, placeholder: '[ssn]' })
  const secret = { as: 'secret', placeholder: '[secret]', sensitive: false } as const
  add(table, foreign(secretForeign), secret)
  add(table, anywhere(behind(keyOwners, 'key')), secret)
  add(table, anywhere(behind(passwordOwners, 'pw')), secret)
  add(table, { ...anywhere([]), alone: `${latinSecretAlone} ${otherSecretAlone}` }, secret)
  add(table, anywhere(behind(lockNouns, 'code pin combination')), secret)
  add(table, secretNames, secret)
  add(table, anywhere(own.personal), { ...personal, placeholder: '[personal]', sensitive: true })
  add(table, anywhere(own.secret), { ...secret, sensitive: true })
  return table
}

/** Words of scripts without spaces, folded as names are. */
export const containedWords: readonly (readonly [string, 'secret' | 'personal'])[] = [
  ...listOf(otherSecretWords).map((word) => [foldLetters(word).toLowerCase(), 'secret'] as const),
  ...listOf(otherPersonalWords).map((word) => [foldLetters(word).toLowerCase(), 'personal'] as const),
]

/** Long words that a lower-case name contains for one reason only. */
export const stems: readonly (readonly [string, 'secret' | 'personal'])[] = [
  ...secretStems.map((stem) => [stem, 'secret'] as const),
  ...personalStems.map((stem) => [stem, 'personal'] as const),
]

export const affixWords: ReadonlySet<string> = new Set(listOf(affixes))
