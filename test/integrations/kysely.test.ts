/** What queries of Kysely do is on record: the real Kysely over SQLite. */
import { AuditError } from '@trailmark/core'
import { auditKysely } from '@trailmark/integrations/kysely'
import SQLite from 'better-sqlite3'
import { CamelCasePlugin, CompiledQuery, type Generated, Kysely, SqliteDialect, sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Requests, runInRequests } from './run-in-requests.ts'

interface Tables {
  patients: { id: Generated<number>; name: string; personId: string | null }
  visits: { id: Generated<number>; patientId: number; note: string }
  rooms: { id: Generated<number>; no: string }
}

const database = new SQLite(':memory:')
let requests: Requests
let db: Kysely<Tables>
/** Kysely asks for nothing to be logged: then it puts functions of its own around the connection. */
let logged: Kysely<Tables>

beforeAll(async () => {
  database.exec(`create table patients (id integer primary key, name text not null, person_id text);
    create table visits (id integer primary key, patient_id integer not null, note text not null);
    create table rooms (id integer primary key, no text not null unique)`)
  requests = await runInRequests({
    tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, visits: 'visit' },
    bulkRecords: 100,
  })
  const dialect = auditKysely(new SqliteDialect({ database }))
  db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] })
  logged = new Kysely<Tables>({
    dialect: auditKysely(new SqliteDialect({ database })),
    plugins: [new CamelCasePlugin()],
    log: () => {},
  })
})
beforeEach(() => {
  database.exec(`delete from patients; delete from visits; delete from rooms;
    insert into patients values (1, 'Planted Name', 'planted-person-1'), (2, 'Planted Name', 'planted-person-2');
    insert into visits values (1, 1, 'Planted Note'), (2, 1, 'Planted Note'), (3, 2, 'Planted Note')`)
})
afterAll(async () => {
  requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person', 'select')
  await Promise.all([db.destroy(), logged.destroy()])
  await requests.close()
})

async function done(work: () => unknown): Promise<string[]> {
  return requests.below(await requests.run(work))
}

const name = 'Planted Name'

test.each<[string, () => Promise<unknown>, string[]]>([
  ['a select', () => db.selectFrom('patients').selectAll().execute(), ['read patient 2']],
  [
    'a select that finds nothing',
    () => db.selectFrom('patients').selectAll().where('id', '=', 9).executeTakeFirst(),
    ['read patient 0'],
  ],
  ['an insert', () => db.insertInto('patients').values([{ name }, { name }]).execute(), ['create patient 2']],
  [
    'an insert that returns',
    () => db.insertInto('patients').values({ name }).returningAll().execute(),
    ['create patient 1'],
  ],
  ['an update', () => db.updateTable('patients').set({ name }).execute(), ['update patient 2']],
  ['a delete', () => db.deleteFrom('visits').where('patientId', '=', 1).execute(), ['delete visit 2']],
  [
    'a join',
    () =>
      db
        .selectFrom('patients as p')
        .innerJoin('visits as v', 'v.patientId', 'p.id')
        .select(['p.name', 'v.note'])
        .execute(),
    ['read patient 3', 'read visit 3'],
  ],
  [
    'a subquery',
    () =>
      db
        .selectFrom('patients')
        .selectAll()
        .where('id', 'in', (q) => q.selectFrom('visits').select('patientId').where('id', '=', 3))
        .execute(),
    ['read patient 1', 'read visit'],
  ],
  [
    'a common table expression',
    () =>
      db
        .with('v', (q) => q.selectFrom('visits').select('note'))
        .selectFrom('v')
        .selectAll()
        .execute(),
    ['read visit 3'],
  ],
  [
    'an insert from a select',
    () =>
      db
        .insertInto('visits')
        .columns(['patientId', 'note'])
        .expression((q) => q.selectFrom('patients').select(['id as patientId', 'name as note']))
        .execute(),
    ['create visit 2', 'read patient'],
  ],
  [
    'a merge of a conflict',
    () =>
      db
        .insertInto('patients')
        .values({ id: 1, name })
        .onConflict((c) => c.column('id').doUpdateSet({ name }))
        .execute(),
    ['create patient 1', 'update patient'],
  ],
  ['raw SQL', () => sql`select * from ${sql.table('patients')}`.execute(db), ['read patient 2']],
  [
    'a fragment of raw SQL',
    () => db.selectFrom('rooms').select(sql<number>`(select count(*) from visits)`.as('n')).execute(),
    ['read visit'],
  ],
  [
    'a query compiled elsewhere',
    () => db.executeQuery(CompiledQuery.raw('select * from patients')),
    ['read patient 2'],
  ],
])('%s is on record', async (_name, work, expected) => {
  expect(await done(work)).toEqual(expected)
})

test('the people a record is about are taken from the column, before plugins rename it', async () => {
  const id = await requests.run(() => db.selectFrom('patients').selectAll().execute())
  const record = requests.audit.recordsOf('data_access').find((one) => one['request_id'] === id)
  expect(record?.subjects).toHaveLength(2)
})

test('a query that nobody executes leaves no record', async () => {
  expect(await done(() => void db.selectFrom('patients').selectAll().compile())).toEqual([])
})

test('a stream counts what was fetched, also when it is left half way', async () => {
  const work = (most: number) => async () => {
    let seen = 0
    for await (const _ of db.selectFrom('visits').selectAll().stream()) if (++seen === most) break
  }
  expect(await done(work(2))).toEqual(['read visit 2'])
  expect(await done(work(9))).toEqual(['read visit 3'])
})

test('a failed statement is a failed attempt, and its error is as it was', async () => {
  const before = requests.audit.records.length
  await expect(requests.run(() => db.insertInto('patients').values({ id: 1, name }).execute())).rejects.toThrow(
    'UNIQUE',
  )
  const told = requests.audit.records.slice(before).filter((one) => one.category === 'data')
  expect(told.map((one) => `${one.event_type} ${one.outcome}`)).toEqual(['data_create failure'])
})

test('writes of a transaction are on record when it is committed, and as failed when it is rolled back', async () => {
  const work = (fails: boolean) => () =>
    db
      .transaction()
      .execute(async (trx) => {
        await trx.selectFrom('patients').selectAll().execute()
        await trx.insertInto('patients').values({ name }).execute()
        await trx.deleteFrom('visits').execute()
        if (fails) throw new Error('no')
      })
      .catch(() => {})
  expect(await done(work(true))).toEqual(['create patient!', 'delete visit!', 'read patient 2'])
  expect(await done(work(false))).toEqual(['create patient 1', 'delete visit 3', 'read patient 2'])
})

test('what came after a savepoint that was gone back to is a failed attempt', async () => {
  const work = async () => {
    const trx = await db.startTransaction().execute()
    await trx.insertInto('patients').values({ name }).execute()
    const inner = await trx.savepoint('Sp1').execute()
    await inner.deleteFrom('visits').execute()
    const outer = await inner.rollbackToSavepoint('Sp1').execute()
    await outer.updateTable('patients').set({ name }).execute()
    await outer.commit().execute()
  }
  expect(await done(work)).toEqual(['create patient 1', 'delete visit!', 'update patient 3'])
})

test('requests that share a connection keep their own records', async () => {
  const counts = [1, 2, 3, 4, 5, 6]
  const work = async (count: number) => {
    for (let n = 0; n < count; n++) await db.selectFrom('patients').selectAll().where('id', '=', 1).execute()
  }
  const ids = await Promise.all(counts.map((count) => requests.run(() => work(count))))
  expect(ids.map((id) => requests.below(id))).toEqual(counts.map((count) => [`read patient ${count}`]))
})

test('a table that is not declared leaves no record', async () => {
  expect(await done(() => db.selectFrom('rooms').selectAll().execute())).toEqual([])
})

test('audited twice it counts once, also where Kysely logs', async () => {
  const dialect = auditKysely(new SqliteDialect({ database }))
  expect(auditKysely(dialect)).toBe(dialect)
  const twice = new Kysely<Tables>({ dialect })
  expect(await done(() => twice.selectFrom('patients').selectAll().execute())).toEqual(['read patient 2'])
  const again = async () => {
    await logged.selectFrom('patients').selectAll().execute()
    await logged.selectFrom('patients').selectAll().execute()
  }
  expect(await done(again)).toEqual(['read patient 4'])
})

test('what is no dialect is refused by name, and so is a wrong option', () => {
  for (const wrong of [{}, undefined, db])
    expect(() => Reflect.apply(auditKysely, undefined, [wrong])).toThrow(AuditError)
  expect(() => Reflect.apply(auditKysely, undefined, [{}])).toThrow('auditKysely(dialect): a dialect of Kysely')
  const wrong = () => Reflect.apply(auditKysely, undefined, [new SqliteDialect({ database }), { dialect: 'oracle' }])
  expect(wrong).toThrow('option dialect must be one of')
})
