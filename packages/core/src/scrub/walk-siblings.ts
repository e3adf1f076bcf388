/**
 * What the members of an object say of each other: a name beside a value, an e-mail address beside a name, a statement beside
 * its bindings.
 */
import { type Judgement, joinedName } from './names.ts'
import { roles } from './names-roles.ts'
import { columnVerdicts, isGivenMeaning } from './walk-columns.ts'
import { faultOf, isFaultWord } from './walk-faults.ts'
import { pairVerdict } from './walk-pairs.ts'
import { readOwn } from './walk-platform.ts'
import { isStatement } from './walk-text.ts'
import {
  bound,
  hiddenSecret,
  inHeaders,
  isHidden,
  partOfCard,
  partOfPerson,
  placeOfPerson,
  unlisted,
  unnamed,
} from './walk-verdicts.ts'
import { around, type Walker } from './walker.ts'

/** An object's members, judged together. */
export interface Siblings {
  readonly judged: readonly Judgement[]
  /** What the columns of a table say, by place. */
  readonly columns: readonly Judgement[] | undefined
  /** Where the object stands. */
  readonly context: number
  /** The verdict of a name beside a value on that value. */
  readonly spoken: Judgement | undefined
  readonly person: boolean
  readonly card: boolean
  readonly thing: boolean
  /** Holds a statement and its bindings. */
  readonly statement: boolean
  /** Arguments of JSON-RPC have places instead of names. */
  readonly positional: boolean
  /** What a request was called with. */
  readonly asked: boolean
  readonly query: boolean
  /** A request or a response, as frameworks print theirs. */
  readonly http: boolean
  /** What it says of having been an error. */
  readonly fault: number
  readonly companions: readonly string[]
}

const none: readonly string[] = []

export function siblingsOf(
  walk: Walker,
  keys: readonly string[],
  values: readonly unknown[],
  name: Judgement,
  context: number,
): Siblings {
  const judged: Judgement[] = []
  let seen = 0
  for (let i = 0; i < values.length; i++) {
    const verdict = walk.names.judge(keys[i] ?? '')
    judged.push(verdict)
    seen |= verdict.roles
  }
  const has = (role: number) => (seen & role) !== 0
  const pair = has(roles.pairName) && has(roles.pairValue) ? pairVerdict(walk.names, judged, values) : undefined
  const person = (context & around.person) !== 0 || has(roles.contact)
  const query = name.as === 'query' || (context & around.query) !== 0
  return {
    judged,
    context,
    columns: has(roles.columnNames) && has(roles.columnValues) ? columnVerdicts(walk.names, judged, values) : undefined,
    spoken: pair !== undefined && (isHidden(pair) || pair.as === 'cookies') ? pair : undefined,
    person,
    card: has(roles.cardSign),
    thing: !person && ((context & around.thing) !== 0 || has(roles.thingSign)),
    statement: has(roles.bindings) && has(roles.sql | roles.template) && hasStatement(judged, values),
    positional: has(roles.bindings) && keys.includes('jsonrpc'),
    asked: (name.roles & roles.bindings) !== 0 || query,
    query,
    http: has(roles.header) && keys.some((key) => httpKeys.has(key)),
    fault:
      has(roles.errorSign | roles.stack) || (name.roles & roles.error) !== 0 || (context & around.insideFault) !== 0
        ? faultOf(keys, values, judged, name, context)
        : 0,
    companions: has(roles.companion)
      ? keys
          .filter(
            (key, i) => ((judged[i]?.roles ?? 0) & roles.companion) !== 0 && (key !== 'kind' || values[i] === 'Secret'),
          )
          .map(joinedName)
      : none,
  }
}

/** A statement in SQL, or the texts of a template. */
function hasStatement(judged: readonly Judgement[], values: readonly unknown[]): boolean {
  for (let i = 0; i < judged.length; i++) {
    const { roles: does } = judged[i] ?? unnamed
    const value = values[i]
    if ((does & roles.sql) !== 0 && typeof value === 'string' && isStatement(value)) return true
    if ((does & roles.template) !== 0 && Array.isArray(value) && typeof readOwn(value, 0) === 'string') return true
  }
  return false
}

/** The verdict on one member, with what the others say. */
export function verdictAmong(walk: Walker, among: Siblings, judged: Judgement, key: string, value: unknown): Judgement {
  const { roles: does } = judged
  let verdict = judged
  if (does !== 0 && !isHidden(judged)) verdict = besides(among, judged, key)
  if ((among.context & around.session) !== 0 && typeof value === 'string' && sessionKeys.has(key)) return hiddenSecret
  if ((does & roles.header) !== 0 && among.http && typeof value === 'object') return inHeaders
  if (among.companions.length > 0 && isGivenMeaning(among.companions, key)) verdict = hiddenSecret
  // This code opens something; that of an error stands elsewhere.
  if (among.asked && key === 'code') verdict = hiddenSecret
  if (among.positional && (does & roles.bindings) !== 0 && Array.isArray(value)) verdict = bound
  if ((among.fault & around.insideFault) !== 0 && key === 'code' && typeof value === 'string' && !isFaultWord(value))
    return bound
  return among.query && verdict.as === 'free' && !walk.queryNames.has(key) ? unlisted : verdict
}

function besides(among: Siblings, judged: Judgement, key: string): Judgement {
  const { roles: does } = judged
  if (among.spoken !== undefined && (does & roles.pairValue) !== 0) return among.spoken
  if (among.statement && (does & roles.bindings) !== 0) return bound
  if (among.card && (does & roles.cardPart) !== 0) return partOfCard
  if (among.person && (does & roles.personPart) !== 0) return partOfPerson
  if (among.person && (does & roles.placePart) !== 0) return placeOfPerson
  return among.thing && (does & roles.name) !== 0 && thingNames.has(key.toLowerCase()) ? unnamed : judged
}

const httpKeys = new Set(['method', 'url', 'status', 'statusCode', 'originalUrl', 'httpVersion'])
/** What a store of sessions finds one by. */
const sessionKeys = new Set(['id', '_id', 'key', 'hash', 'sid'])
const thingNames = new Set(['name', 'label', 'names', 'display'])

/** Where the members of a member stand, by what that one is called. */
export function contextInside({ context, person, thing, query, fault }: Siblings, does: number): number {
  let inside = query ? fault | around.query : fault
  if ((does & roles.person) !== 0) inside |= around.person
  else if ((does & roles.container) !== 0) inside |= context & (around.person | around.thing)
  else if (person && (does & roles.personPart) !== 0) inside |= around.person
  if ((does & roles.thing) !== 0 && !person) inside |= around.thing
  else if (thing && (does & roles.container) !== 0) inside |= around.thing
  if ((does & roles.session) !== 0) inside |= around.session
  if ((does & roles.argv) !== 0) inside |= around.argv
  return inside
}
