/**
 * What one operation of a Prisma client does to which tables: the model it is called on, the relations it includes or filters
 * by, and the records it writes through them.
 */
import { countOf, memberOf } from '../member.ts'
import type { PrismaModel, PrismaModels } from './models.ts'
import { type NestedWrite, writesIn } from './nested-writes.ts'

export interface PrismaAccess {
  readonly table: string
  readonly verb: 'read' | 'create' | 'update' | 'delete'
  readonly records?: number | undefined
  readonly rows?: readonly unknown[] | undefined
}

export interface PrismaOperation {
  readonly model: string
  readonly operation: string
  readonly args: unknown
  /** Where the result lies in what was read, for `findUnique().visits()`. */
  readonly path: readonly unknown[]
}

const depthMax = 10
/** Rows that relations are followed through, and rows whose columns are handed on. */
const rowsMax = 100_000
const columnsRowsMax = 20

const verbs: Readonly<Record<string, PrismaAccess['verb']>> = {
  create: 'create',
  createMany: 'create',
  createManyAndReturn: 'create',
  update: 'update',
  updateMany: 'update',
  updateManyAndReturn: 'update',
  upsert: 'update',
  delete: 'delete',
  deleteMany: 'delete',
}

/** Every access of an operation. `result` is undefined before it is known, and when it failed. Never throws. */
export function accessesOf(models: PrismaModels, operation: PrismaOperation, result: unknown): PrismaAccess[] {
  const { args } = operation
  const model = models(operation.model)
  const verb = verbs[operation.operation] ?? 'read'
  const found: PrismaAccess[] = []
  if (operation.path.length > 0) return throughRelation(models, operation, model, result)
  const rows = rowsOf(operation.operation, result)
  // A lookup by a key says which record it was, also where `select` leaves the key out.
  const named = isUnique(operation.operation) ? memberOf(args, 'where') : undefined
  found.push({
    table: model.table,
    verb,
    records: rows?.length ?? countOf(memberOf(result, 'count')) ?? (result === undefined ? undefined : countIn(result)),
    rows: rows && columnsOf(model, rows, named),
  })
  filters(models, model, memberOf(args, 'where'), found, 0)
  included(models, model, args, rows, found, 0)
  const nested: NestedWrite[] = []
  for (const data of ['data', 'create', 'update']) writesIn(models, model, memberOf(args, data), nested, 0)
  for (const write of nested) found.push(write)
  return found
}

/** `count()` gives a number, `aggregate()` one object: one row is read. */
function countIn(result: unknown): number | undefined {
  return result === null ? 0 : typeof result === 'number' || typeof result === 'object' ? 1 : undefined
}

/** The records in a result; undefined where it holds counts. */
function rowsOf(operation: string, result: unknown): readonly unknown[] | undefined {
  if (Array.isArray(result)) return result
  if (typeof result !== 'object' || result === null) return undefined
  return /Many$|^count$|^aggregate$/.test(operation) ? undefined : [result]
}

function isUnique(operation: string): boolean {
  return /^(?:findUnique|findUniqueOrThrow|update|upsert|delete)$/.test(operation)
}

/** `findUnique().visits()` reads both; what it gives are visits. */
function throughRelation(
  models: PrismaModels,
  { path }: PrismaOperation,
  model: PrismaModel,
  result: unknown,
): PrismaAccess[] {
  const found: PrismaAccess[] = []
  let at = model
  for (const step of path) {
    const next = typeof step === 'string' ? at.relations.get(step) : undefined
    if (next === undefined) continue
    found.push({ table: at.table, verb: 'read', records: 1 })
    at = models(next)
  }
  const rows = Array.isArray(result) ? result : result === null || result === undefined ? [] : [result]
  found.push({ table: at.table, verb: 'read', records: rows.length, rows: columnsOf(at, rows) })
  return found
}

/** Relations in `include` or `select`, as deep as they go. */
function included(
  models: PrismaModels,
  model: PrismaModel,
  args: unknown,
  rows: readonly unknown[] | undefined,
  found: PrismaAccess[],
  depth: number,
): void {
  if (depth > depthMax) return
  for (const chosen of [memberOf(args, 'include'), memberOf(args, 'select')]) {
    if (typeof chosen !== 'object' || chosen === null) continue
    for (const field of Object.keys(chosen)) {
      const inner = memberOf(chosen, field)
      if (inner === false || inner === undefined) continue
      if (field === '_count') counted(models, model, inner, found)
      const name = model.relations.get(field)
      if (name === undefined) continue
      const next = models(name)
      const there = rows === undefined ? undefined : childrenOf(rows, field)
      found.push({ table: next.table, verb: 'read', records: there?.length, rows: there && columnsOf(next, there) })
      filters(models, next, memberOf(inner, 'where'), found, depth + 1)
      included(models, next, inner, there, found, depth + 1)
    }
  }
}

/** `_count` looks at the related records and shows none. */
function counted(models: PrismaModels, model: PrismaModel, inner: unknown, found: PrismaAccess[]): void {
  const select = memberOf(inner, 'select')
  for (const [field, name] of model.relations)
    if (inner === true || memberOf(select, field)) found.push({ table: models(name).table, verb: 'read' })
}

function childrenOf(rows: readonly unknown[], field: string): unknown[] {
  const children: unknown[] = []
  for (const row of rows) {
    const value = memberOf(row, field)
    if (Array.isArray(value)) for (const child of value) children.push(child)
    else if (value !== null && value !== undefined) children.push(value)
    if (children.length >= rowsMax) break
  }
  return children
}

/** A filter by a relation reads it, though it shows nothing of it. */
function filters(models: PrismaModels, model: PrismaModel, where: unknown, found: PrismaAccess[], depth: number): void {
  if (depth > depthMax || typeof where !== 'object' || where === null) return
  for (const key of Object.keys(where)) {
    const inner = memberOf(where, key)
    if (key === 'AND' || key === 'OR' || key === 'NOT')
      for (const one of Array.isArray(inner) ? inner : [inner]) filters(models, model, one, found, depth + 1)
    const name = model.relations.get(key)
    if (name === undefined) continue
    const next = models(name)
    found.push({ table: next.table, verb: 'read' })
    for (const quantifier of ['some', 'every', 'none', 'is', 'isNot'])
      filters(models, next, memberOf(inner, quantifier), found, depth + 1)
    filters(models, next, inner, found, depth + 1)
  }
}

/** Rows under the names that their columns have in the database; what is not in a row may be in what named it. */
function columnsOf(model: PrismaModel, rows: readonly unknown[], named?: unknown): unknown[] {
  return rows.slice(0, columnsRowsMax).map((row) => {
    const values: Record<string, unknown> = {}
    for (const [field, column] of model.columns) values[column] = memberOf(row, field) ?? memberOf(named, field)
    return values
  })
}
