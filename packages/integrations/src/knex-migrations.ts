/**
 * Knex's migrations, each on record: `@trailmark/integrations/knex-migrations`.
 *
 *     const knex = auditKnexMigrations(Knex(config))
 *     await knex.migrate.latest()
 *
 * Run by the command line of Knex itself they are seen when its knexfile exports an audited instance, and else not.
 */
import { AuditError } from '@trailmark/core'
import { isWrapped, watchCall, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type AuditOption, checkGiven } from './system/given.ts'
import { recordMigration } from './system/migration.ts'

/** Knex 3, as far as it is read here. */
export interface KnexLike {
  readonly migrate: object
}

const runs = { latest: 'up', up: 'up', down: 'down', rollback: 'down' } as const

/**
 * Records `database_migration_run` for each migration that `knex.migrate` runs or reverts, and for the one that failed. Returns
 * `knex`. Throws `AUDIT_LIBRARY_UNKNOWN` for what is none.
 */
export function auditKnexMigrations<T extends KnexLike>(knex: T, options: AuditOption = {}): T {
  checkOptions('auditKnexMigrations()', options)
  const where = 'auditKnexMigrations()'
  const migrator = checkGiven(
    where,
    Reflect.get(Object(knex), 'migrate'),
    'a Knex instance whose `migrate`',
    ...Object.keys(runs),
  )
  if (isWrapped(Reflect.get(migrator, 'latest'))) return knex
  // Knex makes a new migrator each time it is asked for one.
  const getter = Reflect.getOwnPropertyDescriptor(knex, 'migrate')?.get
  if (getter === undefined)
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: \`migrate\` is not as Knex 3 has it`)
  Object.defineProperty(knex, 'migrate', {
    configurable: true,
    get: () => watched(where, checkGiven(where, Reflect.apply(getter, knex, []), 'a migrator', 'latest'), options),
  })
  return knex
}

function watched(where: string, migrator: object, options: AuditOption): object {
  for (const [name, direction] of Object.entries(runs)) {
    wrapOnce(
      where,
      migrator,
      name,
      (inner) =>
        function (this: unknown, ...given) {
          const startedMs = performance.now()
          return watchCall(
            () => Reflect.apply(inner, this, given),
            (end) => {
              const ran = end.failed ? running(migrator) : namesIn(end.value)
              const one = ran.length === 1 ? startedMs : undefined // Of several, nobody tells which took how long.
              for (const name of ran) recordMigration(options, { name, direction, startedMs: one, failed: end.failed })
            },
          )
        },
    )
  }
  return migrator
}

/** `[batch, names]`: names, or migrations of a source of the application's own. */
function namesIn(result: unknown): readonly unknown[] {
  const names: unknown = Array.isArray(result) ? result[1] : undefined
  return Array.isArray(names) ? names.map(nameIn) : []
}

function nameIn(migration: unknown): unknown {
  if (typeof migration !== 'object' || migration === null) return migration
  return Reflect.get(migration, 'name') ?? Reflect.get(migration, 'file')
}

/** The migration that failed; none when it failed before one began, or for want of the lock. */
function running(migrator: object): readonly unknown[] {
  const active: unknown = Reflect.get(migrator, '_activeMigration')
  const name: unknown = typeof active === 'object' && active !== null ? Reflect.get(active, 'fileName') : undefined
  return typeof name === 'string' ? [name] : []
}
