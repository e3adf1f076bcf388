/**
 * Reads what a query of Drizzle gave: rows as it maps them, or the driver's own answer where it maps nothing. The selected
 * fields say which column of which table each value is.
 */
import { countOf, listOf, memberOf } from '../member.ts'
import type { StatementResult } from '../statement-watch.ts'

/** What Drizzle prepared: known from the arguments of `prepareQuery()`. */
export interface PreparedShape {
  /** The list of selected fields, if the query has one. */
  readonly fields: readonly unknown[]
  /** Drizzle makes objects of the rows. */
  readonly mapped: boolean
}

const NAME = Symbol.for('drizzle:Name')
const ORIGINAL = Symbol.for('drizzle:OriginalName')
const rowsMax = 20

export function shapeOf(given: readonly unknown[]): PreparedShape {
  return {
    fields: listOf(given[1]),
    mapped: Array.isArray(given[1]) || given.slice(2).some((one) => typeof one === 'function'),
  }
}

/** `method` is the one of the prepared query that was called. */
export function resultOf(shape: PreparedShape, method: string, value: unknown): StatementResult {
  if (method === 'run') return { affected: affectedIn(value) }
  if (shape.mapped || method === 'get') {
    // The first of a relational query, or of get(): an object, or nothing.
    const rows = Array.isArray(value) && method !== 'get' ? value : value === undefined || value === null ? [] : [value]
    return { rows, rowsOf: (table) => columnsOf(shape.fields, table, rows, method === 'values') }
  }
  // Of mysql2: the answer and its fields.
  const answer = Array.isArray(value) && value.length === 2 && !isRow(value[1]) ? value[0] : value
  const rows = Array.isArray(answer) ? answer : memberOf(answer, 'rows')
  return { rows: Array.isArray(rows) ? rows : undefined, affected: affectedIn(answer) }
}

function isRow(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function affectedIn(answer: unknown): number | undefined {
  for (const name of ['affectedRows', 'rowCount', 'rowsAffected', 'changes', 'count']) {
    const count = countOf(memberOf(answer, name))
    if (count !== undefined) return count
  }
  return countOf(memberOf(memberOf(answer, 'meta'), 'changes'))
}

/** The rows under the names of the columns in `table`; undefined where no field is known to be one of them. */
function columnsOf(
  fields: readonly unknown[],
  table: string,
  rows: readonly unknown[],
  arrays: boolean,
): readonly unknown[] | undefined {
  const wanted = table.slice(table.lastIndexOf('.') + 1).toLowerCase()
  const columns: { readonly name: string; readonly path: readonly PropertyKey[] }[] = []
  for (const [index, selected] of fields.entries()) {
    const field = memberOf(selected, 'field')
    const of = memberOf(field, 'table')
    const name = memberOf(field, 'name')
    const from = memberOf(of, ORIGINAL) ?? memberOf(of, NAME)
    if (typeof name !== 'string' || typeof from !== 'string' || from.toLowerCase() !== wanted) continue
    columns.push({ name, path: arrays ? [index] : listOf(memberOf(selected, 'path')).map(String) })
  }
  if (columns.length === 0) return fields.length === 0 ? undefined : []
  return rows
    .slice(0, rowsMax)
    .map((row) => Object.fromEntries(columns.map(({ name, path }) => [name, path.reduce<unknown>(memberOf, row)])))
}
