/**
 * better-sqlite3 and node:sqlite: every statement a database runs is access below the route.
 *
 * Both answer at once and share one class among all statements, so its methods are watched once and ask the statement which
 * database it belongs to: those of databases that are not audited pass through.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { type AnyFunction, isWrapped, watchCall, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { countOf, listOf, memberOf } from './member.ts'
import { watchIterator } from './sqlite/watch-iterator.ts'
import { type StatementResult, StatementWatch } from './statement-watch.ts'

/** What is called of a database. */
export interface SqliteDatabaseLike {
  prepare(...given: never[]): object
  exec(...given: never[]): unknown
}

export interface SqliteOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

/** On a database: its watch. On a statement of node:sqlite, which knows neither text nor database: both. */
const AUDITED = Symbol.for('@trailmark/integrations/sqlite/1')

interface Audited {
  readonly watch: StatementWatch
  readonly database: object
  readonly sql?: unknown
}

const kinds = ['run', 'get', 'all', 'iterate'] as const
type Kind = (typeof kinds)[number]

/**
 * Records what statements read and write of tables that the option `data` of the audit declares, as `data_access`,
 * `data_create`, `data_update` and `data_delete`. Takes a `Database` of better-sqlite3 or a `DatabaseSync` of node:sqlite and
 * returns it. With node:sqlite, statements that were prepared before are not seen.
 *
 * Throws `AUDIT_LIBRARY_UNKNOWN` for anything else.
 *
 *     const db = auditSqlite(new Database('clinic.db'))
 */
export function auditSqlite<T extends SqliteDatabaseLike>(database: T, options: SqliteOptions = {}): T {
  checkOptions('auditSqlite()', options)
  const where = 'auditSqlite(db)'
  const prepare = memberOf(database, 'prepare')
  if (
    typeof database !== 'object' ||
    database === null ||
    !isFunction(prepare) ||
    !isFunction(memberOf(database, 'exec')) ||
    !isFunction(memberOf(database, 'close'))
  )
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      `${where}: a Database of better-sqlite3 or a DatabaseSync of node:sqlite is expected`,
    )
  if (isWrapped(memberOf(database, 'exec'))) return database
  const watch = new StatementWatch('sqlite', options.audit)
  watch.layer = 'driver'
  watchStatements(where, Reflect.apply(prepare, database, ['SELECT 1']))
  Object.defineProperty(database, AUDITED, { value: { watch, database } })
  watchExec(where, database, watch)
  watchPrepare(where, database, watch)
  if (isFunction(memberOf(database, 'createTagStore'))) watchTagStore(where, database, watch)
  return database
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

/** The methods that all statements share. */
function watchStatements(where: string, statement: unknown): void {
  const owner: unknown =
    typeof statement === 'object' && statement !== null ? Object.getPrototypeOf(statement) : undefined
  if (typeof owner !== 'object' || owner === null)
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: prepare() gives no statement`)
  for (const kind of kinds)
    wrapOnce(
      where,
      owner,
      kind,
      (inner): AnyFunction =>
        function called(this: unknown, ...given) {
          const audited = auditedOf(this)
          const call = (): unknown => Reflect.apply(inner, this, given)
          return audited === undefined
            ? call()
            : run(kind, audited, audited.sql ?? memberOf(this, 'source'), this, call)
        },
    )
}

function auditedOf(statement: unknown): Audited | undefined {
  const own = memberOf(statement, AUDITED) ?? memberOf(memberOf(statement, 'database'), AUDITED)
  return isAudited(own) ? own : undefined
}

function isAudited(value: unknown): value is Audited {
  return typeof value === 'object' && value !== null && 'watch' in value
}

function run(kind: Kind, { watch, database }: Audited, sql: unknown, statement: unknown, call: () => unknown): unknown {
  const sent = watch.send(sql, database)
  if (sent === undefined) return call()
  return watchCall(call, (end) => {
    if (end.failed) sent.failed()
    else if (kind === 'iterate') watchIterator(end.value, sent, () => columnsOf(statement))
    else sent.succeeded(resultOf(kind, end.value, statement))
  })
}

function resultOf(kind: Kind, value: unknown, statement: unknown): StatementResult {
  if (kind === 'run') return { affected: countOf(memberOf(value, 'changes')) }
  const rows = kind === 'all' ? listOf(value) : value === undefined ? [] : [value]
  return { rows, columns: Array.isArray(rows[0]) ? columnsOf(statement) : undefined }
}

/** Where rows are arrays, the statement knows what stands where. */
function columnsOf(statement: unknown): readonly string[] {
  const columns = memberOf(statement, 'columns')
  return isFunction(columns)
    ? listOf(Reflect.apply(columns, statement, [])).map((column) => String(memberOf(column, 'name')))
    : []
}

function watchExec(where: string, database: object, watch: StatementWatch): void {
  wrapOnce(
    where,
    database,
    'exec',
    (inner): AnyFunction =>
      function exec(this: unknown, ...given) {
        return watch.run(
          given[0],
          database,
          () => Reflect.apply(inner, this, given),
          () => ({}),
        )
      },
  )
}

/** A statement of node:sqlite is told its text and its database; one of better-sqlite3 knows both. */
function watchPrepare(where: string, database: object, watch: StatementWatch): void {
  wrapOnce(
    where,
    database,
    'prepare',
    (inner): AnyFunction =>
      function prepare(this: unknown, ...given) {
        const statement: unknown = Reflect.apply(inner, this, given)
        if (typeof statement === 'object' && statement !== null && memberOf(statement, 'database') === undefined)
          Object.defineProperty(statement, AUDITED, { value: { watch, database, sql: given[0] } })
        return statement
      },
  )
}

/** Templates of node:sqlite: what stands between the values is the statement. */
function watchTagStore(where: string, database: object, watch: StatementWatch): void {
  wrapOnce(
    where,
    database,
    'createTagStore',
    (inner): AnyFunction =>
      function createTagStore(this: unknown, ...given) {
        const store: unknown = Reflect.apply(inner, this, given)
        if (typeof store !== 'object' || store === null) return store
        for (const kind of kinds)
          if (isFunction(memberOf(store, kind)))
            wrapOnce(where, store, kind, (tag) => watchTag(kind, tag, watch, database))
        return store
      },
  )
}

function watchTag(kind: Kind, inner: AnyFunction, watch: StatementWatch, database: object): AnyFunction {
  return function tag(this: unknown, ...given) {
    const sql = listOf(given[0]).join('?')
    return run(kind, { watch, database }, sql, undefined, () => Reflect.apply(inner, this, given))
  }
}
