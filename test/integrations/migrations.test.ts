/** Migrations on record, as Umzug, Knex and Drizzle run them on a real SQLite. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testAudit } from '@trailmark/core/testing'
import { auditDrizzleMigrations } from '@trailmark/integrations/drizzle-migrations'
import { auditKnexMigrations } from '@trailmark/integrations/knex-migrations'
import { auditUmzug } from '@trailmark/integrations/umzug'
import SqliteDatabase from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import Knex from 'knex'
import { memoryStorage, Umzug } from 'umzug'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'

const audit = testAudit()
afterEach(() => audit.clear())

interface Told {
  readonly outcome: string
  readonly migration: unknown
  readonly direction: unknown
}

function told(): Told[] {
  return audit.recordsOf('database_migration_run').map(({ outcome, metadata }) => {
    const { migration, direction }: { migration?: unknown; direction?: unknown } = Object(metadata)
    return { outcome, migration, direction }
  })
}

const success = (migration: string, direction = 'up'): Told => ({ outcome: 'success', migration, direction })
const failure = (migration: string, direction = 'up'): Told => ({ outcome: 'failure', migration, direction })
const deliberate = async (): Promise<never> => {
  throw new Error('deliberate')
}
const nothing = async (): Promise<void> => undefined

describe('auditUmzug()', () => {
  const open = (third: () => Promise<void>) =>
    new Umzug({
      migrations: [
        { name: '001-patients', up: nothing, down: nothing },
        { name: '002 visits/é', up: nothing, down: nothing },
        { name: '003-third', up: third, down: nothing },
      ],
      storage: memoryStorage(),
      logger: undefined,
    })

  test('records each that is run or reverted', async () => {
    const umzug = auditUmzug(auditUmzug(open(nothing), { audit }), { audit })
    await umzug.up()
    await umzug.down()
    expect(told()).toEqual([
      success('001-patients'),
      success('002_visits__'),
      success('003-third'),
      success('003-third', 'down'),
    ])
  })

  test('records the one that fails, and nothing when there is nothing to do', async () => {
    const umzug = auditUmzug(open(deliberate), { audit })
    await expect(umzug.up()).rejects.toThrow(/deliberate/)
    expect(told()).toEqual([success('001-patients'), success('002_visits__'), failure('003-third')])
    audit.clear()
    await umzug.up({ to: '002 visits/é' }).catch(() => undefined)
    expect(told()).toEqual([])
  })
})

describe('auditKnexMigrations()', () => {
  function open(third: () => Promise<void>) {
    const migrations = [
      { name: '001_patients', up: nothing, down: nothing },
      { name: '002_visits', up: third, down: nothing },
    ]
    const migrationSource = {
      getMigrations: async () => migrations,
      getMigrationName: ({ name }: { name: string }) => name,
      getMigration: async (migration: (typeof migrations)[number]) => migration,
    }
    const quiet = { warn: () => undefined, error: () => undefined }
    const knex = Knex({
      client: 'better-sqlite3',
      connection: ':memory:',
      useNullAsDefault: true,
      log: quiet,
      migrations: { migrationSource },
    })
    onTestFinished(() => knex.destroy())
    return auditKnexMigrations(auditKnexMigrations(knex, { audit }), { audit })
  }

  test('records each that is run or rolled back', async () => {
    const knex = open(nothing)
    await knex.migrate.latest()
    await knex.migrate.latest()
    await knex.migrate.rollback()
    expect(told().slice(0, 2)).toEqual([success('001_patients'), success('002_visits')])
    expect(told().slice(2)).toHaveLength(2)
    expect(told().slice(2)).toContainEqual(success('001_patients', 'down'))
    expect(told().slice(2)).toContainEqual(success('002_visits', 'down'))
  })

  test('records the one that fails', async () => {
    const knex = open(deliberate)
    await expect(knex.migrate.latest()).rejects.toThrow(/deliberate/)
    expect(told()).toEqual([failure('002_visits')])
  })
})

describe('auditDrizzleMigrations()', () => {
  function folder(...statements: string[]): string {
    const dir = mkdtempSync(join(tmpdir(), 'trailmark-drizzle-'))
    mkdirSync(join(dir, 'meta'))
    const entries = statements.map((text, idx) => {
      const tag = `000${idx}_step`
      writeFileSync(join(dir, `${tag}.sql`), text)
      return { idx, version: '6', when: 1_000 + idx, tag, breakpoints: true }
    })
    writeFileSync(join(dir, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'sqlite', entries }))
    return dir
  }

  function open() {
    const database = new SqliteDatabase(':memory:')
    onTestFinished(() => void database.close())
    return auditDrizzleMigrations(auditDrizzleMigrations(drizzle(database), { audit }), { audit })
  }

  test('records those that were run, once, with their checksum', () => {
    const db = open()
    const migrationsFolder = folder('CREATE TABLE patients (id INTEGER)', 'CREATE TABLE visits (id INTEGER)')
    migrate(db, { migrationsFolder })
    expect(told()).toEqual([success('0000_step'), success('0001_step')])
    expect(audit.recordsOf('database_migration_run')[0]).toMatchObject({ metadata: { checksum: /^[0-9a-f]{64}$/ } })
    audit.clear()
    migrate(db, { migrationsFolder })
    expect(told()).toEqual([])
  })

  test('records the one that failed, of a run of which nothing stays', () => {
    const db = open()
    const migrationsFolder = folder('CREATE TABLE patients (id INTEGER)', 'CREATE TABEL visits (id INTEGER)')
    expect(() => migrate(db, { migrationsFolder })).toThrow()
    expect(told()).toEqual([failure('0001_step')])
  })
})

test('each refuses by name what is not its library', () => {
  const code = 'AUDIT_LIBRARY_UNKNOWN'
  for (const wrong of [undefined, null, 7, 'umzug', {}, () => 1, Object.freeze({ up: 1 })]) {
    for (const refuse of [auditUmzug, auditKnexMigrations, auditDrizzleMigrations]) {
      expect(() => Reflect.apply(refuse, undefined, [wrong, { audit }])).toThrow(
        expect.objectContaining({ code, message: expect.stringContaining(`${refuse.name}()`) }),
      )
    }
  }
})
