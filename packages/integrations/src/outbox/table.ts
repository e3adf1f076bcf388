/**
 * The table of the outbox and the five things done with it, in three dialects.
 *
 * Each is one statement, so that nothing here needs a transaction of its own: rows are taken by marking them, for a minute, and
 * whoever ends before saying what became of them loses them to the next.
 */
import { list, raw, type Statement, statement } from './statement.ts'

export type Dialect = 'postgres' | 'mysql' | 'sqlite'

/** How long rows that were given to a relay are given to no other. */
const takenMs = 60_000

/** The statement that makes the table: put it into your migrations. */
export function outboxTableSql(dialect: Dialect, table = 'trailmark_outbox'): string {
  const body = dialect === 'mysql' ? 'MEDIUMTEXT' : 'TEXT'
  return `CREATE TABLE ${table} (
  id CHAR(36) NOT NULL PRIMARY KEY,
  body ${body} NOT NULL,
  taken_by CHAR(36),
  taken_ms BIGINT NOT NULL DEFAULT 0,
  takes INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0
)`
}

export interface TableStatements {
  put(id: string, body: string): Statement
  /** Marks the oldest free rows as taken by `token`. */
  take(token: string, nowMs: number, limit: number): Statement
  /** The rows taken by `token`: `id`, `body`, `takes`. */
  taken(token: string): Statement
  /** What `token` took and nothing became of. */
  release(token: string): Statement
  remove(ids: readonly string[]): Statement
  refuse(ids: readonly string[]): Statement
}

export function tableStatements(dialect: Dialect, name: string): TableStatements {
  const table = raw(name)
  return {
    put: (id, body) => statement`INSERT INTO ${table} (id, body) VALUES (${id}, ${body})`,
    take(token, nowMs, limit) {
      const set = raw('taken_by')
      const free = nowMs - takenMs
      if (dialect === 'mysql') {
        return statement`UPDATE ${table} SET ${set} = ${token}, taken_ms = ${nowMs}, takes = takes + 1 WHERE refused = 0 AND taken_ms < ${free} ORDER BY id LIMIT ${raw(String(limit))}`
      }
      const lock = raw(dialect === 'postgres' ? ' FOR UPDATE SKIP LOCKED' : '')
      return statement`UPDATE ${table} SET ${set} = ${token}, taken_ms = ${nowMs}, takes = takes + 1 WHERE id IN (SELECT id FROM ${table} WHERE refused = 0 AND taken_ms < ${free} ORDER BY id LIMIT ${raw(String(limit))}${lock})`
    },
    taken: (token) => statement`SELECT id, body, takes FROM ${table} WHERE taken_by = ${token} ORDER BY id`,
    release: (token) => statement`UPDATE ${table} SET taken_by = NULL, taken_ms = 0 WHERE taken_by = ${token}`,
    remove: (ids) => statement`DELETE FROM ${table} WHERE id IN (${list(ids)})`,
    refuse: (ids) => statement`UPDATE ${table} SET refused = 1, taken_by = NULL WHERE id IN (${list(ids)})`,
  }
}
