/**
 * What one command of the MongoDB wire protocol does to which collections, and, once the reply is there, to how many of
 * their documents.
 *
 * Only names of collections, counts and, for the identifiers that are declared, the documents themselves are handed on;
 * filters are looked at where they name one document by its identifiers.
 */
import { countOf, listOf, memberOf } from '../member.ts'
import { collectionsIn, isChangeStream } from './pipeline.ts'

/** One collection a command names. `done` reads the reply; undefined where that says nothing of this collection. */
export interface Touch {
  /** `database.collection`; undefined where only the reply says it. */
  readonly table: string | undefined
  readonly verb: 'read' | 'create' | 'update' | 'delete'
  readonly done?: ((reply: unknown) => Done[]) | undefined
}

/** What happened to the documents of one collection. */
export interface Done {
  readonly table: string
  readonly verb: Touch['verb']
  readonly records?: number | undefined
  readonly rows?: readonly unknown[] | undefined
  readonly failed?: boolean
}

/** Operations of one bulk write that are counted; a driver sends at most this many in one message. */
const operationsMax = 100_000

/** The collections that a command touches; empty for what is not about documents. Never throws. */
export function touchesOf(database: string, name: string, command: unknown): Touch[] {
  if (name === 'bulkWrite') return bulkTouches(command)
  const collection = memberOf(command, name === 'getMore' ? 'collection' : name)
  const table = `${database}.${String(collection)}`
  const touch = (verb: Touch['verb'], done?: Touch['done']): Touch[] =>
    typeof collection === 'string' ? [{ table, verb, done }] : []
  switch (name) {
    case 'find':
      return touch('read', (reply) => readBatch(table, memberOf(memberOf(reply, 'cursor'), 'firstBatch')))
    case 'getMore': {
      const done = (reply: unknown): Done[] => {
        const batch = listOf(memberOf(memberOf(reply, 'cursor'), 'nextBatch'))
        return batch.length === 0 ? [] : readBatch(table, batch)
      }
      return collection === '$cmd.aggregate' ? [{ table: undefined, verb: 'read', done }] : touch('read', done)
    }
    case 'aggregate':
      return aggregateTouches(database, collection, command)
    case 'count':
      return touch('read', () => [{ table, verb: 'read', records: 1 }])
    case 'distinct':
      return touch('read', (reply) => [{ table, verb: 'read', records: listOf(memberOf(reply, 'values')).length }])
    case 'mapReduce':
      return touch('read')
    case 'insert':
      return touch('create', (reply) => written(table, 'create', reply, listOf(memberOf(command, 'documents'))))
    case 'update':
      return touch('update', (reply) => updated(table, reply, filtersOf(command, 'updates')))
    case 'delete':
      return touch('delete', (reply) => written(table, 'delete', reply, filtersOf(command, 'deletes')))
    case 'findAndModify':
    case 'findandmodify':
      return touch(memberOf(command, 'remove') === true ? 'delete' : 'update', (reply) =>
        modified(table, command, reply),
      )
    case 'drop':
      return touch('delete')
    default:
      return []
  }
}

function aggregateTouches(database: string, collection: unknown, command: unknown): Touch[] {
  const pipeline = memberOf(command, 'pipeline')
  const touches: Touch[] = collectionsIn(pipeline).map((found) => ({
    table: `${found.database ?? database}.${found.collection}`,
    verb: found.verb,
  }))
  const batchOf = (reply: unknown): unknown => memberOf(memberOf(reply, 'cursor'), 'firstBatch')
  if (typeof collection === 'string') {
    const table = `${database}.${collection}`
    // Opening a change stream reads nothing yet.
    if (!isChangeStream(pipeline))
      touches.unshift({ table, verb: 'read', done: (reply) => readBatch(table, batchOf(reply)) })
  }
  return touches
}

/** Documents of one collection, or events of a change stream, which say themselves where they come from. */
function readBatch(table: string, batch: unknown): Done[] {
  const rows = listOf(batch)
  if (!rows.some(isChange))
    return [{ table, verb: 'read', records: rows.length, rows: ArrayBuffer.isView(rows[0]) ? [] : rows }]
  const byTable = new Map<string, unknown[]>()
  for (const event of rows) {
    const ns = memberOf(event, 'ns')
    const from = `${String(memberOf(ns, 'db'))}.${String(memberOf(ns, 'coll'))}`
    const row = memberOf(event, 'fullDocument') ?? memberOf(event, 'documentKey')
    const list = byTable.get(from)
    if (list === undefined) byTable.set(from, [row])
    else list.push(row)
  }
  return [...byTable].map(([from, of]) => ({ table: from, verb: 'read', records: of.length, rows: of }))
}

function isChange(row: unknown): boolean {
  return typeof memberOf(row, 'operationType') === 'string' && typeof memberOf(memberOf(row, 'ns'), 'db') === 'string'
}

/** `named`: what the command says of each document. It counts only when every one of them was reached. */
function written(table: string, verb: Touch['verb'], reply: unknown, named: readonly unknown[]): Done[] {
  const records = countOf(memberOf(reply, 'n'))
  const failed = !records && listOf(memberOf(reply, 'writeErrors')).length > 0
  const rows = records !== undefined && named.length > 0 && records >= named.length ? named : undefined
  return [failed ? { table, verb, failed } : { table, verb, records, rows }]
}

/** An upsert that found nothing made a document. */
function updated(table: string, reply: unknown, filters: readonly unknown[]): Done[] {
  const made = listOf(memberOf(reply, 'upserted'))
  if (made.length === 0) return written(table, 'update', reply, filters)
  const created: Done = { table, verb: 'create', records: made.length, rows: made }
  const changed = (countOf(memberOf(reply, 'n')) ?? made.length) - made.length
  return changed > 0 ? [created, { table, verb: 'update', records: changed }] : [created]
}

function modified(table: string, command: unknown, reply: unknown): Done[] {
  const last = memberOf(reply, 'lastErrorObject')
  const row = memberOf(reply, 'value')
  const rows = row === null || row === undefined ? undefined : [row]
  const upserted = memberOf(last, 'upserted')
  if (upserted !== undefined) return [{ table, verb: 'create', records: 1, rows: rows ?? [{ _id: upserted }] }]
  const verb = memberOf(command, 'remove') === true ? 'delete' : 'update'
  return [{ table, verb, records: countOf(memberOf(last, 'n')) ?? (rows === undefined ? 0 : 1), rows }]
}

/** The filters of a command: `{ _id }` names the document that it reached. */
function filtersOf(command: unknown, list: 'updates' | 'deletes'): readonly unknown[] {
  return listOf(memberOf(command, list)).map((one) => memberOf(one, 'q'))
}

const bulkVerbs = { insert: 'create', update: 'update', delete: 'delete' } as const
const bulkTotals = { create: 'nInserted', update: 'nMatched', delete: 'nDeleted' } as const

/** The command behind `client.bulkWrite()`: its operations name collections by their place in a list. */
function bulkTouches(command: unknown): Touch[] {
  const spaces = listOf(memberOf(command, 'nsInfo'))
  const counts = new Map<string, { table: string; verb: 'create' | 'update' | 'delete'; records: number }>()
  for (const operation of listOf(memberOf(command, 'ops')).slice(0, operationsMax)) {
    for (const [kind, verb] of Object.entries(bulkVerbs)) {
      const place = memberOf(operation, kind)
      if (typeof place !== 'number') continue
      const table = memberOf(spaces[place], 'ns')
      if (typeof table !== 'string') continue
      const key = `${verb} ${table}`
      const line = counts.get(key) ?? { table, verb, records: 0 }
      line.records++
      counts.set(key, line)
    }
  }
  const lines = [...counts.values()]
  return lines.map((line) => ({
    table: line.table,
    verb: line.verb,
    done: (reply) => {
      // The reply has totals alone: they are of one collection only where no other was written in the same way.
      const alone = lines.every((other) => other === line || other.verb !== line.verb)
      const total = alone ? countOf(memberOf(reply, bulkTotals[line.verb])) : undefined
      return [{ table: line.table, verb: line.verb, records: total ?? line.records }]
    },
  }))
}
