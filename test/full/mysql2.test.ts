/** What mysql2 sends is on record: the real driver, with callbacks and with promises, over a real MariaDB. */
import { auditMysql2 } from '@trailmark/integrations/mysql2'
import mysql from 'mysql2'
import promises from 'mysql2/promise'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Requests, runInRequests } from '../integrations/run-in-requests.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts'

const missing = !hasMariaDb() && process.env['TRAILMARK_REQUIRE_COMPONENTS'] !== '1'

describe.skipIf(missing)('auditMysql2()', () => {
  let server: MariaDb
  let requests: Requests
  let plain: promises.Pool
  let pool: promises.Pool
  let callbacks: mysql.Pool
  beforeAll(async () => {
    server = await startMariaDb()
    plain = promises.createPool({ ...server.connection, multipleStatements: true })
    await plain.query(`create table patients (id int primary key, name varchar(99) not null, person_id varchar(99));
      create table visits (id int primary key, patient_id int, note varchar(99));
      create table rooms (id int primary key)`)
    requests = await runInRequests({
      tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, 'clinic.visits': 'visit' },
      bulkRecords: 100,
    })
    const options = { ...server.connection, connectionLimit: 2, multipleStatements: true }
    pool = auditMysql2(promises.createPool(options))
    callbacks = auditMysql2(mysql.createPool(options))
  }, 60_000)
  beforeEach(async () => {
    await plain.query(`delete from patients; delete from visits; delete from rooms;
      insert into patients values (1, 'Planted Name', 'planted-person-1'), (2, 'Planted Name', 'planted-person-2');
      insert into visits values (1, 1, 'Planted Note')`)
    requests.audit.clear()
  })
  afterAll(async () => {
    await pool.end()
    callbacks.end()
    await plain.end()
    await requests.close()
    await server.stop()
  })

  async function done(work: () => unknown): Promise<string[]> {
    const id = await requests.run(work)
    requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person', 'select')
    return requests.below(id)
  }
  const called = (work: (back: (error: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())))
  const select = 'select * from patients where id > ?'

  test.each<[string, () => unknown, string[]]>([
    ['a query', () => pool.query(select, [0]), ['read patient 2']],
    ['a query that finds nothing', () => pool.query(select, [9]), ['read patient 0']],
    ['an object', () => pool.query({ sql: select, values: [1] }), ['read patient 1']],
    [
      'a table among the values',
      () => pool.query('select * from ?? where id > ?', ['patients', 0]),
      ['read patient 2'],
    ],
    ['a prepared statement', () => pool.execute(select, [0]), ['read patient 2']],
    ['rows as arrays', () => pool.query({ sql: select, values: [0], rowsAsArray: true }), ['read patient 2']],
    ['rows nested by table', () => pool.query({ sql: select, values: [0], nestTables: true }), ['read patient 2']],
    [
      'an insert',
      () => pool.query('insert into patients set ?', [{ id: 3, name: 'Planted Name' }]),
      ['create patient 1'],
    ],
    [
      'many rows',
      () =>
        pool.query('insert into patients (id, name) values ?', [
          [
            [3, 'a'],
            [4, 'b'],
          ],
        ]),
      ['create patient 2'],
    ],
    ['an update', () => pool.execute('update patients set name = ?', ['Planted Name']), ['update patient 2']],
    [
      'a delete',
      () => pool.query('delete v from visits v join patients p on p.id = v.patient_id'),
      ['delete visit 1', 'read patient'],
    ],
    [
      'a join',
      () => pool.query('select p.* from patients p, clinic.visits v where v.patient_id = p.id'),
      ['read patient 1', 'read visit 1'],
    ],
    [
      'several statements',
      () => pool.query('select * from patients; delete from visits; select 1'),
      ['delete visit 1', 'read patient 2'],
    ],
    [
      'several inserts',
      () => pool.query("insert into patients values (3, 'a', 'b'); insert into visits values (2, 1, 'x')"),
      ['create patient 1', 'create visit 1'],
    ],
    ['a callback', () => called((back) => callbacks.query(select, [0], back)), ['read patient 2']],
    [
      'a prepared statement with a callback',
      () => called((back) => callbacks.execute(select, [0], back)),
      ['read patient 2'],
    ],
    [
      'a connection of the pool',
      async () => {
        const connection = await pool.getConnection()
        await connection.query(select, [0])
        connection.release()
      },
      ['read patient 2'],
    ],
    [
      'a statement prepared by hand',
      async () => {
        const connection = await pool.getConnection()
        const statement = await connection.prepare(select)
        await statement.execute([0])
        await statement.execute([1])
        await statement.close()
        connection.release()
      },
      ['read patient 3'],
    ],
    [
      'a stream',
      async () => {
        let rows = 0
        for await (const row of callbacks.query(select, [0]).stream()) if (row !== undefined) rows++
        expect(rows).toBe(2)
      },
      ['read patient 2'],
    ],
    [
      'events',
      () => new Promise((end) => callbacks.query('update patients set name = name').on('end', () => end(undefined))),
      ['update patient 2'],
    ],
    ['a table that is not declared', () => pool.query('select * from rooms'), []],
  ])('records %s', async (_, work, expected) => {
    expect(await done(work)).toEqual(expected)
  })

  test('records whose data it was, however rows are given', async () => {
    await done(() => pool.query(select, [0]))
    await done(() => pool.query({ sql: select, values: [0], rowsAsArray: true }))
    await done(() =>
      called((back) =>
        callbacks
          .query(select, [0])
          .stream()
          .resume()
          .on('end', () => back(null)),
      ),
    )
    const [objects, arrays, stream] = requests.audit.recordsOf('data_access')
    expect(objects?.subjects).toHaveLength(2)
    expect(objects?.['targets']).toHaveLength(2)
    expect(arrays?.subjects).toEqual(objects?.subjects)
    expect(stream?.subjects).toEqual(objects?.subjects)
  })

  test('records a failure once, and hands it on', async () => {
    const text = 'insert into patients (id, name) values (1, ?)'
    const duplicate = { code: 'ER_DUP_ENTRY' }
    await expect(done(() => pool.query(text, ['Planted Name']))).rejects.toMatchObject(duplicate)
    await expect(done(() => pool.execute(text, ['Planted Name']))).rejects.toMatchObject(duplicate)
    await expect(done(() => called((back) => callbacks.query(text, ['Planted Name'], back)))).rejects.toMatchObject(
      duplicate,
    )
    await expect(
      done(() => new Promise((_, failed) => callbacks.query(text, ['x']).on('error', failed))),
    ).rejects.toMatchObject(duplicate)
    await expect(done(() => pool.execute('select nonsense from patients'))).rejects.toMatchObject({
      code: 'ER_BAD_FIELD_ERROR',
    })
    await expect(done(() => Reflect.apply(pool.execute, pool, [select, [undefined]]))).rejects.toThrow(TypeError)
    expect(requests.below()).toEqual([
      ...Array.from({ length: 4 }, () => 'create patient!'),
      'read patient!',
      'read patient!',
    ])
  })

  test('records the writes of a transaction by its end', async () => {
    const transaction = async (end: 'commit' | 'rollback' | 'destroy'): Promise<void> => {
      const connection = await pool.getConnection()
      await connection.beginTransaction()
      await connection.query('update patients set name = name')
      await connection.query(select, [0])
      if (end === 'destroy') return connection.destroy()
      await connection[end]()
      connection.release()
    }
    expect(await done(() => transaction('commit'))).toEqual(['read patient 2', 'update patient 2'])
    expect(await done(() => transaction('rollback'))).toEqual(['read patient 2', 'update patient!'])
    const id = await requests.run(() => transaction('destroy'))
    await expect.poll(() => requests.below(id)).toEqual(['read patient 2', 'update patient!'])
  })

  test('gives each of many requests its own, whoever released the connection before', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        requests.run(() =>
          n % 2 ? pool.query('update patients set name = name') : called((back) => callbacks.query(select, [0], back)),
        ),
      ),
    )
    for (const [n, id] of ids.entries())
      expect(requests.below(id)).toEqual([n % 2 ? 'update patient 2' : 'read patient 2'])
  })

  test('counts once, however often it is applied, on a connection too', async () => {
    auditMysql2(auditMysql2(pool))
    expect(await done(() => pool.query(select, [0]))).toEqual(['read patient 2'])
    const connection = auditMysql2(auditMysql2(await promises.createConnection(server.connection)))
    expect(await done(() => connection.execute(select, [0]))).toEqual(['read patient 2'])
    await connection.end()
  })

  test('counts once beside another copy of the integration', async () => {
    vi.resetModules()
    const { auditMysql2: other } = await import('@trailmark/integrations/mysql2')
    expect(other).not.toBe(auditMysql2)
    const both = other(auditMysql2(other(promises.createPool(server.connection))))
    expect(await done(() => both.query(select, [0]))).toEqual(['read patient 2'])
    await both.end()
  })

  test('records nothing before it is answered, nor when it never is', async () => {
    const connection = auditMysql2(await promises.createConnection(server.connection))
    let asked: Promise<unknown> | undefined
    const id = await requests.run(() => {
      asked = connection.query('select sleep(60) from patients').catch(() => {})
    })
    expect(requests.below(id)).toEqual([])
    connection.destroy()
    expect(requests.below(id)).toEqual([])
    expect(asked).toBeInstanceOf(Promise)
  })

  test('answers as without the audit', async () => {
    const [rows, fields] = await pool.query(select, [0])
    const [plainRows, plainFields] = await plain.query(select, [0])
    expect(rows).toEqual(plainRows)
    expect(fields.map(({ name }) => name)).toEqual(plainFields.map(({ name }) => name))
  })

  test.each([{}, null, { query: () => 1, execute: () => 1 }])('refuses what is no pool: %j', (wrong) => {
    expect(() => Reflect.apply(auditMysql2, undefined, [wrong])).toThrowError(
      expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditMysql2') }),
    )
  })
})
