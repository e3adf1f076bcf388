/**
 * Drizzle's migrations, each on record: `@trailmark/integrations/drizzle-migrations`.
 *
 *     const db = auditDrizzleMigrations(drizzle(pool))
 *     await migrate(db, { migrationsFolder: 'drizzle' })
 *
 * Drizzle does not say which migrations it ran. But it reads the hash of one only to write it down once its statements are
 * done, and the statements only to run them: both are noticed. Those that `drizzle-kit migrate` runs are not seen.
 */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { watchCall, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type AuditOption, checkGiven } from './system/given.ts'
import { recordMigration } from './system/migration.ts'

/** Drizzle's databases, as far as they are read here. */
export interface DrizzleLike {
  readonly dialect?: unknown
}

const journalBytesMax = 1_048_576

/**
 * Records `database_migration_run` for each migration that `migrate(db, …)` runs, and one failure if it fails, in which case
 * nothing of that run stays. Returns `db`. Throws `AUDIT_LIBRARY_UNKNOWN` for what is none.
 */
export function auditDrizzleMigrations<T extends object>(db: T & DrizzleLike, options: AuditOption = {}): T {
  checkOptions('auditDrizzleMigrations()', options)
  const where = 'auditDrizzleMigrations()'
  const dialect = checkGiven(where, Reflect.get(Object(db), 'dialect'), 'a Drizzle database whose `dialect`', 'migrate')
  wrapOnce(
    where,
    dialect,
    'migrate',
    (inner) =>
      function (this: unknown, migrations, session, config) {
        if (!Array.isArray(migrations)) return Reflect.apply(inner, this, [migrations, session, config])
        const names = namesOf(config)
        const run = new Run(names)
        const startedMs = performance.now()
        return watchCall(
          () => Reflect.apply(inner, this, [migrations.map((one: unknown) => run.watch(one)), session, config]),
          ({ failed }) => {
            if (failed && run.begun !== undefined)
              recordMigration(options, { name: run.begun, direction: 'up', startedMs, failed })
            if (failed) return
            for (const { name, hash } of run.done) recordMigration(options, { name, direction: 'up', checksum: hash })
          },
        )
      },
  )
  return db
}

class Run {
  readonly done: { readonly name: string; readonly hash: string }[] = []
  /** The one whose statements were read last. */
  begun: string | undefined
  readonly #names: ReadonlyMap<number, string>

  constructor(names: ReadonlyMap<number, string>) {
    this.#names = names
  }

  watch(migration: unknown): unknown {
    if (typeof migration !== 'object' || migration === null) return migration
    const { sql, hash, folderMillis }: { sql?: unknown; hash?: unknown; folderMillis?: unknown } = migration
    const name = this.#names.get(Number(folderMillis)) ?? String(folderMillis)
    return Object.defineProperties(
      { ...migration },
      {
        sql: {
          enumerable: true,
          get: () => {
            this.begun = name
            return sql
          },
        },
        hash: {
          enumerable: true,
          get: () => {
            if (!this.done.some((one) => one.name === name)) this.done.push({ name, hash: String(hash) })
            return hash
          },
        },
      },
    )
  }
}

/** The names of the journal, by the time that tells them apart. */
function namesOf(config: unknown): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  try {
    const folder: unknown =
      typeof config === 'object' && config !== null ? Reflect.get(config, 'migrationsFolder') : config
    const path = join(String(folder), 'meta', '_journal.json')
    if (statSync(path).size > journalBytesMax) return names
    const { entries }: { entries?: unknown } = JSON.parse(readFileSync(path, 'utf8'))
    for (const { when, tag } of Array.isArray(entries) ? entries : []) names.set(Number(when), String(tag))
  } catch {
    // Without a journal a migration is named by its time.
  }
  return names
}
