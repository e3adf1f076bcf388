/**
 * mysql2: every statement that a connection sends is access below the route.
 *
 * Pools and the promise API end in `query()` and `execute()` of the connection beneath, which is the one place that is
 * watched. A pool calls back in whatever request released a connection; its callbacks run in the request that asked.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { type AnyFunction, currentContext, runInContext, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'
import { CommandEnd } from './mysql2/command-watch.ts'
import { StatementWatch } from './statement-watch.ts'

/** What is called of a connection or a pool, with callbacks or with promises. */
export interface Mysql2Queryable {
  query(...given: never[]): unknown
  execute(...given: never[]): unknown
}

export interface Mysql2Options {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

/**
 * Records what statements read and write of tables that the option `data` of the audit declares, as `data_access`,
 * `data_create`, `data_update` and `data_delete`. Takes a pool or a connection of `mysql2` or `mysql2/promise` and returns it.
 *
 * Throws `AUDIT_LIBRARY_UNKNOWN` for anything else.
 *
 *     const pool = auditMysql2(mysql.createPool(url))
 */
export function auditMysql2<T extends Mysql2Queryable>(target: T, options: Mysql2Options = {}): T {
  checkOptions('auditMysql2()', options)
  const where = 'auditMysql2(pool)'
  const watch = new StatementWatch('mysql', options.audit)
  watch.layer = 'driver'
  const core = coreOf(target)
  if (core !== undefined && typeof memberOf(core, 'getConnection') === 'function') watchPool(where, core, watch)
  else if (core !== undefined && typeof memberOf(core, 'addCommand') === 'function') watchConnection(where, core, watch)
  else
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      `${where}: a pool or a connection of mysql2 or mysql2/promise is expected`,
    )
  return target
}

/** Promises are a shell around a pool or a connection with callbacks. */
function coreOf(target: unknown): object | undefined {
  const inner = memberOf(target, 'pool') ?? memberOf(target, 'connection')
  const core = typeof memberOf(inner, 'query') === 'function' ? inner : target
  return typeof core === 'object' && core !== null && typeof memberOf(core, 'execute') === 'function' ? core : undefined
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

/** `query()` and `execute()` of a pool ask for a connection as well. */
function watchPool(where: string, pool: object, watch: StatementWatch): void {
  wrapOnce(
    where,
    pool,
    'getConnection',
    (inner): AnyFunction =>
      function getConnection(this: unknown, ...given) {
        const [callback] = given
        if (!isFunction(callback)) return Reflect.apply(inner, this, given)
        const context = currentContext()
        const called = (...answer: unknown[]): unknown => {
          const [, connection] = answer
          if (typeof connection === 'object' && connection !== null) watchConnection(where, connection, watch)
          return runInContext(context, () => Reflect.apply(callback, undefined, answer))
        }
        return Reflect.apply(inner, this, [called, ...given.slice(1)])
      },
  )
}

function watchConnection(where: string, connection: object, watch: StatementWatch): void {
  const sending = (name: 'query' | 'execute'): boolean =>
    wrapOnce(
      where,
      connection,
      name,
      (inner): AnyFunction =>
        function send(this: unknown, ...given) {
          const call = (...with_: unknown[]): unknown => Reflect.apply(inner, this, with_)
          return watched(watch, connection, textOf(name, connection, given), given, call)
        },
    )
  if (!sending('query')) return
  sending('execute')
  watchPrepare(where, connection, watch)
  const once = memberOf(connection, 'once')
  // What a connection had begun when it was lost never happened.
  if (isFunction(once)) Reflect.apply(once, connection, ['end', () => watch.end(connection, false)])
}

function watched(
  watch: StatementWatch,
  connection: object,
  sql: unknown,
  given: readonly unknown[],
  call: (...given: unknown[]) => unknown,
): unknown {
  const sent = watch.send(sql, connection)
  if (sent === undefined) return call(...given)
  const end = new CommandEnd(sent)
  try {
    const [command] = given
    const onResult = memberOf(command, 'onResult')
    const at = given.findLastIndex(isFunction)
    const callback = given[at]
    if (typeof command === 'object' && command !== null && isFunction(onResult)) {
      // A pool has made the command already.
      Reflect.set(command, 'onResult', end.watched(onResult))
      return call(...given)
    }
    if (isFunction(callback)) return call(...given.with(at, end.watched(callback)))
    const made = call(...given)
    end.watchEvents(made)
    return made
  } catch (error) {
    end.failed()
    throw error
  }
}

/** Text with `??` in it names its tables in its values. */
function textOf(name: string, connection: object, given: readonly unknown[]): unknown {
  const [first, second] = given
  const sql = typeof first === 'string' ? first : memberOf(first, 'sql')
  if (typeof sql !== 'string' || name !== 'query' || !sql.includes('??')) return sql
  const values = isFunction(second) || second === undefined ? memberOf(first, 'values') : second
  const format = memberOf(connection, 'format')
  try {
    return isFunction(format) ? Reflect.apply(format, connection, [sql, values]) : sql
  } catch {
    return sql
  }
}

/** A statement that was prepared by hand is sent by itself. */
function watchPrepare(where: string, connection: object, watch: StatementWatch): void {
  wrapOnce(
    where,
    connection,
    'prepare',
    (inner): AnyFunction =>
      function prepare(this: unknown, ...given) {
        const at = given.findLastIndex(isFunction)
        const callback = given[at]
        if (!isFunction(callback)) return Reflect.apply(inner, this, given)
        const prepared: AnyFunction = function prepared(this: unknown, ...answer) {
          const [, statement] = answer
          if (typeof statement === 'object' && statement !== null) watchStatement(where, statement, connection, watch)
          return Reflect.apply(callback, this, answer)
        }
        return Reflect.apply(inner, this, given.with(at, prepared))
      },
  )
}

function watchStatement(where: string, statement: object, connection: object, watch: StatementWatch): void {
  wrapOnce(
    where,
    statement,
    'execute',
    (inner): AnyFunction =>
      function execute(this: unknown, ...given) {
        const call = (...with_: unknown[]): unknown => Reflect.apply(inner, this, with_)
        return watched(watch, connection, memberOf(statement, 'query'), given, call)
      },
  )
}
