/**
 * Knex: every statement that one of its connections sends is access below the route.
 *
 * Knex is watched where it hands out connections, and not by its own events: the driver beneath sees transactions, streams and
 * raw statements in the same way, and a driver that is audited already is not counted twice.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { type AnyFunction, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'
import { auditMysql2 } from './mysql2.ts'
import { auditPg } from './pg.ts'
import { auditSqlite } from './sqlite.ts'

/** What is called of a Knex instance. */
export interface KnexLike {
  readonly client: object
}

export interface KnexOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

/** By the driver that a client of Knex names. */
const drivers: Readonly<Record<string, (connection: never, options: KnexOptions) => object>> = {
  pg: auditPg,
  pgnative: auditPg,
  mysql2: auditMysql2,
  'better-sqlite3': auditSqlite,
}

/**
 * Records what queries of Knex read and write of tables that the option `data` of the audit declares, as `data_access`,
 * `data_create`, `data_update` and `data_delete`. Takes a Knex instance over `pg` (also `cockroachdb` and `redshift`), `mysql2`
 * or `better-sqlite3` and returns it.
 *
 * Throws `AUDIT_LIBRARY_UNKNOWN` for anything else, and for an instance over another driver.
 *
 *     const knex = auditKnex(createKnex({ client: 'pg', connection: url }))
 */
export function auditKnex<T extends KnexLike>(knex: T, options: KnexOptions = {}): T {
  checkOptions('auditKnex()', options)
  const where = 'auditKnex(knex)'
  const client = memberOf(knex, 'client')
  if (typeof client !== 'object' || client === null || typeof memberOf(client, 'acquireConnection') !== 'function')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: what knex() returns is expected`)
  const name = String(memberOf(client, 'driverName'))
  const driver = drivers[name]
  if (driver === undefined)
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      `${where}: statements of the driver ${name} cannot be seen; there are ${Object.keys(drivers).join(', ')}`,
    )
  wrapOnce(
    where,
    client,
    'acquireConnection',
    (inner): AnyFunction =>
      async function acquireConnection(this: unknown, ...given) {
        const connection: unknown = await Reflect.apply(inner, this, given)
        Reflect.apply(driver, undefined, [connection, options])
        return connection
      },
  )
  return knex
}
