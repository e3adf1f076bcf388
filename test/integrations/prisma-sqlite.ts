/** A driver adapter of Prisma over one SQLite database: statements one after another, transactions one at a time. */
import {
  type ColumnType,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlDriverAdapterFactory,
  type SqlQuery,
  type SqlQueryable,
  type SqlResultSet,
  type Transaction,
} from '@prisma/driver-adapter-utils'
import type { Database } from 'better-sqlite3'

const info = { provider: 'sqlite', adapterName: 'test-better-sqlite3' } as const

export function sqliteAdapter(database: Database): SqlDriverAdapterFactory {
  let before: Promise<void> = Promise.resolve()
  /** Resolves with the function that lets the next one in. */
  const take = async (): Promise<() => void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const mine = before
    before = promise
    await mine
    return resolve
  }
  const direct = queryable(database)
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    const done = await take()
    try {
      return await work()
    } finally {
      done()
    }
  }
  const adapter: SqlDriverAdapter = {
    ...info,
    queryRaw: (query) => alone(() => direct.queryRaw(query)),
    executeRaw: (query) => alone(() => direct.executeRaw(query)),
    executeScript: async (script) => void database.exec(script),
    dispose: async () => {},
    startTransaction: async () => {
      const done = await take()
      database.exec('begin')
      const end = async (statement: string): Promise<void> => {
        if (database.inTransaction) database.exec(statement)
        done()
      }
      const transaction: Transaction = {
        ...direct,
        options: { usePhantomQuery: true },
        commit: () => end('commit'),
        rollback: () => end('rollback'),
        createSavepoint: async (name) => void database.exec(`savepoint ${name}`),
        rollbackToSavepoint: async (name) => void database.exec(`rollback to ${name}`),
        releaseSavepoint: async (name) => void database.exec(`release savepoint ${name}`),
      }
      return transaction
    },
  }
  return { ...info, connect: async () => adapter }
}

function queryable(database: Database): SqlQueryable {
  return {
    ...info,
    queryRaw: async ({ sql, args }: SqlQuery): Promise<SqlResultSet> =>
      mapped(() => {
        const statement = database.prepare(sql)
        if (!statement.reader) {
          statement.run(...args)
          return { columnNames: [], columnTypes: [], rows: [] }
        }
        const columns = statement.columns()
        const rows = statement.raw().all(...args) as unknown[][]
        return {
          columnNames: columns.map((column) => column.name),
          columnTypes: columns.map((column, n) => typeOf(column.type, rows[0]?.[n])),
          rows,
        }
      }),
    executeRaw: async ({ sql, args }: SqlQuery): Promise<number> =>
      mapped(() => database.prepare(sql).run(...args).changes),
  }
}

function typeOf(declared: string | null, value: unknown): ColumnType {
  if (declared?.toLowerCase() === 'integer' || typeof value === 'number') return ColumnTypeEnum.Int32
  return ColumnTypeEnum.Text
}

function mapped<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const code: unknown = Object(error).code
    if (typeof code === 'string' && code.startsWith('SQLITE_CONSTRAINT'))
      throw new DriverAdapterError({ kind: 'UniqueConstraintViolation', constraint: { fields: ['no'] } })
    throw new DriverAdapterError({ kind: 'sqlite', extendedCode: 1, message: String(error) })
  }
}
