/** One migration, as it is recorded by whichever library ran it. */
import { auditFor, recordDynamic } from '@trailmark/core/integration'
import { type AuditOption, nameOf } from './given.ts'

export interface Migration {
  readonly name: unknown
  readonly direction: 'up' | 'down'
  readonly startedMs?: number | undefined
  readonly failed?: boolean
  readonly checksum?: string | undefined
}

/** Records `database_migration_run`. Never throws. */
export function recordMigration(options: AuditOption, migration: Migration): void {
  const { direction, startedMs, failed, checksum } = migration
  const name = nameOf(migration.name)
  const metadata = {
    direction,
    ...(name === undefined ? {} : { migration: name }),
    ...(startedMs === undefined ? {} : { duration_ms: Math.max(0, Math.round(performance.now() - startedMs)) }),
    ...(checksum === undefined ? {} : { checksum }),
  }
  const ended = failed === true ? ({ outcome: 'failure', reason: 'error' } as const) : {}
  recordDynamic(auditFor(options.audit), 'database_migration_run', { ...ended, metadata })
}
