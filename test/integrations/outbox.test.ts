/** A record in the application's transaction, through every library that the outbox knows, on real databases. */
import { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import type { Audit, AuditOptions } from '@trailmark/core'
import { type TestAudit, testAudit } from '@trailmark/core/testing'
import { type Dialect, outboxTableSql, sqlOutbox } from '@trailmark/integrations/outbox'
import SqliteDatabase from 'better-sqlite3'
import { sql as drizzleSql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzlePg } from 'drizzle-orm/pglite'
import Knex from 'knex'
import { Kysely, SqliteDialect } from 'kysely'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'

const granted = { subjects: ['usr_8f3k2p'], metadata: { role: 'admin' } } as const

/** A database with one way to run a transaction in it. */
interface Bench {
  readonly dialect: Dialect
  readonly client: object
  readonly sql?: typeof drizzleSql
  /** Runs a statement outside of any transaction and gives its rows. */
  all(text: string): Promise<readonly unknown[]>
  transaction(work: (handle: object) => Promise<unknown>): Promise<unknown>
}

const pglite = new PGlite()
afterAll(() => pglite.close())

function sqlite(): SqliteDatabase.Database {
  const db = new SqliteDatabase(':memory:')
  onTestFinished(() => void db.close())
  return db
}

async function inPglite(): Promise<void> {
  await pglite.exec(`DROP TABLE IF EXISTS trailmark_outbox; ${outboxTableSql('postgres')}`)
}

const benches: Record<string, () => Promise<Bench>> = {
  async PGlite() {
    await inPglite()
    return {
      dialect: 'postgres',
      client: pglite,
      all: async (text) => (await pglite.query(text)).rows,
      transaction: (work) => pglite.transaction((tx) => work(tx)),
    }
  },
  async 'Drizzle on PGlite'() {
    await inPglite()
    const db = drizzlePg(pglite)
    return {
      dialect: 'postgres',
      client: db,
      sql: drizzleSql,
      all: async (text) => (await pglite.query(text)).rows,
      transaction: (work) => db.transaction((tx) => work(tx)),
    }
  },
  async 'Knex on better-sqlite3'() {
    const knex = Knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true })
    onTestFinished(() => knex.destroy())
    await knex.raw(outboxTableSql('sqlite'))
    return {
      dialect: 'sqlite',
      client: knex,
      all: async (text) => knex.raw(text),
      transaction: (work) => knex.transaction((trx) => work(trx)),
    }
  },
  async 'Kysely on better-sqlite3'() {
    const database = sqlite()
    database.exec(outboxTableSql('sqlite'))
    const db = new Kysely<Record<never, never>>({ dialect: new SqliteDialect({ database }) })
    return {
      dialect: 'sqlite',
      client: db,
      all: async (text) => database.prepare(text).all(),
      transaction: (work) => db.transaction().execute((trx) => work(trx)),
    }
  },
  async 'Drizzle on better-sqlite3'() {
    const database = sqlite()
    database.exec(outboxTableSql('sqlite'))
    const db = drizzleSqlite(database)
    return {
      dialect: 'sqlite',
      client: db,
      sql: drizzleSql,
      all: async (text) => database.prepare(text).all(),
      transaction: (work) => byHand(database, () => work(db)),
    }
  },
  async 'better-sqlite3'() {
    const database = sqlite()
    database.exec(outboxTableSql('sqlite'))
    return {
      dialect: 'sqlite',
      client: database,
      all: async (text) => database.prepare(text).all(),
      transaction: (work) => byHand(database, () => work(database)),
    }
  },
  async 'node:sqlite'() {
    const database = new DatabaseSync(':memory:')
    onTestFinished(() => database.close())
    database.exec(outboxTableSql('sqlite'))
    return {
      dialect: 'sqlite',
      client: database,
      all: async (text) => database.prepare(text).all(),
      transaction: (work) => byHand(database, () => work(database)),
    }
  },
}

async function byHand(database: { exec(text: string): unknown }, work: () => Promise<unknown>): Promise<void> {
  database.exec('BEGIN')
  try {
    await work()
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

function open({ client, dialect, sql }: Bench, options: AuditOptions = {}): TestAudit {
  const audit = testAudit({ ...options, outbox: sqlOutbox({ client, dialect, ...(sql && { sql }) }) })
  onTestFinished(() => audit.close())
  return audit
}

const waiting = 'SELECT id, body, takes, refused FROM trailmark_outbox'

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await met()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('it did not happen')
}

describe.each(Object.entries(benches))('inTransaction() with %s', (_name, make) => {
  test('records what commits, once, and nothing of what is rolled back', async () => {
    const bench = await make()
    const audit = open(bench)
    const rollback = new Error('deliberate')
    const undone = bench.transaction(async (handle) => {
      await audit.inTransaction(handle, 'role_assigned', granted)
      throw rollback
    })
    await expect(undone).rejects.toBe(rollback)
    expect(await bench.all(waiting)).toEqual([])
    const ids: string[] = []
    await bench.transaction(async (handle) => {
      for (let times = 0; times < 3; times++) ids.push((await audit.inTransaction(handle, 'role_assigned', granted)).id)
      expect(audit.recordsOf('role_assigned')).toEqual([])
    })
    await until(() => audit.recordsOf('role_assigned').length === 3)
    expect(audit.recordsOf('role_assigned').map((record) => record.id)).toEqual(ids)
    await until(async () => (await bench.all(waiting)).length === 0)
    expect(audit.recordsOf('role_assigned')[0]).toMatchObject({ outcome: 'success', metadata: { role: 'admin' } })
  })
})

async function sqliteBench(): Promise<Bench> {
  const make = benches['better-sqlite3']
  if (make === undefined) throw new Error('there is no such bench')
  return make()
}

test('no identifier of a person stands in the table', async () => {
  const bench = await sqliteBench()
  const audit = open(bench)
  let row = ''
  await bench.transaction(async (handle) => {
    await audit.inTransaction(handle, 'role_assigned', { ...granted, actor: { id: 'usr_nurse_77' } })
    row = JSON.stringify(await bench.all(waiting))
  })
  expect(row).toMatch(/role_assigned/)
  expect(row).not.toMatch(/usr_8f3k2p|usr_nurse_77/)
})

test('rows that this trail has not made are kept aside, told, and recorded by nobody', async () => {
  const bench = await sqliteBench()
  const audit = open(bench)
  await bench.transaction((handle) => audit.inTransaction(handle, 'role_assigned', granted))
  await until(() => audit.recordsOf('role_assigned').length === 1)
  const forged = JSON.stringify({ members: { event_type: 'role_removed' }, timeMs: 1, failureClass: 'spool' })
  const insert = `INSERT INTO trailmark_outbox (id, body) VALUES ('00000000-0000-7000-8000-00000000000`
  await bench.all(`${insert}1', 'p1_aaaaaaaa_${'A'.repeat(22)} ${forged}') RETURNING id`)
  await bench.all(`${insert}2', '') RETURNING id`)
  await bench.all(`${insert}3', '${'x'.repeat(200_000)}') RETURNING id`)
  await until(() => audit.recordsOf('event_dead_lettered').length > 0)
  expect(audit.recordsOf('event_dead_lettered')[0]).toMatchObject({
    reason: 'invalid',
    metadata: { sink: 'outbox', n: 3 },
  })
  expect(audit.recordsOf('role_removed')).toEqual([])
  expect(await bench.all(waiting)).toMatchObject([{ refused: 1 }, { refused: 1 }, { refused: 1 }])
})

test('a changed row is not taken back', async () => {
  const bench = await sqliteBench()
  const audit = open(bench)
  await bench.transaction(async (handle) => {
    await audit.inTransaction(handle, 'role_assigned', granted)
    await bench.all(`UPDATE trailmark_outbox SET body = replace(body, '"admin"', '"nurse"') RETURNING id`)
  })
  await until(() => audit.recordsOf('event_dead_lettered').length === 1)
  expect(audit.recordsOf('role_assigned')).toEqual([])
})

test('fails with what the database says, and so does the transaction', async () => {
  const { client } = await sqliteBench()
  const audit = testAudit({ outbox: sqlOutbox({ client, dialect: 'sqlite', table: 'absent' }) })
  await expect(audit.inTransaction(client, 'role_assigned', granted)).rejects.toThrow(/absent/)
  await until(() => audit.notices.some((notice) => notice.includes('the outbox cannot be drained')))
  await audit.close()
})

test('an event that lacks what it needs fails the transaction; one that no policy records does not', async () => {
  const bench = await sqliteBench()
  const audit = open(bench, { policy: [{ match: { event: 'logout' }, level: 'none' }] })
  const incomplete = bench.transaction((handle) => audit.inTransaction(handle, 'break_glass_access', {}))
  await expect(incomplete).rejects.toMatchObject({ code: 'AUDIT_EVENT_INCOMPLETE' })
  await bench.transaction((handle) => audit.inTransaction(handle, 'logout'))
  expect(await bench.all(waiting)).toEqual([])
})

test('is refused by name without an outbox, with what is no transaction, and with options that cannot be', async () => {
  const without: Audit = testAudit()
  await expect(without.inTransaction({}, 'logout')).rejects.toMatchObject({ code: 'AUDIT_OUTBOX_MISSING' })
  await without.close()
  const audit = open(await sqliteBench())
  await expect(audit.inTransaction({}, 'logout')).rejects.toMatchObject({ code: 'AUDIT_LIBRARY_UNKNOWN' })
  const code = 'AUDIT_OPTION_INVALID'
  expect(() => sqlOutbox({ client: {}, table: 'a; DROP TABLE b' })).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining('table') }),
  )
  expect(() => sqlOutbox({ client: {} })).toThrow(expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' }))
  expect(() => Reflect.apply(sqlOutbox, undefined, [{ client: {}, dialect: 'oracle' }])).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining('dialect') }),
  )
  expect(() => Reflect.apply(testAudit, undefined, [{ outbox: {} }])).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining('outbox') }),
  )
})
