/** PostgreSQL: node-postgres and postgres.js. Never `detail`, `where`, `hint`, `internalQuery`: they quote values. */
import { own } from '../scrub/read.ts'
import type { Adapter } from './adapter.ts'
import { isSqlState } from './code.ts'
import { nameIn, textIn, wordIn } from './fields.ts'

const severities: ReadonlySet<string> = new Set([
  'ERROR',
  'FATAL',
  'PANIC',
  'WARNING',
  'NOTICE',
  'DEBUG',
  'INFO',
  'LOG',
])

export const postgresAdapter: Adapter = {
  library: 'pg',
  describe(error, { names }) {
    const code = own(error, 'code')
    const severity = wordIn(error, 'severity', severities)
    const driver = severity !== undefined && (Object.hasOwn(error, 'routine') || names.has('DatabaseError'))
    if (!driver && !(names.has('PostgresError') && severity !== undefined)) return undefined
    return {
      code: isSqlState(code) ? code : undefined,
      details: {
        severity,
        schema: nameIn(error, 'schema') ?? nameIn(error, 'schema_name'),
        table: nameIn(error, 'table') ?? nameIn(error, 'table_name'),
        column: nameIn(error, 'column') ?? nameIn(error, 'column_name'),
        data_type: nameIn(error, 'dataType') ?? nameIn(error, 'type_name'),
        constraint: nameIn(error, 'constraint') ?? nameIn(error, 'constraint_name'),
        routine: textIn(error, 'routine', /^[A-Za-z_]{1,64}$/),
      },
    }
  },
}
