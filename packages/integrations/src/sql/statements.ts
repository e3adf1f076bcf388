/**
 * What SQL text does to tables, remembered by text: an application has few statements and runs them often.
 *
 * Only the head of a long text is read, 256 KiB: what makes a text long are values, and they come after the tables. A text
 * with literals is read every time and never kept: it holds somebody's data. Prefer parameters; they are also faster.
 *
 * Who reports: a driver (pg, mysql2, sqlite) says `layer: 'driver'`, a library above it says nothing. Where both tell of one
 * table and verb in one request, core keeps the driver's counts and drops the library's, so that neither has to know of the
 * other and nothing is counted twice.
 */
import { controlOf, type TransactionControl } from '../transaction-control.ts'
import { type ScannedText, scan } from './scan.ts'
import type { Dialect } from './tokens.ts'

export interface ReadText extends ScannedText {
  /** The text begins or ends a transaction, and does nothing else. */
  readonly control: TransactionControl | undefined
}

/** Characters of a text that are read. */
export const readMax = 262_144
const rememberedCharsMax = 8_192
const rememberedMax = 1_000

const remembered: Record<Dialect, Map<string, ReadText>> = {
  postgres: new Map(),
  mysql: new Map(),
  sqlite: new Map(),
  mssql: new Map(),
}

/**
 * The statements in `sql`, in their order, and what each does to which tables. Never throws; linear in the text's length up
 * to 256 KiB, and a look into a table when the text was seen before.
 *
 *     readStatements('SELECT * FROM patients', 'postgres').statements[0]?.uses // [{ verb: 'read', table: 'patients', … }]
 */
export function readStatements(sql: string, dialect: Dialect): ReadText {
  const texts = remembered[dialect]
  const known = texts.get(sql)
  if (known !== undefined) return known
  const scanned = { ...scan(sql, readMax, dialect), control: controlOf(sql) }
  if (sql.length <= rememberedCharsMax && !scanned.literals) {
    // The oldest goes; what is in use comes back at once.
    if (texts.size >= rememberedMax) {
      const [oldest] = texts.keys()
      if (oldest !== undefined) texts.delete(oldest)
    }
    texts.set(sql, scanned)
  }
  return scanned
}
