/** The package sqlite3 as Sequelize calls it, over better-sqlite3: for `dialectModule`. Answers come in a later turn. */
import SQLite from 'better-sqlite3'

type Callback = (this: { lastID?: number; changes?: number }, error: Error | null, rows?: unknown[]) => void

class Database {
  readonly filename: string
  readonly #database: SQLite.Database

  constructor(filename: string, _mode: number, opened: (error: Error | null) => void) {
    this.filename = filename
    this.#database = new SQLite(filename)
    setImmediate(opened, null)
  }

  run(sql: string, parameters?: unknown, done?: Callback): void {
    this.#answer(sql, parameters, done)
  }

  all(sql: string, parameters?: unknown, done?: Callback): void {
    this.#answer(sql, parameters, done)
  }

  exec(sql: string, done?: (error: Error | null) => void): void {
    this.#database.exec(sql)
    if (done !== undefined) setImmediate(done, null)
  }

  serialize(work: () => void): void {
    work()
  }

  close(done?: (error: Error | null) => void): void {
    this.#database.close()
    if (done !== undefined) setImmediate(done, null)
  }

  #answer(sql: string, parameters: unknown, done: unknown): void {
    const given = typeof parameters === 'function' ? [] : (parameters ?? [])
    const callback = typeof parameters === 'function' ? parameters : done
    const tell = (self: object, error: unknown, rows?: unknown[]): void => {
      if (typeof callback === 'function') setImmediate(() => Reflect.apply(callback, self, [error, rows]))
    }
    try {
      const statement = this.#database.prepare(sql)
      const named = Array.isArray(given) ? given : [withoutSigils(given)]
      if (statement.reader) tell({}, null, statement.all(...named))
      else {
        const { lastInsertRowid, changes } = statement.run(...named)
        tell(new Statement(Number(lastInsertRowid), changes), null, [])
      }
    } catch (error) {
      tell({}, error)
    }
  }
}

/** Sequelize asks for this class by its name. */
class Statement {
  readonly lastID: number
  readonly changes: number
  constructor(lastID: number, changes: number) {
    this.lastID = lastID
    this.changes = changes
  }
}

/** `$1` is the name of a parameter for sqlite3, and `1` for better-sqlite3. */
function withoutSigils(parameters: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name.replace(/^\$/, ''), value]))
}

export const sqlite3 = { Database, OPEN_READWRITE: 2, OPEN_CREATE: 4 }
