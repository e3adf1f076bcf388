/** What queries of Drizzle do is on record: the real Drizzle over SQLite, at once and through a proxy that answers later. */
import { AuditError } from '@trailmark/core'
import { auditDrizzle } from '@trailmark/integrations/drizzle'
import SQLite from 'better-sqlite3'
import { eq, relations, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { drizzle as drizzleProxy } from 'drizzle-orm/sqlite-proxy'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Requests, runInRequests } from './run-in-requests.ts'

const patients = sqliteTable('patients', {
  id: integer().primaryKey(),
  name: text().notNull(),
  // Nothing of the column's name is in the property's.
  about: text('person_id'),
})
const visits = sqliteTable('visits', {
  id: integer().primaryKey(),
  patientId: integer('patient_id').notNull(),
  note: text().notNull(),
})
const rooms = sqliteTable('rooms', { id: integer().primaryKey(), no: text().notNull() })
const schema = {
  patients,
  visits,
  rooms,
  ofPatients: relations(patients, ({ many }) => ({ visits: many(visits) })),
  ofVisits: relations(visits, ({ one }) => ({
    patient: one(patients, { fields: [visits.patientId], references: [patients.id] }),
  })),
}

const database = new SQLite(':memory:')
database.exec(`create table patients (id integer primary key, name text not null, person_id text);
  create table visits (id integer primary key, patient_id integer not null, note text not null);
  create table rooms (id integer primary key, no text not null unique)`)
const db = auditDrizzle(drizzle({ client: database, schema }))

function answer(text: string, params: unknown[], method: string): { rows: unknown[] } {
  const statement = database.prepare(text)
  if (!statement.reader) return { rows: [statement.run(...params).changes] }
  const rows = statement.raw().all(...params)
  return { rows: method === 'get' ? (rows[0] as unknown[]) : rows }
}
const later = auditDrizzle(
  drizzleProxy(
    async (text, params, method) => {
      await new Promise(setImmediate)
      return answer(text, params, method)
    },
    async (queries) => queries.map(({ sql, params, method }) => answer(sql, params, method)),
    { schema },
  ),
)

let requests: Requests

beforeAll(async () => {
  requests = await runInRequests({
    tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, visits: 'visit' },
  })
})
beforeEach(() => {
  database.exec(`delete from patients; delete from visits; delete from rooms;
    insert into patients values (1, 'Planted Name', 'planted-person-1'), (2, 'Planted Name', 'planted-person-2');
    insert into visits values (1, 1, 'Planted Note'), (2, 1, 'Planted Note'), (3, 2, 'Planted Note')`)
})
afterAll(async () => {
  requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person', 'select')
  await requests.close()
})

async function done(work: () => unknown): Promise<string[]> {
  return requests.below(await requests.run(work))
}

const name = 'Planted Name'
const prepared = db
  .select()
  .from(patients)
  .where(eq(patients.id, sql.placeholder('id')))
  .prepare()

test.each<[string, () => unknown, string[]]>([
  ['a select', () => db.select().from(patients), ['read patient 2']],
  ['a select at once', () => db.select().from(patients).all(), ['read patient 2']],
  ['one row', () => db.select().from(patients).get(), ['read patient 1']],
  ['no row', () => db.select().from(patients).where(eq(patients.id, 9)).get(), ['read patient 0']],
  ['rows as arrays', () => db.select().from(patients).values(), ['read patient 2']],
  ['a prepared query, run twice', () => [prepared.all({ id: 1 }), prepared.get({ id: 2 })], ['read patient 2']],
  ['an insert', () => db.insert(patients).values([{ name }, { name }]), ['create patient 2']],
  ['an insert that returns', () => db.insert(patients).values({ name }).returning(), ['create patient 1']],
  ['an update', () => db.update(patients).set({ name }), ['update patient 2']],
  ['a delete', () => db.delete(visits).where(eq(visits.patientId, 1)).run(), ['delete visit 2']],
  [
    'a join',
    () => db.select().from(patients).leftJoin(visits, eq(visits.patientId, patients.id)),
    ['read patient 3', 'read visit 3'],
  ],
  [
    'a relational query',
    () => db.query.patients.findMany({ with: { visits: true } }),
    ['read patient 2', 'read visit'],
  ],
  ['the first of a relational query', () => db.query.patients.findFirst(), ['read patient 1']],
  ['$count()', () => db.$count(patients), ['read patient 1']],
  ['raw SQL', () => db.all(sql`select * from ${patients}`), ['read patient 2']],
  ['raw SQL that changes', () => db.run(sql`delete from visits`), ['delete visit 3']],
  ['a query over a proxy', () => later.select().from(patients), ['read patient 2']],
  ['one row over a proxy', () => later.select().from(patients).get(), ['read patient 1']],
  [
    'a batch',
    () => later.batch([later.select().from(patients), later.select().from(visits)]),
    ['read patient 2', 'read visit 3'],
  ],
])('%s is on record', async (_name, work, expected) => {
  expect(await done(work)).toEqual(expected)
})

test.each<[string, () => unknown]>([
  ['a select', () => db.select().from(patients)],
  ['a join', () => db.select().from(visits).innerJoin(patients, eq(visits.patientId, patients.id))],
  ['arrays', () => db.select().from(patients).values()],
])('the people in %s are taken from the column, whatever its property is called', async (_name, work) => {
  const id = await requests.run(work)
  const record = requests.audit
    .recordsOf('data_access')
    .find((one) => one['request_id'] === id && one.subjects !== undefined)
  expect(record?.subjects).toHaveLength(2)
})

test('a query that nobody awaits leaves no record', async () => {
  expect(await done(() => void db.select().from(patients))).toEqual([])
  expect(await done(() => void db.insert(patients).values({ name }).returning())).toEqual([])
})

test('a failed statement is a failed attempt, and its error is as it was', async () => {
  const before = requests.audit.records.length
  await expect(requests.run(() => db.insert(patients).values({ id: 1, name }))).rejects.toThrow(/UNIQUE|Failed/)
  await expect(requests.run(() => later.insert(patients).values({ id: 1, name }))).rejects.toThrow(/UNIQUE|Failed/)
  const told = requests.audit.records.slice(before).filter((one) => one.category === 'data')
  expect(told.map((one) => `${one.event_type} ${one.outcome}`)).toEqual(['data_create failure', 'data_create failure'])
})

test('a batch that fails leaves failed attempts', async () => {
  const work = () =>
    later
      .batch([later.select().from(patients), later.insert(patients).values({ id: 1, name }), later.delete(rooms)])
      .catch(() => {})
  expect(await done(work)).toEqual(['create patient!', 'read patient!'])
})

test('writes of a transaction are on record when it is committed, and as failed when it is rolled back', async () => {
  const work = (fails: boolean) => () => {
    try {
      db.transaction((tx) => {
        tx.select().from(patients).all()
        tx.insert(patients).values({ name }).run()
        tx.delete(visits).run()
        if (fails) tx.rollback()
      })
    } catch (error) {
      expect(String(error)).toContain('Rollback')
    }
  }
  expect(await done(work(true))).toEqual(['create patient!', 'delete visit!', 'read patient 2'])
  expect(await done(work(false))).toEqual(['create patient 1', 'delete visit 3', 'read patient 2'])
})

test('so are those of a transaction that takes its time, and what is outside of it is on record at once', async () => {
  const work = (fails: boolean) => () =>
    later
      .transaction(async (tx) => {
        await tx.insert(patients).values({ name }).returning()
        if (fails) throw new Error('no')
      })
      .catch(() => {})
  expect(await done(work(true))).toEqual(['create patient!'])
  expect(await done(work(false))).toEqual(['create patient 1'])
})

test('a transaction within one that is rolled back leaves failed attempts', async () => {
  const work = () =>
    db.transaction((tx) => {
      tx.insert(patients).values({ name }).run()
      expect(() =>
        tx.transaction((inner) => {
          inner.delete(visits).run()
          inner.rollback()
        }),
      ).toThrow()
    })
  expect(await done(work)).toEqual(['create patient 1', 'delete visit!'])
})

test('requests that share a connection keep their own records', async () => {
  const counts = [1, 2, 3, 4, 5, 6]
  const work = async (count: number) => {
    for (let n = 0; n < count; n++) await later.select().from(patients).where(eq(patients.id, 1))
  }
  const ids = await Promise.all(counts.map((count) => requests.run(() => work(count))))
  expect(ids.map((id) => requests.below(id))).toEqual(counts.map((count) => [`read patient ${count}`]))
})

test('a table that is not declared, and a database that is not audited, leave no record', async () => {
  expect(await done(() => db.select().from(rooms))).toEqual([])
  const other = drizzle({ client: database, schema })
  expect(await done(() => other.select().from(patients))).toEqual([])
})

test('audited twice it counts once', async () => {
  expect(auditDrizzle(db)).toBe(db)
  expect(await done(() => db.select().from(patients))).toEqual(['read patient 2'])
})

test('what is no database of Drizzle is refused by name', () => {
  for (const wrong of [{}, undefined, database])
    expect(() => Reflect.apply(auditDrizzle, undefined, [wrong])).toThrow(AuditError)
  expect(() => Reflect.apply(auditDrizzle, undefined, [{}])).toThrow('auditDrizzle(db): what drizzle() returns')
})

test('an option that does not exist, and an audit that is none, are refused by name', () => {
  const apply = (options: object) => Reflect.apply(auditDrizzle, undefined, [db, options])
  expect(() => apply({ table: 'patients' })).toThrow('option table is not known')
  expect(() => apply({ audit: {} })).toThrow('option audit must be made by createAudit()')
})
