/**
 * TypeORM: every statement its query runners send is access below the route.
 *
 * Repositories, query builders, cascades, eager relations, subscribers and raw queries all end in `query()` of a query
 * runner, so that is what is watched; entity listeners would miss what query builders do.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { countOf, listOf, memberOf } from './member.ts'
import type { Dialect } from './sql/tokens.ts'
import { type SentStatement, type StatementResult, StatementWatch } from './statement-watch.ts'
import { rowsOfTable } from './typeorm/columns.ts'
import { watchReadable } from './typeorm/readable.ts'

/** What is called of a data source. */
export interface DataSourceLike {
  createQueryRunner(...given: never[]): object
}

export interface TypeormOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

/**
 * Records what TypeORM reads and writes of tables that the option `data` of the audit declares: tables, not entities. Returns
 * the same data source, before or after it is initialized.
 *
 * Throws `AUDIT_OPTION_INVALID` naming an option that cannot be, and `AUDIT_LIBRARY_UNKNOWN` for anything but a
 * data source, and for one of MongoDB: that is the driver's to tell.
 *
 *     export const dataSource = auditTypeorm(new DataSource({ type: 'postgres', entities, url }))
 */
export function auditTypeorm<T extends DataSourceLike>(dataSource: T, options: TypeormOptions = {}): T {
  const where = 'auditTypeorm(dataSource)'
  checkOptions(where, options)
  const type = memberOf(memberOf(dataSource, 'options'), 'type')
  if (typeof memberOf(dataSource, 'createQueryRunner') !== 'function' || typeof type !== 'string')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: a DataSource of TypeORM is expected`)
  if (type === 'mongodb')
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: a data source of MongoDB sends no SQL; use auditMongodb()`)
  const watch = new StatementWatch(dialectOf(type), options.audit)
  wrapOnce(
    where,
    dataSource,
    'createQueryRunner',
    (inner) =>
      function createQueryRunner(this: unknown, ...given) {
        const runner: unknown = Reflect.apply(inner, this, given)
        if (typeof runner === 'object' && runner !== null) watchRunner(where, runner, dataSource, watch)
        return runner
      },
  )
  return dataSource
}

function dialectOf(type: string): Dialect {
  if (/mysql|mariadb/.test(type)) return 'mysql'
  if (type === 'mssql') return 'mssql'
  return /sqlite|sqljs|capacitor|cordova|expo|nativescript|react-native/.test(type) ? 'sqlite' : 'postgres'
}

function watchRunner(where: string, runner: object, dataSource: object, watch: StatementWatch): void {
  const wrapped = wrapOnce(
    where,
    runner,
    'query',
    (inner) =>
      function query(this: unknown, ...given) {
        const [text, parameters, structured] = given
        const sent = watch.send(text, runner)
        if (sent === undefined) return Reflect.apply(inner, this, given)
        // The whole answer says how many rows were changed; what was asked for is a part of it.
        const whole = (): unknown => Reflect.apply(inner, this, [text, parameters, true])
        return answered(sent, whole, structured === true, (table, rows) => rowsOfTable(dataSource, table, text, rows))
      },
  )
  if (!wrapped || typeof memberOf(runner, 'stream') !== 'function') return
  wrapOnce(
    where,
    runner,
    'stream',
    (inner) =>
      async function stream(this: unknown, ...given) {
        const sent = watch.send(given[0], runner)
        const readable: unknown = await Reflect.apply(inner, this, given)
        if (sent !== undefined) watchReadable(readable, sent)
        return readable
      },
  )
}

async function answered(
  sent: SentStatement,
  whole: () => unknown,
  structured: boolean,
  rowsOf: (table: string, rows: readonly unknown[]) => readonly unknown[] | undefined,
): Promise<unknown> {
  let answer: unknown
  try {
    answer = await whole()
  } catch (error) {
    sent.failed()
    throw error
  }
  const rows = listOf(memberOf(answer, 'records'))
  const result: StatementResult = {
    rows,
    affected: countOf(memberOf(answer, 'affected')),
    rowsOf: (table) => rowsOf(table, rows),
  }
  sent.succeeded(result)
  return structured || typeof answer !== 'object' || answer === null || !('raw' in answer) ? answer : answer.raw
}
