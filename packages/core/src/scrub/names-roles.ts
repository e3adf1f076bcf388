/**
 * What a name does besides hiding its value: it tells of its object, of what stands beside it, or of what is inside.
 */
import * as neutral from './names-neutral.ts'
import { listOf } from './names-rules.ts'

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
  /** Shows that its object is a payment card, and what is the card's then: `exp_month`. */
  cardSign: 65_536,
  cardPart: 131_072,
  /** An object under it, or beside it, is a thing: what is called `name` there is no person. */
  thing: 262_144,
  thingSign: 524_288,
  /** An object under it is a session: its `id` opens it. */
  session: 1_048_576,
  /** The texts between the values of a template. */
  template: 2_097_152,
  /** An object under it is an error, or was one. */
  error: 4_194_304,
  /** A text under it is what an error says. */
  errorText: 8_388_608,
  /** The message of what it stands in. */
  message: 16_777_216,
  /** It and the others show together that their object was an error. */
  errorSign: 33_554_432,
  /** Its words are one phrase of the lists, and nothing more. */
  whole: 67_108_864,
  /** An object under it, beside what a message of HTTP has, holds headers. */
  header: 134_217_728,
} as const

const lists: readonly (readonly [string, number])[] = [
  [neutral.pairNames, roles.pairName],
  [neutral.pairValues, roles.pairValue],
  [neutral.personNouns, roles.person],
  [neutral.personParts, roles.personPart],
  [neutral.fullNames, roles.name],
  [neutral.sqlTexts, roles.sql],
  [neutral.bindings, roles.bindings],
  [neutral.argvNames, roles.argv],
  ['stack stacktrace errorstack backtrace componentstack', roles.stack],
  [neutral.containers, roles.container],
  [neutral.placeParts, roles.placePart],
  ['frames', roles.frames],
  [Object.keys(neutral.companions).join(' '), roles.companion],
  [neutral.columnLists, roles.columnNames],
  [neutral.columnValues, roles.columnValues],
  [neutral.cardSigns, roles.cardSign],
  [neutral.cardParts, roles.cardPart],
  [neutral.thingNouns, roles.thing],
  [neutral.thingSigns, roles.thingSign],
  ['session sess sessions currentsession usersession reqsession', roles.session],
  ['strings quasis', roles.template],
  [neutral.errorNouns, roles.error | roles.errorText],
  ['errormessage errmsg errormsg reason failurereason errordescription errordetails hint where', roles.errorText],
  ['message errmsg errmessage', roles.message],
  ['header', roles.header],
  ['stack name type', roles.errorSign],
]

const byName = new Map<string, number>()
for (const [words, role] of lists) for (const word of listOf(words)) byName.set(word, (byName.get(word) ?? 0) | role)

/** The sum of the roles of a name, its words joined. */
export function rolesOf(joined: string): number {
  return byName.get(joined) ?? 0
}
