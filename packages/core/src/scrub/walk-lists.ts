/**
 * Lists: items under the list's name, and the shapes in which a list holds names and values in turn.
 */

import { types } from 'node:util'
import { type Judgement, joinedName } from './names.ts'
import { roles } from './names-roles.ts'
import { isPlaceholder, withheldBytes } from './placeholder.ts'
import { isByteList, isSpreadText } from './walk-bytes.ts'
import { headerName, headerValue, nameThatStays } from './walk-carriers.ts'
import { headingVerdicts } from './walk-columns.ts'
import { assignedName, isHarmlessNext, verdictOnNext } from './walk-pairs.ts'
import { readOwn } from './walk-platform.ts'
import { isHidden, unnamed } from './walk-verdicts.ts'
import { around, type Walker } from './walker.ts'

/** Items whose texts are asked for names; longer lists are data. */
const askedMax = 256

/** The copy of a list. Its length is believed, its other properties and its iterator are not. */
export function copyList(
  walk: Walker,
  list: readonly unknown[],
  name: Judgement,
  context: number,
  level: number,
): unknown {
  if (isByteList(list, name.as === 'body')) {
    walk.removed('bytes')
    return withheldBytes(list.length)
  }
  if (isSpreadText(list, list.length)) {
    walk.removed('characters')
    return `[withheld characters ${list.length}]`
  }
  walk.account?.enter('[]')
  const copied = name.as === 'headers' ? headerList(walk, list, name, level) : items(walk, list, name, context, level)
  walk.account?.leave()
  return copied
}

function items(walk: Walker, list: readonly unknown[], name: Judgement, context: number, level: number): unknown[] {
  const copied: unknown[] = []
  const columns = isHidden(name) ? undefined : headingVerdicts(walk.names, list)
  const inArgv = (name.roles & roles.argv) !== 0 || (context & around.argv) !== 0
  const password = inArgv && isDatabaseClient(readOwn(list, 0))
  const inside = (context & ~around.argv) | (password ? around.argv : 0)
  const isPath = name.as === 'url' && (name.roles & roles.pairName) !== 0
  let next: Judgement | undefined
  let before = ''
  for (let i = 0; i < list.length && !walk.full; i++) {
    const item = readOwn(list, i)
    if (columns !== undefined && Array.isArray(item)) {
      copied.push(i === 0 ? heading(walk, item, level) : row(walk, item, columns, level))
      continue
    }
    let verdict = name
    if (next !== undefined && !(typeof item === 'string' && isHarmlessNext(walk.names, before, item))) verdict = next
    next = undefined
    if (typeof item !== 'string' || verdict !== name || i >= askedMax) {
      copied.push(walk.copy(item, verdict, inside, level + 1) ?? null)
      continue
    }
    const assigned = isHidden(name) ? undefined : assignedName(walk.names, item)
    if (assigned !== undefined) {
      copied.push(assigned.head + String(walk.copy(item.slice(assigned.head.length), assigned.said, 0, level + 1)))
      continue
    }
    const written = walk.copy(item, name, inside, level + 1)
    copied.push(written)
    // What had to be changed is no name. A path is made of names, and none of them is the value of another.
    if ((written === item || sameName(written, item)) && (!isPath || item.startsWith('-')))
      next = verdictOnNext(walk.names, item, i, list.length)
    before = item
  }
  return copied
}

/** Invisible characters go from a text, and say nothing in a name. */
function sameName(written: unknown, item: string): boolean {
  return typeof written === 'string' && item.length <= 48 && joinedName(written) === joinedName(item)
}

/** The names of a table's columns: none of them is the value of the one before. */
function heading(walk: Walker, names: readonly unknown[], level: number): unknown {
  // An even number of them may be names and values in turn.
  if (names.length % 2 === 0) return walk.copy(names, unnamed, 0, level + 1)
  walk.wrote(0, 1)
  return names.map((_name, i) => walk.copy(readOwn(names, i), unnamed, 0, level + 2))
}

/** A row under its columns; what stands before a value still tells of it, for it may be no table after all. */
function row(walk: Walker, cells: readonly unknown[], columns: readonly Judgement[], level: number): unknown {
  const plain = walk.copy(cells, unnamed, 0, level + 1)
  if (!Array.isArray(plain)) return plain
  const hide = (cell: unknown, i: number) => {
    const column = columns[i] ?? unnamed
    if (!isHidden(column) || (typeof cell === 'string' && isPlaceholder(cell))) return cell
    return walk.copy(readOwn(cells, i), column, 0, level + 2)
  }
  return plain.map((cell: unknown, i) => hide(cell, i) ?? null)
}

/** Their `-p` has its value right behind it. */
function isDatabaseClient(command: unknown): boolean {
  return typeof command === 'string' && command.length <= 256 && /(?:mysql|mariadb|sshpass)[\w.-]{0,32}$/.test(command)
}

/** `[name, value, name, value]`, `[[name, value]]`, `[{ name, value }]`. */
function headerList(walk: Walker, list: readonly unknown[], name: Judgement, level: number): unknown[] {
  const copied: unknown[] = []
  const flat = !holdsEntries(readOwn(list, 0))
  for (let i = 0; i < list.length && !walk.full; i++) {
    const item = readOwn(list, i)
    if (flat && i % 2 === 1) {
      copied.push(counted(walk, headerValue(walk, nameThatStays(walk, readOwn(list, i - 1), level), item, level)))
    } else if (flat) {
      copied.push(flatName(walk, item, name, level))
    } else if (Array.isArray(item) && item.length === 2 && typeof readOwn(item, 0) === 'string') {
      const key = String(readOwn(item, 0))
      const stays = nameThatStays(walk, key, level)
      copied.push([
        counted(walk, headerName(walk, key, level)),
        counted(walk, headerValue(walk, stays, readOwn(item, 1), level)),
      ])
    } else copied.push(walk.copy(item, name, 0, level + 1) ?? null)
  }
  return copied
}

function flatName(walk: Walker, item: unknown, name: Judgement, level: number): unknown {
  if (typeof item !== 'string') return '[header]'
  // A line: `Host: api.example`.
  if (item.includes(':') && !item.startsWith(':')) return walk.copy(item, name, 0, level + 1)
  return counted(walk, headerName(walk, item, level))
}

/** True for a pair or an object with a name and a value: what follows are entries too. */
function holdsEntries(first: unknown): boolean {
  if (typeof first !== 'object' || first === null || types.isProxy(first)) return false
  if (Array.isArray(first)) return true
  const prototype: object | null = Object.getPrototypeOf(first)
  return prototype === Object.prototype || prototype === null
}

/** Counts a value that was written past the walk. */
function counted(walk: Walker, value: unknown): unknown {
  walk.wrote(typeof value === 'string' ? value.length : 0, 1)
  return value ?? null
}
