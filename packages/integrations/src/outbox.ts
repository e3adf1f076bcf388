/**
 * The outbox as a table of a SQL database: `@trailmark/integrations/outbox`.
 *
 * For pg, PGlite, mysql2, better-sqlite3, node:sqlite, Knex, Kysely, Drizzle, Prisma and TypeORM: the application's transaction
 * writes the row through its own library, and the relay reads the table through `client`.
 */
import { randomUUID } from 'node:crypto'
import { AuditError, type Drained, type Outbox, type OutboxRow } from '@trailmark/core'
import { canExecute, execute, type SqlTag } from './outbox/execute.ts'
import type { Statement } from './outbox/statement.ts'
import { type Dialect, tableStatements } from './outbox/table.ts'

export { type Dialect, outboxTableSql } from './outbox/table.ts'

export interface SqlOutboxOptions {
  /** What the relay reads and clears the table with: a pool, or the instance of your library. Not a transaction. */
  readonly client: object
  /** Default: `postgres`. */
  readonly dialect?: Dialect
  /** The table that `outboxTableSql()` made. Default: `trailmark_outbox`. */
  readonly table?: string
  /** Drizzle's `sql`; needed for Drizzle alone. */
  readonly sql?: SqlTag
}

const names: readonly string[] = ['client', 'dialect', 'table', 'sql']
const dialects: readonly Dialect[] = ['postgres', 'mysql', 'sqlite']
const tableShape = /^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/

/**
 * An outbox for `createAudit({ outbox })`. Throws `AUDIT_OPTION_INVALID` naming the option, and
 * `AUDIT_LIBRARY_UNKNOWN` for a client of no library that is known.
 *
 *     const pool = new Pool()
 *     const audit = createAudit({ outbox: sqlOutbox({ client: pool }) })
 */
export function sqlOutbox(options: SqlOutboxOptions): Outbox {
  if (typeof options !== 'object' || options === null) throw invalid('options', 'must be an object with a client')
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown !== undefined) throw invalid(unknown, `is not known; there are ${names.join(', ')}`)
  const { client, dialect = 'postgres', table = 'trailmark_outbox', sql } = options
  if ((typeof client !== 'object' && typeof client !== 'function') || client === null)
    throw invalid('client', 'must be a pool or an instance of your database library')
  if (!dialects.includes(dialect)) throw invalid('dialect', `must be one of ${dialects.join(', ')}`)
  if (typeof table !== 'string' || !tableShape.test(table)) throw invalid('table', 'must be the name of a table')
  if (sql !== undefined && typeof sql !== 'function') throw invalid('sql', "must be Drizzle's `sql`")
  if (!canExecute(client))
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      'sqlOutbox(): client is no pool or instance of a library that is known',
    )
  const statements = tableStatements(dialect, table)
  const run = (handle: object, statement: Statement): Promise<readonly unknown[]> =>
    execute(handle, statement, { dialect, sql })

  async function settle({ done, refused }: Drained, token: string): Promise<void> {
    if (done.length > 0) await run(client, statements.remove(done))
    if (refused.length > 0) await run(client, statements.refuse(refused))
    await run(client, statements.release(token))
  }

  return {
    async put(transaction, { id, body }) {
      await run(transaction, statements.put(id, body))
    },
    async drain(limit, work) {
      const token = randomUUID()
      await run(client, statements.take(token, Date.now(), limit))
      const rows = (await run(client, statements.taken(token))).flatMap(readRow)
      if (rows.length === 0) return 0
      let drained: Drained = { done: [], refused: [] }
      try {
        drained = await work(rows)
      } finally {
        await settle(drained, token)
      }
      return rows.length
    },
  }
}

function readRow(row: unknown): OutboxRow[] {
  if (typeof row !== 'object' || row === null) return []
  const { id, body, takes }: { id?: unknown; body?: unknown; takes?: unknown } = row
  if (typeof id !== 'string' || typeof body !== 'string') return []
  return [{ id, body, taken: Number(takes) > 1 }]
}

function invalid(option: string, problem: string): AuditError {
  return new AuditError('AUDIT_OPTION_INVALID', `sqlOutbox(): ${option} ${problem}`)
}
