/**
 * Kysely: every statement a dialect's connections execute or stream is access below the route.
 *
 * The dialect is what is wrapped, and not a plugin added: a plugin sees neither what fails nor what was compiled before, and
 * it sees names before other plugins have changed them.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { countOf, listOf, memberOf } from './member.ts'
import type { Dialect } from './sql/tokens.ts'
import { watchStream } from './statement-stream.ts'
import { type StatementResult, StatementWatch } from './statement-watch.ts'

/** What is called of a dialect of Kysely. */
export interface KyselyDialectLike {
  createDriver(): object
  createAdapter(): object
}

export interface KyselyOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
  /** The SQL it speaks. Default: by the dialect's name, `postgres` for one that is not known. */
  readonly dialect?: 'postgres' | 'mysql' | 'sqlite' | 'mssql'
}

const AUDITED = Symbol.for('@trailmark/integrations/kysely/1')
const dialects: readonly Dialect[] = ['postgres', 'mysql', 'sqlite', 'mssql']

/**
 * Records what queries of Kysely read and write of tables that the option `data` of the audit declares. Takes the dialect and
 * returns it, for `new Kysely()`.
 *
 * Throws `AUDIT_LIBRARY_UNKNOWN` for anything but a dialect, and `AUDIT_OPTION_INVALID` for a wrong option.
 *
 *     const db = new Kysely<Database>({ dialect: auditKysely(new PostgresDialect({ pool })) })
 */
export function auditKysely<T extends KyselyDialectLike>(dialect: T, options: KyselyOptions = {}): T {
  const where = 'auditKysely(dialect)'
  checkOptions(where, options, { dialect: dialects })
  if (
    typeof memberOf(dialect, 'createDriver') !== 'function' ||
    typeof memberOf(dialect, 'createAdapter') !== 'function'
  )
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      `${where}: a dialect of Kysely is expected, as in new Kysely({ dialect })`,
    )
  const watch = new StatementWatch(options.dialect ?? dialectOf(dialect), options.audit)
  wrapOnce(
    where,
    dialect,
    'createDriver',
    (inner) =>
      function createDriver(this: unknown, ...given) {
        const driver: unknown = Reflect.apply(inner, this, given)
        if (typeof driver === 'object' && driver !== null) watchDriver(where, driver, watch)
        return driver
      },
  )
  return dialect
}

/** Dialects of others are named for the database as well: `NodeMssqlDialect`, `BunSqliteDialect`. */
function dialectOf(dialect: object): Dialect {
  const name = String(memberOf(memberOf(dialect, 'constructor'), 'name')).toLowerCase()
  return dialects.find((known) => name.includes(known)) ?? (/sqlite|libsql|d1/.test(name) ? 'sqlite' : 'postgres')
}

function watchDriver(where: string, driver: object, watch: StatementWatch): void {
  wrapOnce(
    where,
    driver,
    'acquireConnection',
    (inner) =>
      async function acquireConnection(this: unknown, ...given) {
        const connection: unknown = await Reflect.apply(inner, this, given)
        if (typeof connection === 'object' && connection !== null) watchConnection(where, connection, watch)
        return connection
      },
  )
  // Not every driver begins and ends with a statement.
  const ending = (name: string, ended: (connection: object) => void): void => {
    wrapOnce(
      where,
      driver,
      name,
      (inner) =>
        async function control(this: unknown, ...given) {
          let worked = false
          try {
            const result: unknown = await Reflect.apply(inner, this, given)
            worked = true
            return result
          } finally {
            const [connection] = given
            if (typeof connection === 'object' && connection !== null) {
              if (worked) ended(connection)
              else if (name !== 'beginTransaction') watch.end(connection, false)
            }
          }
        },
    )
  }
  ending('beginTransaction', (connection) => watch.begin(connection))
  ending('commitTransaction', (connection) => watch.end(connection, true))
  ending('rollbackTransaction', (connection) => watch.end(connection, false))
}

/** Kysely puts its own logging around the methods of a connection, so the connection is marked and not its methods. */
function watchConnection(where: string, connection: object, watch: StatementWatch): void {
  if (Object.hasOwn(connection, AUDITED)) return
  Object.defineProperty(connection, AUDITED, { value: true })
  wrapOnce(
    where,
    connection,
    'executeQuery',
    (inner) =>
      function executeQuery(this: unknown, ...given) {
        return watch.run(memberOf(given[0], 'sql'), connection, () => Reflect.apply(inner, this, given), resultOf)
      },
  )
  // Not every dialect streams.
  if (typeof memberOf(connection, 'streamQuery') !== 'function') return
  wrapOnce(
    where,
    connection,
    'streamQuery',
    (inner) =>
      function streamQuery(this: unknown, ...given) {
        const sent = watch.send(memberOf(given[0], 'sql'), connection)
        const stream = Reflect.apply(inner, this, given)
        return sent === undefined ? stream : watchStream(sent, stream as AsyncIterable<unknown>, resultOf)
      },
  )
}

function resultOf(value: unknown): StatementResult {
  return { rows: listOf(memberOf(value, 'rows')), affected: countOf(memberOf(value, 'numAffectedRows')) }
}
