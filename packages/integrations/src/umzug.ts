/**
 * Umzug: every migration that is run or reverted is on record, and the one that failed: `@trailmark/integrations/umzug`.
 *
 *     const umzug = auditUmzug(new Umzug({ … }))
 *     await umzug.up()
 */
import { watchCall, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from './check-options.ts'
import { type AuditOption, checkGiven } from './system/given.ts'
import { recordMigration } from './system/migration.ts'

/** Umzug 3, as far as it is called here. */
export interface UmzugLike {
  up(...given: never[]): Promise<unknown>
  down(...given: never[]): Promise<unknown>
  on(event: never, listener: never): unknown
}

/**
 * Records `database_migration_run` for each migration of `umzug`, in the order they end. Returns `umzug`. Throws
 * `AUDIT_LIBRARY_UNKNOWN` for what is none.
 */
export function auditUmzug<T extends UmzugLike>(umzug: T, options: AuditOption = {}): T {
  checkOptions('auditUmzug()', options)
  const given = checkGiven('auditUmzug()', umzug, 'an Umzug', 'up', 'down', 'on')
  const started = new Map<string, number>()
  const watch = (name: string): boolean =>
    wrapOnce(
      'auditUmzug()',
      given,
      name,
      (inner) =>
        function (this: unknown, ...args) {
          return watchCall(
            () => Reflect.apply(inner, this, args),
            (end) => {
              if (end.failed) recordFailed(end.error)
            },
          )
        },
    )
  if (!watch('up')) return umzug
  watch('down')
  listen('migrating', ({ name }) => void started.set(name, performance.now()))
  listen('reverting', ({ name }) => void started.set(name, performance.now()))
  listen('migrated', ({ name }) => ended(name, 'up'))
  listen('reverted', ({ name }) => ended(name, 'down'))
  return umzug

  function listen(event: string, told: (migration: { readonly name: string }) => void): void {
    Reflect.apply(umzug.on, given, [event, told])
  }

  function ended(name: string, direction: 'up' | 'down', failed = false): void {
    recordMigration(options, { name, direction, startedMs: started.get(name), failed })
    started.delete(name)
  }

  /** Umzug's own error says which migration it was and which way it went; before any began there is none. */
  function recordFailed(error: unknown): void {
    const migration: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'migration') : undefined
    if (typeof migration !== 'object' || migration === null) return
    const { name, direction }: { name?: unknown; direction?: unknown } = migration
    if (typeof name === 'string') ended(name, direction === 'down' ? 'down' : 'up', true)
  }
}
