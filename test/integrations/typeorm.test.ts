/** What TypeORM does is on record: the real TypeORM over SQLite. */
import { AuditError } from '@trailmark/core'
import { auditTypeorm } from '@trailmark/integrations/typeorm'
import { DataSource, EntitySchema } from 'typeorm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Requests, runInRequests } from './run-in-requests.ts'

interface PatientRow {
  id: number
  name: string
  about: string | null
  visits?: VisitRow[]
}
interface VisitRow {
  id: number
  note: string
  patient?: PatientRow
}

const Patient = new EntitySchema<PatientRow>({
  name: 'Patient',
  tableName: 'patients',
  columns: {
    id: { type: 'integer', primary: true, generated: true },
    name: { type: 'text' },
    about: { type: 'text', name: 'person_id', nullable: true },
  },
  relations: { visits: { type: 'one-to-many', target: 'Visit', inverseSide: 'patient', cascade: true } },
})
const Visit = new EntitySchema<VisitRow>({
  name: 'Visit',
  tableName: 'visits',
  columns: { id: { type: 'integer', primary: true, generated: true }, note: { type: 'text' } },
  relations: {
    patient: { type: 'many-to-one', target: 'Patient', inverseSide: 'visits', joinColumn: { name: 'patient_id' } },
  },
})
const Room = new EntitySchema<{ id: number }>({ name: 'Room', columns: { id: { type: 'integer', primary: true } } })

const source = auditTypeorm(
  new DataSource({ type: 'better-sqlite3', database: ':memory:', entities: [Patient, Visit, Room], synchronize: true }),
)
const patients = source.getRepository(Patient)
const visits = source.getRepository(Visit)
let requests: Requests

beforeAll(async () => {
  await source.initialize()
  requests = await runInRequests({
    tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, visits: 'visit' },
  })
})
beforeEach(async () => {
  await source.query('delete from visits')
  await source.query('delete from patients')
  await source.query(
    `insert into patients values (1, 'Planted Name', 'planted-person-1'), (2, 'Planted Name', 'planted-person-2')`,
  )
  await source.query(`insert into visits values (1, 'Planted Note', 1), (2, 'Planted Note', 1), (3, 'Planted Note', 2)`)
})
afterAll(async () => {
  requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person', 'SELECT')
  await source.destroy()
  await requests.close()
})

async function done(work: () => unknown): Promise<string[]> {
  return requests.below(await requests.run(work))
}

const name = 'Planted Name'

test.each<[string, () => Promise<unknown>, string[]]>([
  ['find()', () => patients.find(), ['read patient 2']],
  ['findOneBy()', () => patients.findOneBy({ id: 1 }), ['read patient 1']],
  ['findOneBy() that finds nothing', () => patients.findOneBy({ id: 9 }), ['read patient 0']],
  ['count()', () => patients.count(), ['read patient 1']],
  ['insert()', () => patients.insert([{ name }, { name }]), ['create patient 2']],
  ['update()', () => patients.update({ id: 1 }, { name }), ['update patient 1']],
  ['delete()', () => visits.delete({ patient: { id: 1 } }), ['delete visit 2']],
  ['clear()', () => visits.clear(), ['delete visit 3']],
  [
    'a query builder that joins',
    () => patients.createQueryBuilder('p').leftJoinAndSelect('p.visits', 'v').getMany(),
    ['read patient 3', 'read visit 3'],
  ],
  [
    'a query builder of raw rows',
    () => patients.createQueryBuilder('p').select('p.name').getRawMany(),
    ['read patient 2'],
  ],
  [
    'a query builder that deletes',
    () => visits.createQueryBuilder().delete().where('id > 1').execute(),
    ['delete visit 2'],
  ],
  [
    'a relation that is loaded',
    () => patients.find({ relations: { visits: true } }),
    ['read patient 3', 'read visit 3'],
  ],
  ['a raw query', () => source.query('select * from patients'), ['read patient 2']],
  ['a raw query that changes', () => source.query('update patients set name = ?', [name]), ['update patient 2']],
  [
    'a cascade',
    () => patients.save({ name, about: null, visits: [{ id: 7, note: 'Planted Note' }] }),
    ['create patient 1', 'create visit 1', 'read visit 0'],
  ],
])('%s is on record', async (_name, work, expected) => {
  expect(await done(work)).toEqual(expected)
})

test('answers are what they were', async () => {
  expect(await source.query('select id from patients')).toEqual([{ id: 1 }, { id: 2 }])
  const of = async (audited: boolean) => {
    const other = new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [Patient, Visit, Room],
      synchronize: true,
    })
    await (audited ? auditTypeorm(other) : other).initialize()
    const answers = [
      await other.query(`insert into patients (name) values ('x')`),
      await other.query('update patients set name = name'),
      await other.getRepository(Patient).update({ id: 1 }, { name }),
      await other.query('select * from patients'),
      await other.createQueryRunner().query('select * from patients', [], true),
    ]
    await other.destroy()
    return answers
  }
  expect(await of(true)).toEqual(await of(false))
})

test.each<[string, () => Promise<unknown>]>([
  ['an entity', () => patients.find()],
  ['a join', () => visits.createQueryBuilder('v').innerJoinAndSelect('v.patient', 'p').getMany()],
  ['a raw query', () => source.query('select * from patients')],
])('the people in %s are taken from the column, whatever its property is called', async (_name, work) => {
  const id = await requests.run(work)
  const record = requests.audit
    .recordsOf('data_access')
    .find((one) => one['request_id'] === id && one.subjects !== undefined)
  expect(record?.subjects).toHaveLength(2)
})

test('a builder that nobody executes leaves no record', async () => {
  expect(await done(() => void patients.createQueryBuilder('p').getQuery())).toEqual([])
})

test('a failed statement is a failed attempt, and its error is as it was', async () => {
  const before = requests.audit.records.length
  await expect(requests.run(() => patients.insert({ id: 1, name }))).rejects.toThrow('UNIQUE constraint failed')
  const told = requests.audit.records.slice(before).filter((one) => one.category === 'data')
  expect(told.map((one) => `${one.event_type} ${one.outcome}`)).toEqual(['data_create failure'])
})

test('writes of a transaction are on record when it is committed, and as failed when it is rolled back', async () => {
  const work = (fails: boolean) => () =>
    source
      .transaction(async (manager) => {
        await manager.find(Patient)
        await manager.insert(Patient, { name })
        await manager.clear(Visit)
        if (fails) throw new Error('no')
      })
      .catch(() => {})
  expect(await done(work(true))).toEqual(['create patient!', 'delete visit!', 'read patient 2'])
  expect(await done(work(false))).toEqual(['create patient 1', 'delete visit 3', 'read patient 2'])
})

test('a transaction within one that is rolled back leaves failed attempts', async () => {
  const work = () =>
    source.transaction(async (manager) => {
      await manager.insert(Patient, { name })
      await manager
        .transaction(async (inner) => {
          await inner.clear(Visit)
          throw new Error('no')
        })
        .catch(() => {})
    })
  expect(await done(work)).toEqual(['create patient 1', 'delete visit!'])
})

test('requests that share a connection keep their own records', async () => {
  const counts = [1, 2, 3, 4, 5, 6]
  const work = async (count: number) => {
    for (let n = 0; n < count; n++) await patients.findOneBy({ id: 1 })
  }
  const ids = await Promise.all(counts.map((count) => requests.run(() => work(count))))
  expect(ids.map((id) => requests.below(id))).toEqual(counts.map((count) => [`read patient ${count}`]))
})

test('a table that is not declared leaves no record', async () => {
  expect(await done(() => source.getRepository(Room).find())).toEqual([])
})

test('audited twice it counts once', async () => {
  expect(auditTypeorm(source)).toBe(source)
  expect(await done(() => patients.find())).toEqual(['read patient 2'])
})

test('what is no data source is refused by name, and so is one of MongoDB', () => {
  for (const wrong of [{}, undefined, patients])
    expect(() => Reflect.apply(auditTypeorm, undefined, [wrong])).toThrow(AuditError)
  expect(() => Reflect.apply(auditTypeorm, undefined, [{}])).toThrow('auditTypeorm(dataSource): a DataSource')
  expect(() => auditTypeorm(new DataSource({ type: 'mongodb', url: 'mongodb://127.0.0.1:1/none' }))).toThrow(
    'use auditMongodb()',
  )
})

test('an option that does not exist, and an audit that is none, are refused by name', () => {
  const apply = (options: object) => Reflect.apply(auditTypeorm, undefined, [source, options])
  expect(() => apply({ table: 'patients' })).toThrow('option table is not known')
  expect(() => apply({ audit: {} })).toThrow('option audit must be made by createAudit()')
})
