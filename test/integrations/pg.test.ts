/** What node-postgres sends is on record: the real driver and its pool, over PGlite behind a socket. */
import { AuditError } from '@trailmark/core'
import { auditPg } from '@trailmark/integrations/pg'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type PgliteServer, startPgliteServer } from './pglite-server.ts'
import { type Requests, runInRequests } from './run-in-requests.ts'

let server: PgliteServer
let requests: Requests
let pool: pg.Pool

beforeAll(async () => {
  server = await startPgliteServer()
  await server.database.exec(`create schema clinic;
    create table patients (id int primary key, name text not null, person_id text);
    create table clinic.visits (id int primary key, patient_id int, note text);
    create table rooms (id int primary key)`)
  requests = await runInRequests({
    tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, 'clinic.visits': 'visit' },
    bulkRecords: 100,
  })
  pool = auditPg(new pg.Pool({ ...server.connection, max: 2 }))
})
beforeEach(async () => {
  await server.database.exec(`delete from patients; delete from clinic.visits; delete from rooms;
    insert into patients values (1, 'Planted Name', 'planted-person-1'), (2, 'Planted Name', 'planted-person-2');
    insert into clinic.visits values (1, 1, 'Planted Note')`)
  requests.audit.clear()
})
afterAll(async () => {
  await pool.end()
  await requests.close()
  await server.close()
})

async function done(work: () => unknown): Promise<string[]> {
  const id = await requests.run(work)
  requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person', 'select')
  return requests.below(id)
}

const called = (work: (back: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())))

const select = 'select * from patients where id > $1'

describe('a pool', () => {
  test.each<[string, () => unknown, string[]]>([
    ['a text', () => pool.query('select * from patients'), ['read patient 2']],
    ['a text with values', () => pool.query(select, [1]), ['read patient 1']],
    ['a query that finds nothing', () => pool.query(select, [9]), ['read patient 0']],
    ['an object', () => pool.query({ text: select, values: [0] }), ['read patient 2']],
    ['a prepared statement', () => pool.query({ name: 'all', text: select, values: [0] }), ['read patient 2']],
    ['rows as arrays', () => pool.query({ text: select, values: [0], rowMode: 'array' }), ['read patient 2']],
    ['a callback', () => called((back) => pool.query('select * from patients', back)), ['read patient 2']],
    ['values and a callback', () => called((back) => pool.query(select, [0], back)), ['read patient 2']],
    [
      'an object and a callback',
      () => called((back) => pool.query({ text: select, values: [1] }, back)),
      ['read patient 1'],
    ],
    ['an insert', () => pool.query("insert into patients values (3, 'Planted Name')"), ['create patient 1']],
    [
      'an insert that returns',
      () => pool.query("insert into patients values (3, 'Planted Name') returning *"),
      ['create patient 1'],
    ],
    ['an update', () => pool.query('update patients set name = $1', ['Planted Name']), ['update patient 2']],
    ['a delete', () => pool.query('delete from clinic.visits'), ['delete visit 1']],
    ['a truncate', () => pool.query('truncate patients'), ['delete patient']],
    [
      'a join',
      () => pool.query('select p.* from patients p join clinic.visits v on v.patient_id = p.id'),
      ['read patient 1', 'read visit 1'],
    ],
    ['a subquery', () => pool.query('select 1 from rooms where id in (select id from patients)'), ['read patient']],
    [
      'an upsert',
      () => pool.query("insert into patients values (1, 'x') on conflict (id) do update set name = 'Planted Name'"),
      ['create patient 1', 'update patient'],
    ],
    ['a copy of one table to another', () => pool.query('insert into rooms select id from patients'), ['read patient']],
    [
      'several statements',
      () => pool.query('select * from patients; delete from clinic.visits; select 1'),
      ['delete visit 1', 'read patient 2'],
    ],
    [
      'several calls',
      async () => {
        await pool.query(select, [0])
        await Promise.all([pool.query(select, [1]), pool.query('select 1 from patients limit 1')])
      },
      ['read patient 4'],
    ],
    [
      'a client of the pool',
      async () => {
        const client = await pool.connect()
        await client.query(select, [0])
        client.release()
      },
      ['read patient 2'],
    ],
    [
      'a client given to a callback',
      () =>
        called((back) =>
          pool.connect((error, client, release) => {
            if (error || client === undefined) return back(error ?? new Error('no client'))
            client.query(select, [0], (failed) => {
              release()
              back(failed)
            })
          }),
        ),
      ['read patient 2'],
    ],
    ['a table that is not declared', () => pool.query('select * from rooms'), []],
    ['a plan', () => pool.query('explain select * from patients'), []],
  ])('records %s', async (_, work, expected) => {
    expect(await done(work)).toEqual(expected)
  })

  test('records more than the bound as a bulk query', async () => {
    await done(() => pool.query('select generate_series(1, 200) from patients'))
    expect(requests.audit.recordsOf('bulk_query')).toMatchObject([
      { volume: { records: 400 }, metadata: { via: 'database', undeclared: true } },
    ])
  })

  test('records whose data it was, and which', async () => {
    await done(() => pool.query(select, [0]))
    await done(() => pool.query({ text: select, values: [0], rowMode: 'array' }))
    const [objects, arrays] = requests.audit.recordsOf('data_access')
    expect(objects?.subjects).toHaveLength(2)
    expect(objects?.['targets']).toHaveLength(2)
    expect(arrays?.subjects).toEqual(objects?.subjects)
    expect(arrays?.['targets']).toEqual(objects?.['targets'])
  })

  test('records a failure once, and hands it on', async () => {
    const text = 'insert into patients values (1, $1)'
    await expect(done(() => pool.query(text, ['Planted Name']))).rejects.toMatchObject({ code: '23505' })
    await expect(done(() => called((back) => pool.query(text, ['Planted Name'], back)))).rejects.toMatchObject({
      code: '23505',
    })
    await expect(done(() => pool.query('select nonsense from patients'))).rejects.toMatchObject({ code: '42703' })
    expect(requests.below()).toEqual(['create patient!', 'create patient!', 'read patient!'])
    requests.expectNothingOf('Planted Name')
  })

  test('gives each of many requests its own, whoever released the connection before', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        requests.run(() =>
          n % 2 ? pool.query('update patients set name = name') : called((back) => pool.query(select, [0], back)),
        ),
      ),
    )
    for (const [n, id] of ids.entries())
      expect(requests.below(id)).toEqual([n % 2 ? 'update patient 2' : 'read patient 2'])
  })
})

describe('a transaction', () => {
  const inTransaction = async (end: string, ...texts: string[]): Promise<void> => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      for (const text of texts) await client.query(text).catch(() => {})
      await client.query(end)
    } finally {
      client.release()
    }
  }

  test.each<[string, string, string[], string[]]>([
    ['that is committed has written', 'COMMIT', ['update patients set name = name'], ['update patient 2']],
    [
      'that is rolled back has written nothing',
      'ROLLBACK',
      ['update patients set name = name', 'select * from patients'],
      ['read patient 2', 'update patient!'],
    ],
    [
      'in which a statement failed has written nothing',
      'COMMIT',
      ['update patients set name = name', 'select 1/0 from patients'],
      ['read patient!', 'update patient!'],
    ],
  ])('%s', async (_, end, texts, expected) => {
    expect(await done(() => inTransaction(end, ...texts))).toEqual(expected)
  })
})

describe('a client', () => {
  let client: pg.Client
  beforeAll(async () => {
    client = auditPg(new pg.Client(server.connection))
    await client.connect()
  })
  afterAll(() => client.end())

  test.each<[string, () => unknown, string[]]>([
    ['a promise', () => client.query(select, [0]), ['read patient 2']],
    [
      'a callback in the configuration',
      () => called((back) => void Reflect.apply(client.query, client, [{ text: select, values: [0], callback: back }])),
      ['read patient 2'],
    ],
    [
      'a statement that is prepared, and then sent by its name',
      async () => {
        await client.query({ name: 'by-name', text: select, values: [0] })
        await client.query({ name: 'by-name', values: [1] } as unknown as pg.QueryConfig)
      },
      ['read patient 3'],
    ],
    [
      'a query object that emits its rows',
      async () => {
        const query = client.query(new pg.Query({ text: select, values: ['0'] }))
        let rows = 0
        query.on('row', () => rows++)
        await new Promise((end) => query.on('end', end))
        expect(rows).toBe(2)
      },
      ['read patient 2'],
    ],
    [
      'a query object with a callback',
      () => called((back) => client.query(Reflect.construct(pg.Query, [{ text: 'delete from clinic.visits' }, back]))),
      ['delete visit 1'],
    ],
    [
      'a query object that fails',
      () => new Promise((failed) => client.query(new pg.Query('select nonsense from patients')).on('error', failed)),
      ['read patient!'],
    ],
  ])('records %s', async (_, work, expected) => {
    expect(await done(work)).toEqual(expected)
  })

  test('records whose data a query object read', async () => {
    await done(() => new Promise((end) => client.query(new pg.Query('select * from patients')).on('end', end)))
    expect(requests.audit.recordsOf('data_access')[0]?.subjects).toHaveLength(2)
  })

  test('is answered as without the audit', async () => {
    const plain = new pg.Client(server.connection)
    await plain.connect()
    await done(async () => {
      const [one, two] = [await client.query(select, [0]), await plain.query(select, [0])]
      expect({ ...one, _types: 0, _parsers: 0 }).toEqual({ ...two, _types: 0, _parsers: 0 })
    })
    expect(() => Reflect.apply(client.query, client, [null])).toThrow(TypeError)
    await plain.end()
  })

  test('records nothing before it is answered, and then for the request that asked', async () => {
    const other = new pg.Client(server.connection)
    await other.connect()
    await other.query('begin')
    let asked: Promise<unknown> | undefined
    const id = await requests.run(() => {
      asked = client.query(select, [0])
    })
    expect(requests.below()).toEqual([])
    await other.query('rollback')
    await asked
    expect(requests.below(id)).toEqual(['read patient 2'])
    await other.end()
  })
})

describe('auditPg()', () => {
  test('counts once, however often it is applied', async () => {
    auditPg(auditPg(pool))
    expect(await done(() => pool.query(select, [0]))).toEqual(['read patient 2'])
  })

  test('counts once beside another copy of the integration', async () => {
    vi.resetModules()
    const { auditPg: other } = await import('@trailmark/integrations/pg')
    expect(other).not.toBe(auditPg)
    const both = other(auditPg(other(new pg.Pool(server.connection))))
    expect(await done(() => both.query(select, [0]))).toEqual(['read patient 2'])
    await both.end()
  })

  test('takes the module for all of its clients and pools', async () => {
    class Client extends pg.Client {}
    const audited = auditPg({ Client, Pool: pg.Pool })
    const client = new audited.Client(server.connection)
    await client.connect()
    expect(await done(() => client.query(select, [0]))).toEqual(['read patient 2'])
    await client.end()
  })

  test('records work outside of any request with the audit it is given', async () => {
    const client = auditPg(new pg.Client(server.connection), { audit: requests.audit })
    await client.connect()
    await client.query(select, [0])
    await client.query(select, [1])
    await client.end()
    await expect.poll(() => requests.below(), { timeout: 3_000 }).toEqual(['read patient 3'])
    expect(requests.audit.recordsOf('data_access')[0]?.['metadata']).toEqual({ via: 'database' })
  })

  test.each([{}, pg.types, { query: () => 1 }, null])('refuses what is no client: %j', (wrong) => {
    expect(() => Reflect.apply(auditPg, undefined, [wrong])).toThrowError(
      expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditPg') }),
    )
    expect(AuditError).toBeDefined()
  })
})
