/** MySQL and MariaDB, SQLite, SQL Server, Oracle: numbers and states, never the statement or its values. */
import { own } from '../scrub/read.ts'
import type { Adapter } from './adapter.ts'
import { isCode } from './code.ts'
import { boolIn, intIn, nameIn, textIn } from './fields.ts'

export const mysqlAdapter: Adapter = {
  library: 'mysql2',
  describe(error, { names }) {
    const sqlState = textIn(error, 'sqlState', /^#?[0-9A-Z]{5}$/)
    const errno = intIn(error, 'errno', 1, 99_999)
    if (sqlState === undefined && !names.has('SqlError')) return undefined
    return { details: { errno, sql_state: sqlState?.replace('#', ''), fatal: boolIn(error, 'fatal') } }
  },
}

export const sqliteAdapter: Adapter = {
  library: 'sqlite',
  describe(error) {
    const code = own(error, 'code')
    const sqlite = typeof code === 'string' && (code.startsWith('SQLITE_') || code === 'ERR_SQLITE_ERROR')
    if (!sqlite || !isCode(code)) return undefined
    return { code, details: { errno: intIn(error, 'errno', 1, 99_999) ?? intIn(error, 'errcode', 1, 99_999) } }
  },
}

export const sqlServerAdapter: Adapter = {
  library: 'mssql',
  describe(error) {
    const number = intIn(error, 'number', 1, 9_999_999)
    const severity = intIn(error, 'class', 0, 25)
    if (number === undefined || severity === undefined) return undefined
    return {
      details: {
        number,
        severity,
        state: intIn(error, 'state', 0, 255),
        procedure: nameIn(error, 'procName'),
        line: intIn(error, 'lineNumber', 0, 999_999),
      },
    }
  },
}

export const oracleAdapter: Adapter = {
  library: 'oracledb',
  describe(error) {
    const number = intIn(error, 'errorNum', 1, 99_999)
    if (number === undefined) return undefined
    return {
      code: `ORA-${String(number).padStart(5, '0')}`,
      details: { number, offset: intIn(error, 'offset', 0, 999_999) },
    }
  },
}
