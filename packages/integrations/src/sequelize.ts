/**
 * Sequelize: every statement is sent by `sequelize.query()`, and is access below the route.
 *
 * Hooks see models alone, and `{ hooks: false }` or a raw query goes around them; nothing goes around `query()`.
 */
import { type Audit, AuditError } from '@trailmark/core'
import { wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { memberOf } from './member.ts'
import { resultOf } from './sequelize/result.ts'
import type { Dialect } from './sql/tokens.ts'
import { StatementWatch } from './statement-watch.ts'

/** What is called of Sequelize. */
export interface SequelizeLike {
  query(...given: never[]): unknown
  getDialect(): string
}

export interface SequelizeOptions {
  /** Default: the audit that follows the request, else the only one that declares tables. */
  readonly audit?: Audit
}

/**
 * Records what Sequelize reads and writes of tables that the option `data` of the audit declares: tables, not models. Returns
 * the same instance.
 *
 * Throws `AUDIT_OPTION_INVALID` naming an option that cannot be, and `AUDIT_LIBRARY_UNKNOWN` for anything but an
 * instance of Sequelize 6.
 *
 *     export const sequelize = auditSequelize(new Sequelize(url))
 */
export function auditSequelize<T extends SequelizeLike>(sequelize: T, options: SequelizeOptions = {}): T {
  const where = 'auditSequelize(sequelize)'
  checkOptions(where, options)
  const dialect = memberOf(sequelize, 'getDialect')
  const isSix = typeof memberOf(sequelize, 'query') === 'function' && memberOf(sequelize, 'queryRaw') === undefined
  if (typeof dialect !== 'function' || !isSix)
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: an instance of Sequelize 6 is expected`)
  const watch = new StatementWatch(dialectOf(String(Reflect.apply(dialect, sequelize, []))), options.audit)
  wrapOnce(
    where,
    sequelize,
    'query',
    (inner) =>
      function query(this: unknown, ...given) {
        const [text, asked] = given
        const sql = typeof text === 'string' ? text : memberOf(text, 'query')
        const send = (): unknown => Reflect.apply(inner, this, given)
        // Without a transaction every statement may go to another connection.
        return watch.run(sql, transactionOf(sequelize, asked) ?? {}, send, (value) => resultOf(asked, value))
      },
  )
  return sequelize
}

function dialectOf(name: string): Dialect {
  if (name === 'mysql' || name === 'mariadb') return 'mysql'
  return name === 'sqlite' || name === 'mssql' ? name : 'postgres'
}

/** The outermost transaction: the one that is named, or, with CLS, the one in progress. Those inside it are savepoints. */
function transactionOf(sequelize: object, options: unknown): object | undefined {
  let found = memberOf(options, 'transaction')
  if (found === undefined) {
    const cls = memberOf(memberOf(sequelize, 'constructor'), '_cls')
    const get = memberOf(cls, 'get')
    if (typeof get === 'function') found = Reflect.apply(get, cls, ['transaction'])
  }
  for (let parent = memberOf(found, 'parent'); parent; parent = memberOf(found, 'parent')) found = parent
  return typeof found === 'object' && found !== null ? found : undefined
}
