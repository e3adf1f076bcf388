/** What node-postgres sends is on record: what PGlite cannot show, over a real PostgreSQL. */
import { auditPg } from '@trailmark/integrations/pg'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Requests, runInRequests } from '../integrations/run-in-requests.ts'
import { findPostgres, type Postgres, startPostgres } from './postgres.ts'

const bin = findPostgres()
const missing = bin === undefined && process.env['TRAILMARK_REQUIRE_COMPONENTS'] !== '1'

describe.skipIf(missing)('auditPg() over PostgreSQL', () => {
  let server: Postgres
  let requests: Requests
  let plain: pg.Pool
  let pool: pg.Pool
  beforeAll(async () => {
    if (bin === undefined) throw new Error('PostgreSQL is not installed')
    server = await startPostgres(bin)
    plain = new pg.Pool({ connectionString: server.url })
    await plain.query(`create table patients (id int primary key, name text not null, person_id text);
      create table visits (id int primary key, note text)`)
    requests = await runInRequests({
      tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, visits: 'visit' },
      bulkRecords: 1_000,
    })
    pool = auditPg(new pg.Pool({ connectionString: server.url, max: 3 }))
  }, 60_000)
  beforeEach(async () => {
    await plain.query(`truncate patients, visits;
      insert into patients select n, 'Planted Name', 'planted-person-' || n from generate_series(1, 50) n`)
    requests.audit.clear()
  })
  afterAll(async () => {
    await pool.end()
    await plain.end()
    await requests.close()
    await server.stop()
  })

  async function done(work: () => unknown): Promise<string[]> {
    const id = await requests.run(work)
    requests.expectNothingOf('Planted Name', 'planted-person', 'select')
    return requests.below(id)
  }

  test('counts rows that are fetched in portions', async () => {
    const client = await pool.connect()
    const work = (): Promise<unknown> =>
      new Promise((end) =>
        client.query(new pg.Query({ text: 'select * from patients', rows: 7 } as pg.QueryConfig)).on('end', end),
      )
    const below = await done(work)
    client.release()
    expect(below).toEqual(['read patient 50'])
    expect(requests.audit.recordsOf('data_access')[0]?.subjects).toHaveLength(20)
  })

  test('gives each of fifty requests its own over three connections', async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        requests.run(() => pool.query('select pg_sleep(0.001), * from patients limit $1', [n])),
      ),
    )
    for (const [n, id] of ids.entries()) expect(requests.below(id)).toEqual([`read patient ${n}`])
  })

  test('takes the writes of a lost connection for none', async () => {
    const client = new pg.Client({ connectionString: server.url })
    auditPg(client).on('error', () => {})
    await client.connect()
    const id = await requests.run(async () => {
      await client.query('begin')
      const { rows } = await client.query('select pg_backend_pid() as pid')
      await client.query('delete from patients')
      await plain.query('select pg_terminate_backend($1)', [rows[0].pid])
    })
    await expect.poll(() => requests.below(id)).toEqual(['delete patient!'])
    await client.end().catch(() => {})
  })

  test('takes a commit that the database makes a rollback for one', async () => {
    const work = async (): Promise<void> => {
      const client = await pool.connect()
      await client.query('begin')
      await client.query('update patients set name = name')
      await client.query('insert into patients values (1)').catch(() => {})
      await client.query('commit')
      client.release()
    }
    expect(await done(work)).toEqual(['create patient!', 'update patient!'])
  })

  test('records a timeout once, as a failure', async () => {
    await expect(
      done(() =>
        pool.query({ text: 'select pg_sleep(0.5) from patients limit 1', query_timeout: 50 } as pg.QueryConfig),
      ),
    ).rejects.toThrow(/timeout/)
    await new Promise((resolve) => setTimeout(resolve, 800))
    expect(requests.below()).toEqual(['read patient!'])
  })

  test.each([
    [
      'merge into patients p using visits v on p.id = v.id when matched then update set name = v.note when not matched then insert values (99, v.note)',
      ['create patient', 'read visit', 'update patient'],
    ],
    ['with gone as (delete from patients where id < 6 returning *) select count(*) from gone', ['delete patient']],
    ['explain (analyze, costs off) update patients set name = name', ['update patient']],
    ['create temp table copies as select * from patients', ['read patient 50']],
    ['do $$ begin delete from patients; end $$', []],
  ])('reads what PostgreSQL runs: %s', async (sql, expected) => {
    await plain.query("insert into visits values (1, 'Planted Name'), (99, 'Planted Name')")
    expect(await done(() => pool.query(sql))).toEqual(expected)
  })
})
