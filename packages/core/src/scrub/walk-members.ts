/**
 * Objects and everything that has names: members are judged together, because they also say something of each other.
 */

import { Nested } from './body-flat.ts'
import { type Judgement, joinedName, roles } from './names.ts'
import { withheldBytes } from './placeholder.ts'
import { isByteObject, isSpreadText, jsonBufferLength } from './walk-bytes.ts'
import { copyCookies, copyHeaders } from './walk-carriers.ts'
import { columnVerdicts, copyColumns, isGivenMeaning } from './walk-columns.ts'
import { uniqueKey, writtenKey } from './walk-keys.ts'
import { pairVerdict } from './walk-pairs.ts'
import { readOwn } from './walk-platform.ts'
import { isStatement } from './walk-text.ts'
import { bound, hiddenSecret, isHidden, partOfPerson, placeOfPerson, unlisted, unnamed } from './walk-verdicts.ts'
import { around, type Walker } from './walker.ts'

/** The copy of an object's own enumerable members. */
export function copyMembers(walk: Walker, value: object, name: Judgement, context: number, level: number): unknown {
  const keys = Object.keys(value)
  if (keys.length > 1 && keys[0] === '0') {
    if (isByteObject(value, keys, name.as === 'body')) {
      walk.removed('bytes')
      return withheldBytes(keys.length)
    }
    if (isSpreadText(value, keys.length)) {
      walk.removed('characters')
      return `[withheld characters ${keys.length}]`
    }
  }
  const count = Math.min(keys.length, walk.nodesLeft + 1)
  const values: unknown[] = []
  for (let i = 0; i < count; i++) values.push(readOwn(value, keys[i] ?? ''))
  const bytes = keys.length === 2 ? jsonBufferLength(value) : undefined
  if (bytes !== undefined) {
    walk.removed('bytes')
    return withheldBytes(bytes)
  }
  return copyEntries(walk, keys, values, name, context, level)
}

const none: readonly string[] = []

/** The copy of names and values side by side: members, entries of a Map, fields of a form. */
export function copyEntries(
  walk: Walker,
  keys: readonly string[],
  values: readonly unknown[],
  name: Judgement,
  context: number,
  level: number,
): unknown {
  if (name.as === 'headers') return copyHeaders(walk, keys, values, level)
  if (name.as === 'cookies') return copyCookies(walk, keys, values)
  if (isFlat(keys)) return copyFlat(walk, keys, values, name, context, level)
  const judged: Judgement[] = []
  let seen = 0
  for (let i = 0; i < values.length; i++) {
    const verdict = walk.names.judge(keys[i] ?? '')
    judged.push(verdict)
    seen |= verdict.roles
  }
  const paired = (seen & roles.pairName) !== 0 && (seen & roles.pairValue) !== 0
  const pair = paired ? pairVerdict(walk.names, judged, values) : undefined
  const spoken = pair !== undefined && (isHidden(pair) || pair.as === 'cookies') ? pair : undefined
  const aboutPerson = (context & around.person) !== 0 || (seen & roles.contact) !== 0
  const statement = (seen & roles.sql) !== 0 && (seen & roles.bindings) !== 0 && hasStatement(judged, values)
  const columns =
    (seen & roles.columnNames) !== 0 && (seen & roles.columnValues) !== 0
      ? columnVerdicts(walk.names, judged, values)
      : undefined
  const companionsSeen =
    (seen & roles.companion) === 0
      ? none
      : keys.filter((_key, i) => ((judged[i]?.roles ?? 0) & roles.companion) !== 0).map(joinedName)
  // Arguments of JSON-RPC have places instead of names.
  const positional = (seen & roles.bindings) !== 0 && keys.includes('jsonrpc')
  const asked = (name.roles & roles.bindings) !== 0 || (context & around.query) !== 0 || name.as === 'query'
  const inQuery = name.as === 'query' || (context & around.query) !== 0

  const copied: Record<string, unknown> = {}
  for (let i = 0; i < values.length && !walk.full; i++) {
    let verdict = judged[i]
    if (verdict === undefined) break
    const key = keys[i] ?? ''
    const { roles: does } = verdict
    const inside = contextInside(does, context, aboutPerson, inQuery)
    if (verdict.roles !== 0 && !isHidden(verdict)) {
      if (spoken !== undefined && (does & roles.pairValue) !== 0) verdict = spoken
      else if (statement && (does & roles.bindings) !== 0) verdict = bound
      else if (aboutPerson && (does & roles.personPart) !== 0) verdict = partOfPerson
      else if (aboutPerson && (does & roles.placePart) !== 0) verdict = placeOfPerson
    }
    if (companionsSeen.length > 0 && isGivenMeaning(companionsSeen, key)) verdict = hiddenSecret
    // What a request was called with: this code opens something, that of an error stands elsewhere.
    if (asked && key === 'code') verdict = hiddenSecret
    if (positional && (does & roles.bindings) !== 0 && Array.isArray(values[i])) verdict = bound
    if (inQuery && verdict.as === 'free' && !walk.queryNames.has(key)) verdict = unlisted
    const rows = columns !== undefined && (does & roles.columnValues) !== 0 ? values[i] : undefined
    if (columns !== undefined && Array.isArray(rows) && !walk.full && level < 10) {
      copied[key] = copyColumns(walk, rows, columns, level + 1)
      walk.wrote(key.length, 0)
      continue
    }
    put(walk, copied, key, verdict, judged[i]?.plain === true, values[i], inside, level)
  }
  return copied
}

const dotted = /^[\w$-]{1,64}(?:\.[\w$-]{1,64}){1,9}$/

/** Names with dots, as loggers of flat lines make them; a key that is data has rules of its own. */
function isFlat(keys: readonly string[]): boolean {
  let found = false
  for (const key of keys) {
    if (!key.includes('.')) continue
    if (key.length > 160 || !dotted.test(key)) return false
    found = true
  }
  return found
}

/** The members as they are where they were nested, under their own names again. */
function copyFlat(
  walk: Walker,
  keys: readonly string[],
  values: readonly unknown[],
  name: Judgement,
  context: number,
  level: number,
): unknown {
  const nested = new Nested(values.map((value, i) => ({ name: keys[i] ?? '', value })))
  const scrubbed = nested.roots.map((root) => copyMembers(walk, root, name, context, level))
  const copied: Record<string, unknown> = {}
  for (let i = 0; i < values.length && !walk.full; i++) {
    const key = keys[i] ?? ''
    const shown = nested.read(i, scrubbed)
    const verdict = walk.names.judge(key)
    // The whole name may say more than its parts; one that is no plain name passes the rules for texts.
    if (isHidden(verdict)) put(walk, copied, key, verdict, verdict.plain, values[i], context, level)
    else if (!verdict.plain) put(walk, copied, key, unnamed, false, shown, context, level)
    else if (shown !== undefined) copied[key] = shown
  }
  return copied
}

function contextInside(does: number, context: number, aboutPerson: boolean, inQuery: boolean): number {
  let inside = inQuery ? around.query : 0
  if ((does & roles.person) !== 0) inside |= around.person
  else if ((does & roles.container) !== 0) inside |= context & around.person
  else if (aboutPerson && (does & roles.personPart) !== 0) inside |= around.person
  if ((does & roles.argv) !== 0) inside |= around.argv
  return inside
}

/** Writes one member under a key that may be shown. */
function put(
  walk: Walker,
  copied: Record<string, unknown>,
  key: string,
  verdict: Judgement,
  plain: boolean,
  value: unknown,
  context: number,
  level: number,
): void {
  const shown = plain ? key : writtenKey(walk, key, level)
  // Digits are an id's or a time's because their name says so: without the name they are looked at.
  const known = shown === key || (verdict.as !== 'id' && verdict.as !== 'time')
  walk.account?.enter(plain ? key : '*')
  const written = walk.copy(value, known ? verdict : unnamed, context, level + 1)
  walk.account?.leave()
  if (written === undefined) return
  walk.wrote(shown.length, 0)
  if (shown in copied) {
    // Also for names that every object inherits, `__proto__` before all: they become members like any other.
    Object.defineProperty(copied, uniqueKey(copied, shown), {
      value: written,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  } else copied[shown] = written
}

function hasStatement(judged: readonly Judgement[], values: readonly unknown[]): boolean {
  for (let i = 0; i < judged.length; i++) {
    const text = values[i]
    if (((judged[i]?.roles ?? 0) & roles.sql) !== 0 && typeof text === 'string' && isStatement(text)) return true
  }
  return false
}
