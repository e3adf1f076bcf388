/**
 * Reads what `sequelize.query()` gave: by the type that was asked for it is rows, instances, a count, or a pair of both.
 */
import { countOf, listOf, memberOf } from '../member.ts'
import type { StatementResult } from '../statement-watch.ts'

const rowsMax = 20
/** Instances that included ones are looked for in. */
const instancesMax = 100_000
const depthMax = 8

export function resultOf(options: unknown, value: unknown): StatementResult {
  const instance = memberOf(options, 'instance')
  const rows = rowsIn(options, value) ?? (instance === undefined ? undefined : [instance])
  const affected = (rows === value ? undefined : affectedIn(value)) ?? (instance === undefined ? undefined : 1)
  const model = memberOf(options, 'model') ?? memberOf(instance, 'constructor')
  const own = tableOf(model)
  if (own === undefined || rows === undefined) return { rows, affected }
  let nested: ReadonlyMap<string, readonly unknown[]> | undefined
  const included = (table: string): readonly unknown[] | undefined => {
    nested ??= instancesIn(rows)
    return nested.get(lastPart(table))
  }
  return {
    rows,
    affected,
    countOf: (table) => (lastPart(table) === own ? undefined : included(table)?.length),
    rowsOf: (table) => (lastPart(table) === own ? columnsOf(rows, model) : columnsOf(included(table) ?? [], undefined)),
  }
}

function rowsIn(options: unknown, value: unknown): readonly unknown[] | undefined {
  const type = memberOf(options, 'type')
  if (memberOf(options, 'plain') === true) return value === null || value === undefined ? [] : [value]
  if (type === 'SELECT' || (type === undefined && memberOf(options, 'model') !== undefined)) return listOf(value)
  const first = Array.isArray(value) ? value[0] : undefined
  if (Array.isArray(first)) return first
  // Rows that a bulk update returned.
  if (type === 'BULKUPDATE' && Array.isArray(value)) return value
  return memberOf(first, 'dataValues') === undefined ? undefined : [first]
}

/** A number, or beside the rows: a number, or the driver's answer. */
function affectedIn(value: unknown): number | undefined {
  if (!Array.isArray(value)) return countOf(value)
  const second: unknown = value[1]
  const direct = countOf(second)
  if (direct !== undefined) return direct
  for (const name of ['rowCount', 'affectedRows', 'changes']) {
    const count = countOf(memberOf(second, name))
    if (count !== undefined) return count
  }
  return undefined
}

/** Every instance inside of others, by table. */
function instancesIn(rows: readonly unknown[]): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>()
  let seen = 0
  const look = (value: unknown, depth: number): void => {
    for (const one of Array.isArray(value) ? value : [value]) {
      const values = memberOf(one, 'dataValues')
      if (typeof values !== 'object' || values === null || seen++ > instancesMax) continue
      if (depth > 0) {
        const table = tableOf(memberOf(one, 'constructor'))
        if (table !== undefined) listFor(found, table).push(one)
      }
      if (depth < depthMax)
        for (const inner of Object.values(values))
          if (typeof inner === 'object' && inner !== null) look(inner, depth + 1)
    }
  }
  look(rows, 0)
  return found
}

/** The name of a model's table, without its schema. */
function tableOf(model: unknown): string | undefined {
  const ask = memberOf(model, 'getTableName')
  if (typeof ask !== 'function') return undefined
  const name: unknown = Reflect.apply(ask, model, [])
  const table = typeof name === 'string' ? name : memberOf(name, 'tableName')
  return typeof table === 'string' ? lastPart(table) : undefined
}

function lastPart(table: string): string {
  return table.slice(table.lastIndexOf('.') + 1).toLowerCase()
}

/** Rows under the names that their columns have: an attribute may be called otherwise than its field. */
function columnsOf(rows: readonly unknown[], model: unknown): unknown[] {
  return rows.slice(0, rowsMax).map((row) => {
    const attributes = memberOf(model ?? memberOf(row, 'constructor'), 'rawAttributes')
    const values = memberOf(row, 'dataValues') ?? row
    const named: Record<string, unknown> = {}
    for (const attribute of Object.keys(Object(attributes))) {
      const field = memberOf(memberOf(attributes, attribute), 'field')
      named[typeof field === 'string' ? field : attribute] = memberOf(values, attribute)
    }
    return named
  })
}

function listFor(lists: Map<string, unknown[]>, key: string): unknown[] {
  const known = lists.get(key)
  if (known !== undefined) return known
  const made: unknown[] = []
  lists.set(key, made)
  return made
}
