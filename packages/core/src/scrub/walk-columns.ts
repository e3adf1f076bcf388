/**
 * Tables: names of columns in one list, values of one or many rows in another, in the same order.
 */
import { withoutInvisible } from './detect-controls.ts'
import type { Judgement, Names } from './names.ts'
import { companions } from './names-neutral.ts'
import { roles } from './names-roles.ts'
import { readOwn } from './walk-platform.ts'
import { isHidden, unnamed } from './walk-verdicts.ts'
import type { Walker } from './walker.ts'

const columnsMax = 256

/** What the columns of an object's table say, by place; undefined when none of them hits. */
export function columnVerdicts(
  names: Names,
  judged: readonly Judgement[],
  values: readonly unknown[],
): readonly Judgement[] | undefined {
  for (let i = 0; i < judged.length; i++) {
    const list = values[i]
    if (((judged[i]?.roles ?? 0) & roles.columnNames) === 0 || !Array.isArray(list)) continue
    const verdicts: Judgement[] = []
    for (let column = 0; column < list.length && column < columnsMax; column++)
      verdicts.push(names.judge(columnName(readOwn(list, column))))
    if (verdicts.some(isHidden)) return verdicts
  }
  return undefined
}

/** `'email'`, and `{ name: 'email', dataTypeID: 25 }` of a driver. */
function columnName(value: unknown): string {
  if (typeof value === 'string') return value.length <= 96 ? value : ''
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ''
  const name = readOwn(value, 'name')
  return typeof name === 'string' && name.length <= 96 ? name : ''
}

/** What the first row of a table says of those below it: names, of which one hits. `[name, value]` pairs are no table. */
export function headingVerdicts(names: Names, table: readonly unknown[]): readonly Judgement[] | undefined {
  const [heading, first] = [readOwn(table, 0), readOwn(table, 1)]
  if (!Array.isArray(heading) || !Array.isArray(first)) return undefined
  if (heading.length < 2 || heading.length > columnsMax || first.length !== heading.length) return undefined
  const verdicts: Judgement[] = []
  for (let i = 0; i < heading.length; i++) {
    const cell = readOwn(heading, i)
    const column = typeof cell === 'string' && cell.length <= 48 ? withoutInvisible(cell) : ''
    const said = names.judge(column)
    if (!said.plain || !headingShape.test(column)) return undefined
    verdicts.push(said)
  }
  const told = verdicts.length === 2 ? !isHidden(verdicts[0] ?? unnamed) && isHidden(verdicts[1] ?? unnamed) : true
  return told && verdicts.some(isHidden) ? verdicts : undefined
}

const headingShape = /^[\p{L}_][\p{L}\d_ -]{0,47}$/u

/** A copy of one row, or of a list of rows, each value under the name of its column. */
export function copyColumns(
  walk: Walker,
  list: readonly unknown[],
  columns: readonly Judgement[],
  level: number,
): unknown[] {
  const copied: unknown[] = []
  const many = Array.isArray(readOwn(list, 0))
  walk.wrote(0, 1)
  for (let i = 0; i < list.length && !walk.full; i++) {
    const item = readOwn(list, i)
    if (many && Array.isArray(item))
      copied.push(level < 10 ? copyColumns(walk, item, columns, level + 1) : '[withheld]')
    else copied.push(walk.copy(item, (many ? undefined : columns[i]) ?? unnamed, 0, level + 1) ?? null)
  }
  return copied
}

/** True for a short name that a companion beside it makes a secret: `d` in a JWK. */
export function isGivenMeaning(companionsSeen: readonly string[], key: string): boolean {
  return companionsSeen.some(
    (companion) => Object.hasOwn(companions, companion) && companions[companion]?.includes(key),
  )
}
