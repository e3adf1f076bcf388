/**
 * Objects and everything that has names: members are judged together, because they also say something of each other.
 */

import type { Judgement } from './names.ts'
import { roles } from './names-roles.ts'
import { withheldBytes } from './placeholder.ts'
import { isByteObject, isSpreadText, jsonBufferLength } from './walk-bytes.ts'
import { isCarrier } from './walk-carried.ts'
import { copyCookies, copyHeaders } from './walk-carriers.ts'
import { copyColumns } from './walk-columns.ts'
import { isSkeleton } from './walk-faults.ts'
import { copyFlat, isFlat, type MemberWriting } from './walk-flat.ts'
import { uniqueKey, writtenKey } from './walk-keys.ts'
import { copyList } from './walk-lists.ts'
import { readOwn } from './walk-platform.ts'
import { contextInside, siblingsOf, verdictAmong } from './walk-siblings.ts'
import { unnamed } from './walk-verdicts.ts'
import type { Walker } from './walker.ts'

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
  if (keys.length > 1 && keys[0] === '0' && keys[1] === '1' && name.as !== 'headers' && name.as !== 'cookies') {
    const listed = copyArguments(walk, keys, values, name, context, level)
    if (listed !== undefined) return listed
  }
  return copyEntries(walk, keys, values, name, context, level)
}

/** The `arguments` of a function, and lists that became objects: what stands before an item says what it is. */
function copyArguments(
  walk: Walker,
  keys: readonly string[],
  values: readonly unknown[],
  name: Judgement,
  context: number,
  level: number,
): unknown {
  if (!values.every((_value, i) => keys[i] === String(i))) return undefined
  const listed = copyList(walk, values, name, context, level)
  return Array.isArray(listed) ? Object.fromEntries(listed.map((value, i) => [String(i), value])) : listed
}

/** The copy of names and values side by side: members, entries of a Map, fields of a form. */
export function copyEntries(
  walk: Walker,
  keys: readonly string[],
  values: readonly unknown[],
  name: Judgement,
  context: number,
  level: number,
): unknown {
  if (name.as !== 'free' && isCarrier(name, context) && isSkeleton(keys, values))
    return copyEntries(walk, keys, values, unnamed, 0, level)
  if (name.as === 'headers') return copyHeaders(walk, keys, values, level)
  if (name.as === 'cookies') return copyCookies(walk, keys, values)
  if (isFlat(keys)) return copyFlat(writing, walk, keys, values, name, context, level)
  const among = siblingsOf(walk, keys, values, name, context)
  const { judged, columns } = among
  const copied: Record<string, unknown> = {}
  for (let i = 0; i < values.length && !walk.full; i++) {
    const said = judged[i]
    if (said === undefined) break
    const key = keys[i] ?? ''
    const verdict = verdictAmong(walk, among, said, key, values[i])
    const rows = columns !== undefined && (said.roles & roles.columnValues) !== 0 ? values[i] : undefined
    if (columns !== undefined && Array.isArray(rows) && !walk.full && level < 10) {
      copied[key] = copyColumns(walk, rows, columns, level + 1)
      walk.wrote(key.length, 0)
      continue
    }
    put(walk, copied, key, verdict, said.plain, values[i], contextInside(among, said.roles), level)
  }
  return copied
}

const writing: MemberWriting = { copyMembers, put, setMember }

/** Writes one member under a key that may be shown. */
export function put(
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
  setMember(copied, shown, written)
}

/** Adds a member, under another key where there is one already. */
export function setMember(copied: Record<string, unknown>, shown: string, written: unknown): void {
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
