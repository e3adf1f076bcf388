/**
 * One statement through whatever the application calls a connection or a transaction.
 *
 * Nothing of a library is imported: each is known by the method that is called here, and what has none of them is refused by
 * name, because a record that was silently not written would be the worst of answers.
 */
import { AuditError } from '@trailmark/core'
import { numbered, questioned, type Statement } from './statement.ts'
import type { Dialect } from './table.ts'

/** Drizzle's `sql`, as far as it is called here: a template tag. */
export type SqlTag = (strings: TemplateStringsArray, ...values: never[]) => object

export interface Execution {
  readonly dialect: Dialect
  readonly sql?: SqlTag | undefined
}

type Method = (this: unknown, ...given: unknown[]) => unknown

/** The rows that the statement gives, if any. Rejects with what the library says, and `AUDIT_LIBRARY_UNKNOWN`. */
export async function execute(handle: object, statement: Statement, execution: Execution): Promise<readonly unknown[]> {
  return rowsOf(await ways(handle, statement, execution))
}

function ways(handle: object, statement: Statement, { dialect, sql }: Execution): unknown {
  const { values } = statement
  const native = dialect === 'postgres' ? numbered(statement) : questioned(statement)
  const call = (name: string, ...given: unknown[]): unknown =>
    Reflect.apply(method(handle, name) ?? refuse, handle, given)

  // Prisma: a client or the `tx` of `$transaction`.
  if (method(handle, '$queryRawUnsafe')) {
    const reads = native.startsWith('SELECT')
    return reads ? call('$queryRawUnsafe', native, ...values) : call('$executeRawUnsafe', native, ...values)
  }
  // Kysely: an instance or a `trx`.
  if (method(handle, 'executeQuery')) return call('executeQuery', kyselyQuery(native, values))
  // Drizzle: a database or a `tx`. Its statements are made by its own tag.
  if (method(handle, 'transaction') && method(handle, 'select') && !method(handle, 'raw')) {
    if (sql === undefined) throw unknown('a Drizzle database needs the option `sql`: sqlOutbox({ client, sql })')
    const tagged = Reflect.apply(sql, undefined, [tagStrings(statement.pieces), ...values])
    const ofSqlite = native.startsWith('SELECT') ? 'all' : 'run'
    return call(method(handle, 'execute') ? 'execute' : ofSqlite, tagged)
  }
  // Knex: an instance or a `trx`; it numbers the places itself.
  if (method(handle, 'raw')) return call('raw', questioned(statement), [...values])
  // better-sqlite3 and node:sqlite.
  if (method(handle, 'prepare')) return sqlite(call('prepare', questioned(statement)), native, values)
  // mysql2 with callbacks has its promises elsewhere.
  const promise = method(handle, 'promise')
  if (promise && method(handle, 'execute')) {
    const promised: unknown = Reflect.apply(promise, handle, [])
    if (typeof promised === 'object' && promised !== null) return ways(promised, statement, { dialect, sql })
  }
  if (method(handle, 'execute') && dialect === 'mysql') return call('execute', native, [...values])
  // pg, PGlite, TypeORM's managers and query runners.
  if (method(handle, 'query')) return call('query', native, [...values])
  return refuse()
}

/** The methods that `ways()` knows a library by. */
const known = ['$queryRawUnsafe', 'executeQuery', 'select', 'raw', 'prepare', 'execute', 'query']

/** Whether statements can be run through this at all: asked at the start, before the first transaction depends on it. */
export function canExecute(handle: object): boolean {
  return known.some((name) => method(handle, name) !== undefined)
}

function method(handle: object, name: string): Method | undefined {
  const found: unknown = Reflect.get(handle, name)
  return isMethod(found) ? found : undefined
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function'
}

/** What Kysely's own `CompiledQuery.raw()` gives. */
function kyselyQuery(sql: string, values: readonly unknown[]): object {
  const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] }
  return { sql, query, parameters: [...values], queryId: { queryId: `trailmark-${sql.length}` } }
}

function tagStrings(pieces: readonly string[]): TemplateStringsArray {
  return Object.assign([...pieces], { raw: [...pieces] })
}

function sqlite(prepared: unknown, text: string, values: readonly unknown[]): unknown {
  if (typeof prepared !== 'object' || prepared === null) return refuse()
  const run = method(prepared, text.startsWith('SELECT') ? 'all' : 'run')
  return run === undefined ? refuse() : Reflect.apply(run, prepared, values)
}

/** `{ rows }`, `[rows, fields]`, or the rows. */
function rowsOf(result: unknown): readonly unknown[] {
  if (typeof result !== 'object' || result === null) return []
  const rows: unknown = Reflect.get(result, 'rows')
  if (Array.isArray(rows)) return rows
  if (!Array.isArray(result)) return []
  const [first] = result
  return Array.isArray(first) ? first : result
}

function refuse(): never {
  throw unknown('this is neither a connection nor a transaction of a library that is known')
}

function unknown(message: string): AuditError {
  return new AuditError('AUDIT_LIBRARY_UNKNOWN', `outbox: ${message}`)
}
