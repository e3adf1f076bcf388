/** What queries of Knex do is on record: the real Knex, over the real node-postgres and better-sqlite3. */
import { auditKnex } from '@trailmark/integrations/knex'
import { auditPg } from '@trailmark/integrations/pg'
import createKnex, { type Knex } from 'knex'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type PgliteServer, startPgliteServer } from './pglite-server.ts'
import { type Requests, runInRequests } from './run-in-requests.ts'

let server: PgliteServer
let requests: Requests
beforeAll(async () => {
  server = await startPgliteServer()
  requests = await runInRequests({
    tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, visits: 'visit' },
    bulkRecords: 100,
  })
})
afterAll(async () => {
  await requests.close()
  await server.close()
})

async function done(work: () => unknown): Promise<string[]> {
  const id = await requests.run(work)
  requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person', 'select')
  return requests.below(id)
}

const name = 'Planted Name'

describe.each<[string, () => Knex]>([
  ['pg', () => createKnex({ client: 'pg', connection: server.connection, pool: { min: 0, max: 2 } })],
  ['better-sqlite3', () => createKnex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true })],
])('Knex over %s', (driver, create) => {
  let knex: Knex
  beforeAll(async () => {
    knex = auditKnex(create())
    await knex.schema.createTable('patients', (table) => {
      table.integer('id').primary()
      table.string('name').notNullable()
      table.string('person_id')
    })
    await knex.schema.createTable('visits', (table) => {
      table.integer('id').primary()
      table.integer('patient_id')
      table.string('note')
    })
    await knex.schema.createTable('rooms', (table) => table.integer('id').primary())
  })
  beforeEach(async () => {
    await requests.run(async () => {
      for (const table of ['patients', 'visits', 'rooms']) await knex(table).delete()
      await knex('patients').insert([
        { id: 1, name, person_id: 'planted-person-1' },
        { id: 2, name, person_id: 'planted-person-2' },
      ])
      await knex('visits').insert({ id: 1, patient_id: 1, note: 'Planted Note' })
    })
    requests.audit.clear()
  })
  afterAll(() => knex.destroy())

  test.each<[string, () => unknown, string[]]>([
    ['a select', () => knex('patients'), ['read patient 2']],
    ['the first row', () => knex('patients').where('id', '>', 1).first(), ['read patient 1']],
    ['a pluck', () => knex('patients').pluck('name'), ['read patient 2']],
    ['nothing found', () => knex('patients').where({ id: 9 }), ['read patient 0']],
    [
      'an insert',
      () =>
        knex('patients').insert([
          { id: 3, name },
          { id: 4, name },
        ]),
      ['create patient 2'],
    ],
    ['an insert that returns', () => knex('patients').insert({ id: 3, name }).returning('*'), ['create patient 1']],
    ['an update', () => knex('patients').update({ name }), ['update patient 2']],
    ['a delete', () => knex('visits').where({ patient_id: 1 }).delete(), ['delete visit 1']],
    [
      'an upsert',
      () => knex('patients').insert({ id: 1, name }).onConflict('id').merge(),
      ['create patient 1', 'update patient'],
    ],
    [
      'a join',
      () => knex('patients as p').join('visits as v', 'v.patient_id', 'p.id').select('p.*'),
      ['read patient 1', 'read visit 1'],
    ],
    ['a subquery', () => knex('rooms').whereIn('id', knex('patients').select('id')), ['read patient']],
    ['a query with names', () => knex.with('p', knex('patients')).select('*').from('p'), ['read patient 2']],
    ['a raw statement', () => knex.raw('select * from patients where id > ?', [0]), ['read patient 2']],
    ['a query that is built and not run', () => void knex('patients').toSQL(), []],
    ['a table that is not declared', () => knex('rooms'), []],
  ])('records %s', async (_, work, expected) => {
    expect(await done(work)).toEqual(expected)
  })

  test('records whose data it was', async () => {
    await done(() => knex('patients'))
    expect(requests.audit.recordsOf('data_access')).toMatchObject([
      { targets: [{}, {}], metadata: { via: 'database' } },
    ])
    expect(requests.audit.recordsOf('data_access')[0]?.subjects).toHaveLength(2)
  })

  test('records what fails, and hands it on', async () => {
    await expect(done(() => knex('patients').insert({ id: 1, name }))).rejects.toThrow(/UNIQUE|unique/)
    expect(requests.below()).toEqual(['create patient!'])
    requests.expectNothingOf(name)
  })

  test('records the writes of transactions by their end', async () => {
    expect(await done(() => knex.transaction((trx) => trx('patients').update({ name })))).toEqual(['update patient 2'])
    const failing = knex.transaction.bind(knex)
    await expect(
      done(() =>
        failing(async (trx) => {
          await trx('patients').update({ name })
          await trx('patients')
          throw new Error('no')
        }),
      ),
    ).rejects.toThrow('no')
    expect(requests.below()).toEqual(['read patient 2', 'update patient 2', 'update patient!'])
  })

  test('records what a savepoint took back as failed', async () => {
    expect(
      await done(() =>
        knex.transaction(async (trx) => {
          await trx('visits').insert({ id: 8, patient_id: 1 })
          await trx
            .transaction(async (inner) => {
              await inner('patients').update({ name })
              throw new Error('no')
            })
            .catch(() => {})
        }),
      ),
    ).toEqual(['create visit 1', 'update patient!'])
  })

  test('gives each of many requests its own', async () => {
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        requests.run(() => (n % 2 ? knex('patients').update({ name }) : knex('patients'))),
      ),
    )
    for (const [n, id] of ids.entries())
      expect(requests.below(id)).toEqual([n % 2 ? 'update patient 2' : 'read patient 2'])
  })

  test('counts once, however often it is audited, and beside an audited driver', async () => {
    auditKnex(auditKnex(knex))
    if (driver === 'pg') {
      class Client extends pg.Client {}
      auditPg({ Client })
      const connection = auditPg(new Client(server.connection))
      await connection.connect()
      expect(await done(() => connection.query('select * from patients'))).toEqual(['read patient 2'])
      await connection.end()
    }
    expect(await done(() => knex('patients'))).toEqual(['read patient 2'])
  })
})

test.each([{}, null, { client: {} }, { client: { acquireConnection: () => 1, driverName: 'oracledb' } }])(
  'auditKnex() refuses what it cannot see: %j',
  (wrong) => {
    expect(() => Reflect.apply(auditKnex, undefined, [wrong])).toThrowError(
      expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditKnex') }),
    )
  },
)
