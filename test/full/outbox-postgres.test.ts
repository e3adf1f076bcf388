/** The outbox on a real PostgreSQL: four libraries write to one table, two relays read it, and each record is made once. */
import { testAudit } from '@trailmark/core/testing'
import { outboxTableSql, sqlOutbox } from '@trailmark/integrations/outbox'
import { memoryKeys } from '@trailmark/keys'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import Knex from 'knex'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { DataSource } from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPostgres, type Postgres, startPostgres } from './postgres.ts'

const bin = findPostgres()
const writers = 4
const grants = 60

const missing = bin === undefined && process.env['TRAILMARK_REQUIRE_COMPONENTS'] !== '1'

describe.skipIf(missing)('an outbox on PostgreSQL', () => {
  let server: Postgres
  let pool: pg.Pool

  beforeAll(async () => {
    server = await startPostgres(bin ?? '')
    pool = new pg.Pool({ connectionString: server.url, max: 8 })
    await pool.query(outboxTableSql('postgres'))
  })

  afterAll(async () => {
    await pool.end()
    await server.stop()
  })

  test('records what pg, Knex, Kysely, Drizzle and TypeORM commit, once, though two relays read the table', async () => {
    const keys = memoryKeys()
    const one = testAudit({ keys, outbox: sqlOutbox({ client: pool, sql }) })
    const two = testAudit({ keys, outbox: sqlOutbox({ client: pool }) })
    const committed: string[] = []
    const rollback = new Error('deliberate')
    const grant = async (handle: object, commits: boolean): Promise<void> => {
      const { id } = await one.inTransaction(handle, 'role_assigned', { subjects: ['usr_8f3k2p'] })
      if (!commits) throw rollback
      committed.push(id)
    }
    const knex = Knex({ client: 'pg', connection: server.url })
    const kysely = new Kysely<Record<never, never>>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: server.url }) }),
    })
    const db = drizzle(pool)
    const orm = await new DataSource({ type: 'postgres', url: server.url, entities: [] }).initialize()
    const ways: ((commits: boolean) => Promise<unknown>)[] = [
      async (commits) => {
        const client = await pool.connect()
        try {
          await client.query('BEGIN')
          await grant(client, commits)
          await client.query('COMMIT')
        } catch (error) {
          await client.query('ROLLBACK')
          throw error
        } finally {
          client.release()
        }
      },
      (commits) => knex.transaction((trx) => grant(trx, commits)),
      (commits) => kysely.transaction().execute((trx) => grant(trx, commits)),
      (commits) => orm.transaction((manager) => grant(manager, commits)),
      (commits) => db.transaction((tx) => grant(tx, commits)),
    ]
    const work = Array.from({ length: writers }, async () => {
      for (let n = 0; n < grants; n++) {
        const commits = n % 7 !== 0
        const done = ways[n % ways.length]?.(commits)
        if (commits) await done
        else await expect(done).rejects.toBe(rollback)
      }
    })
    await Promise.all(work)
    const left = async (): Promise<unknown> =>
      (await pool.query('SELECT count(*)::int AS n FROM trailmark_outbox')).rows[0]?.n
    await expect.poll(left, { timeout: 30_000 }).toBe(0)
    const ids = [...one.recordsOf('role_assigned'), ...two.recordsOf('role_assigned')].map(({ id }) => id)
    expect(ids.sort()).toEqual(committed.sort())
    await Promise.all([one.close(), two.close(), knex.destroy(), kysely.destroy(), orm.destroy()])
  })
})
