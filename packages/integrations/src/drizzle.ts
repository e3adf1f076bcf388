/**
 * Drizzle: every query that a session prepares is access below the route when it is run.
 *
 * Its logger says what is sent and not what comes back, so the session is watched: builders, relational queries, raw SQL and
 * `$count()` are all prepared there, and a prepared query may run many times.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Audit, AuditError } from '@trailmark/core'
import { type AnyFunction, watchCall, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type PreparedShape, resultOf, shapeOf } from './drizzle/result.ts'
import { listOf, memberOf } from './member.ts'
import type { Dialect } from './sql/tokens.ts'
import { watchStream } from './statement-stream.ts'
import { StatementWatch } from './statement-watch.ts'

export interface DrizzleOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

/** What `prepareQuery()` was told of a query, by the object it made. */
interface Prepared {
  readonly sql: unknown
  readonly shape: PreparedShape
  readonly session: object
  readonly watch: StatementWatch
}

const PREPARED = Symbol.for('@trailmark/integrations/drizzle/1')

/** One for all copies of this package: the first of them stands on the classes. */
function preparedQueries(): WeakMap<object, Prepared> {
  const found: unknown = Reflect.get(globalThis, PREPARED)
  if (found instanceof WeakMap) return found
  const made = new WeakMap<object, Prepared>()
  Object.defineProperty(globalThis, PREPARED, { value: made })
  return made
}

const prepared = preparedQueries()
/** Methods that run a query; one may call another. */
const runs = ['execute', 'run', 'all', 'get', 'values'] as const
const running = new AsyncLocalStorage<object>()

/**
 * Records what queries of Drizzle read and write of tables that the option `data` of the audit declares. Returns the same
 * `db`. Of `withReplicas()` audit each database before.
 *
 * Throws `AUDIT_OPTION_INVALID` naming an option that cannot be, and `AUDIT_LIBRARY_UNKNOWN` for anything but a
 * database of Drizzle.
 *
 *     export const db = auditDrizzle(drizzle({ client: pool, schema }))
 */
export function auditDrizzle<T extends object>(db: T, options: DrizzleOptions = {}): T {
  const where = 'auditDrizzle(db)'
  checkOptions(where, options)
  const session = memberOf(memberOf(db, '_'), 'session') ?? memberOf(db, 'session')
  const dialect = dialectOf(memberOf(db, 'dialect'))
  if (typeof session !== 'object' || session === null || dialect === undefined)
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: what drizzle() returns is expected`)
  const watch = new StatementWatch(dialect, options.audit)
  // A pool would take each statement to another connection.
  watch.told = true
  watchSession(where, session, watch)
  return db
}

const KIND = Symbol.for('drizzle:entityKind')

function dialectOf(dialect: unknown): Dialect | undefined {
  const kind = String(memberOf(memberOf(dialect, 'constructor'), KIND))
  if (/^(?:Pg|Gel)/.test(kind)) return 'postgres'
  if (/^SQLite/.test(kind)) return 'sqlite'
  return /^(?:MySql|SingleStore)/.test(kind) ? 'mysql' : undefined
}

function watchSession(where: string, session: object, watch: StatementWatch): void {
  wrapOnce(
    where,
    session,
    'prepareQuery',
    (inner) =>
      function prepareQuery(this: unknown, ...given) {
        const made: unknown = Reflect.apply(inner, this, given)
        if (typeof made === 'object' && made !== null) {
          watchClass(where, made)
          prepared.set(made, { sql: memberOf(given[0], 'sql'), shape: shapeOf(given), session, watch })
        }
        return made
      },
  )
  watchBatch(where, session, watch)
  wrapOnce(
    where,
    session,
    'transaction',
    (inner) =>
      function transaction(this: unknown, ...given) {
        const [work, ...rest] = given
        if (typeof work !== 'function') return Reflect.apply(inner, this, given)
        let ended: ((committed: boolean) => void) | undefined
        const watched = (tx: unknown): unknown => {
          const own = memberOf(tx, 'session')
          if (typeof own === 'object' && own !== null) {
            watchSession(where, own, watch)
            watch.begin(own)
            ended = (committed) => watch.end(own, committed)
            watchNested(where, tx, own, watch)
          }
          return Reflect.apply(work, undefined, [tx])
        }
        return watchCall(
          () => Reflect.apply(inner, this, [watched, ...rest]),
          ({ failed }) => ended?.(!failed),
        )
      },
  )
}

/** The results of a batch are mapped one by one, see `ofBatch`; one that fails has none. */
function watchBatch(where: string, session: object, watch: StatementWatch): void {
  if (typeof memberOf(session, 'batch') !== 'function') return
  wrapOnce(
    where,
    session,
    'batch',
    (inner) =>
      function batch(this: unknown, ...given) {
        const failed = (): void => {
          for (const query of listOf(given[0])) {
            const ask = memberOf(query, 'toSQL') ?? memberOf(query, 'getQuery')
            const asked: unknown = typeof ask === 'function' ? Reflect.apply(ask, query, []) : undefined
            watch.send(memberOf(asked, 'sql'), session)?.failed()
          }
        }
        return watchCall(
          () => Reflect.apply(inner, this, given),
          (end) => end.failed && failed(),
        )
      },
  )
}

/** Most drivers make a savepoint of a transaction within one, by a statement; some make a session for it. */
function watchNested(where: string, tx: unknown, outer: object, watch: StatementWatch): void {
  if (typeof tx !== 'object' || tx === null || typeof memberOf(tx, 'transaction') !== 'function') return
  wrapOnce(
    where,
    tx,
    'transaction',
    (inner) =>
      function transaction(this: unknown, ...given) {
        const [work, ...rest] = given
        if (typeof work !== 'function') return Reflect.apply(inner, this, given)
        let ended: ((happened: boolean) => void) | undefined
        const watched = (nested: unknown): unknown => {
          const own = memberOf(nested, 'session')
          if (typeof own === 'object' && own !== null) {
            if (own !== outer) {
              watchSession(where, own, watch)
              ended = watch.nest(outer, own)
            }
            watchNested(where, nested, own, watch)
          }
          return Reflect.apply(work, undefined, [nested])
        }
        return watchCall(
          () => Reflect.apply(inner, this, [watched, ...rest]),
          ({ failed }) => ended?.(!failed),
        )
      },
  )
}

/** The methods stand on the class of a driver's queries; a query that no watched session made passes through them. */
function watchClass(where: string, query: object): void {
  const owner: unknown = Object.getPrototypeOf(query)
  if (typeof owner !== 'object' || owner === null || classes.has(owner)) return
  classes.add(owner)
  for (const method of runs) {
    if (typeof memberOf(owner, method) !== 'function') continue
    // That of SQLite answers with something that calls one of the others when it is awaited.
    if (method === 'execute' && typeof memberOf(owner, 'run') === 'function') continue
    wrapOnce(
      where,
      owner,
      method,
      (inner) =>
        function run(this: unknown, ...given) {
          return runOne(this, method, () => Reflect.apply(inner, this, given))
        },
    )
  }
  if (typeof memberOf(owner, 'iterator') === 'function') wrapOnce(where, owner, 'iterator', ofIterator)
  if (typeof memberOf(owner, 'mapResult') === 'function') wrapOnce(where, owner, 'mapResult', ofBatch)
}

const classes = new WeakSet<object>()

function runOne(self: unknown, method: string, call: () => unknown): unknown {
  const known = typeof self === 'object' && self !== null ? prepared.get(self) : undefined
  if (known === undefined || running.getStore() === self) return call()
  const { sql, session, watch, shape } = known
  const sent = watch.send(sql, session)
  if (sent === undefined) return call()
  return watchCall(
    () => running.run(Object(self), call),
    (end) => (end.failed ? sent.failed() : sent.succeeded(resultOf(shape, method, end.value))),
  )
}

/** Rows of MySQL that are fetched one by one. */
function ofIterator(inner: AnyFunction): AnyFunction {
  return function iterator(this: unknown, ...given) {
    const known = typeof this === 'object' && this !== null ? prepared.get(this) : undefined
    const sent = known?.watch.send(known.sql, known.session)
    const rows = Reflect.apply(inner, this, given)
    if (known === undefined || sent === undefined) return rows
    return watchStream(sent, rows as AsyncIterable<unknown>, (row) => ({ rows: [row] }))
  }
}

/** Queries of a batch are sent by the session; their results are mapped one by one. */
function ofBatch(inner: AnyFunction): AnyFunction {
  return function mapResult(this: unknown, ...given) {
    const value = Reflect.apply(inner, this, given)
    const known = typeof this === 'object' && this !== null ? prepared.get(this) : undefined
    if (given[1] === true && known !== undefined) {
      const method = memberOf(this, 'executeMethod')
      const sent = known.watch.send(known.sql, known.session)
      sent?.succeeded(resultOf(known.shape, typeof method === 'string' ? method : 'execute', value))
    }
    return value
  }
}
