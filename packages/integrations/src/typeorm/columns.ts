/**
 * Rows of TypeORM's own queries under the names that columns have in the database. A query builder calls the column `name` of
 * the entity it knows as `Patient` `Patient_name`, and the text says which table that is.
 */
import { listOf, memberOf } from '../member.ts'

const rowsMax = 20
const aliasesMax = 16
/** Tables and their aliases come before the values; so much of a text is looked at. */
const charsMax = 65_536

/** Undefined where the rows are none of a query builder's: then they have the columns' own names. */
export function rowsOfTable(
  dataSource: object,
  table: string,
  text: unknown,
  rows: readonly unknown[],
): readonly unknown[] | undefined {
  const columns = columnsOf(dataSource, table)
  if (columns.length === 0 || rows.length === 0 || typeof text !== 'string') return undefined
  const named: Record<string, unknown>[] = []
  for (const alias of aliasesOf(text.slice(0, charsMax), lastPart(table))) {
    for (const row of rows.slice(0, rowsMax)) {
      const values: Record<string, unknown> = {}
      for (const column of columns) {
        const value = memberOf(row, `${alias}_${column}`)
        if (value !== undefined) values[column] = value
      }
      if (Object.keys(values).length > 0) named.push(values)
    }
  }
  return named.length === 0 ? undefined : named
}

function columnsOf(dataSource: object, table: string): string[] {
  const wanted = lastPart(table).toLowerCase()
  for (const metadata of listOf(memberOf(dataSource, 'entityMetadatas'))) {
    if (String(memberOf(metadata, 'tableName')).toLowerCase() !== wanted) continue
    return listOf(memberOf(metadata, 'columns')).map((column) => String(memberOf(column, 'databaseName')))
  }
  return []
}

/** The names that stand behind the quoted table: `"patients" "Patient"`. */
function aliasesOf(text: string, table: string): Set<string> {
  const found = new Set<string>()
  const quoted = table.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = new RegExp(`["\`[]${quoted}["\`\\]] ["\`[]([^"\`\\]]{1,128})["\`\\]]`, 'gi')
  for (const match of text.matchAll(pattern)) {
    if (match[1] !== undefined) found.add(match[1])
    if (found.size >= aliasesMax) break
  }
  return found
}

function lastPart(table: string): string {
  return table.slice(table.lastIndexOf('.') + 1)
}
