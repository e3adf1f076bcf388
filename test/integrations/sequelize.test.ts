/** What Sequelize does is on record: the real Sequelize over SQLite. */
import { createRequire } from 'node:module'
import { AuditError } from '@trailmark/core'
import { auditSequelize } from '@trailmark/integrations/sequelize'
import { DataTypes, type Model, type ModelStatic, QueryTypes, Sequelize } from 'sequelize'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Requests, runInRequests } from './run-in-requests.ts'
import { sqlite3 } from './sqlite3-module.ts'

const sequelize = auditSequelize(
  new Sequelize({ dialect: 'sqlite', storage: ':memory:', dialectModule: sqlite3, logging: false }),
)
const plain = { timestamps: false } as const
const Patient: ModelStatic<Model> = sequelize.define(
  'Patient',
  {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    name: { type: DataTypes.STRING, allowNull: false },
    about: { type: DataTypes.STRING, field: 'person_id' },
  },
  { ...plain, tableName: 'patients' },
)
const Visit: ModelStatic<Model> = sequelize.define(
  'Visit',
  { note: DataTypes.STRING },
  { ...plain, tableName: 'visits' },
)
const Room: ModelStatic<Model> = sequelize.define('Room', { no: DataTypes.STRING }, plain)
Patient.hasMany(Visit, { as: 'visits', foreignKey: 'patientId' })
Visit.belongsTo(Patient, { as: 'patient', foreignKey: 'patientId' })

interface Cls {
  createNamespace(name: string): object
  destroyNamespace(name: string): void
}
const cls: Cls = createRequire(import.meta.url)('cls-hooked')

let requests: Requests

beforeAll(async () => {
  await sequelize.sync()
  requests = await runInRequests({
    tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, visits: 'visit' },
  })
})
beforeEach(async () => {
  await Visit.destroy({ where: {} })
  await Patient.destroy({ where: {} })
  await Patient.bulkCreate([1, 2].map((id) => ({ id, name: 'Planted Name', about: `planted-person-${id}` })))
  await Visit.bulkCreate([1, 1, 2].map((patientId) => ({ patientId, note: 'Planted Note' })))
})
afterAll(async () => {
  requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person', 'SELECT')
  await sequelize.close()
  await requests.close()
})

async function done(work: () => unknown): Promise<string[]> {
  return requests.below(await requests.run(work))
}

const name = 'Planted Name'
const inline = { replacements: { name } }

test.each<[string, () => Promise<unknown>, string[]]>([
  ['findAll()', () => Patient.findAll(), ['read patient 2']],
  ['findAll() of plain rows', () => Patient.findAll({ raw: true }), ['read patient 2']],
  ['findByPk()', () => Patient.findByPk(1), ['read patient 1']],
  ['findOne() that finds nothing', () => Patient.findOne({ where: { id: 9 } }), ['read patient 0']],
  ['findAndCountAll()', () => Patient.findAndCountAll(), ['read patient 3']],
  ['count()', () => Patient.count(), ['read patient 1']],
  ['create()', () => Patient.create({ name }), ['create patient 1']],
  ['bulkCreate()', () => Patient.bulkCreate([{ name }, { name }]), ['create patient 2']],
  ['update()', () => Patient.update({ name: 'Planted Name 2' }, { where: {} }), ['update patient 2']],
  ['upsert()', () => Patient.upsert({ id: 1, name }), ['create patient 1', 'update patient']],
  ['destroy()', () => Visit.destroy({ where: { patientId: 1 } }), ['delete visit 2']],
  ['hooks switched off', () => Visit.destroy({ where: {}, hooks: false }), ['delete visit 3']],
  ['a model that is included', () => Patient.findAll({ include: 'visits' }), ['read patient 2', 'read visit 3']],
  [
    'a model that is included by its own query',
    () => Patient.findAll({ include: [{ association: 'visits', separate: true }] }),
    ['read patient 2', 'read visit 3'],
  ],
  ['a raw query', () => sequelize.query('select * from patients where name = :name', inline), ['read patient 2']],
  [
    'a raw query of a type',
    () => sequelize.query('select * from patients', { type: QueryTypes.SELECT }),
    ['read patient 2'],
  ],
  ['a raw query that changes', () => sequelize.query('update patients set name = :name', inline), ['update patient 2']],
  [
    'a raw query with values',
    () => sequelize.query({ query: 'select * from visits where id > ?', values: [0] }),
    ['read visit 3'],
  ],
])('%s is on record', async (_name, work, expected) => {
  expect(await done(work)).toEqual(expected)
})

test('an instance that is changed, saved, read again and destroyed is on record', async () => {
  const work = async () => {
    const patient = await Patient.create({ name, about: 'planted-person-3' })
    await patient.update({ name: 'Planted Name 2' })
    await patient.reload()
    await patient.destroy()
  }
  expect(await done(work)).toEqual(['create patient 1', 'delete patient 1', 'read patient 1', 'update patient 1'])
})

test.each<[string, () => Promise<unknown>]>([
  ['instances', () => Patient.findAll()],
  ['plain rows', () => Patient.findAll({ raw: true })],
  ['instances inside of others', () => Visit.findAll({ include: 'patient' })],
  [
    'instances that are made',
    async () => {
      for (const n of [7, 8]) await Patient.create({ name, about: `planted-person-${n}` })
    },
  ],
])('the people in %s are taken from the column, whatever its attribute is called', async (_name, work) => {
  const id = await requests.run(work)
  const records = requests.audit.records.filter((one) => one['request_id'] === id && one.subjects !== undefined)
  expect(records.map((one) => one.subjects?.length)).toEqual([2])
})

test('a failed statement is a failed attempt, and its error is as it was', async () => {
  const before = requests.audit.records.length
  await expect(requests.run(() => Patient.create({ id: 1, name }))).rejects.toThrow('Validation error')
  const told = requests.audit.records.slice(before).filter((one) => one.category === 'data')
  expect(told.map((one) => `${one.event_type} ${one.outcome}`)).toEqual(['data_create failure'])
})

test('what a model refuses never reaches the database, and leaves no record', async () => {
  const before = requests.audit.records.length
  await expect(requests.run(() => Patient.create({}))).rejects.toThrow('cannot be null')
  expect(requests.audit.records.slice(before).filter((one) => one.category === 'data')).toEqual([])
})

test('requests that share a connection keep their own records', async () => {
  const counts = [1, 2, 3, 4, 5, 6]
  const work = async (count: number) => {
    for (let n = 0; n < count; n++) await Patient.findByPk(1)
  }
  const ids = await Promise.all(counts.map((count) => requests.run(() => work(count))))
  expect(ids.map((id) => requests.below(id))).toEqual(counts.map((count) => [`read patient ${count}`]))
})

test('writes of a transaction are on record when it is committed, and as failed when it is rolled back', async () => {
  const work = (fails: boolean) => () =>
    sequelize
      .transaction(async (transaction) => {
        await Patient.findAll({ transaction })
        await Patient.create({ name }, { transaction })
        await Visit.destroy({ where: {}, transaction })
        if (fails) throw new Error('no')
      })
      .catch(() => {})
  expect(await done(work(true))).toEqual(['create patient!', 'delete visit!', 'read patient 2'])
  expect(await done(work(false))).toEqual(['create patient 1', 'delete visit 3', 'read patient 2'])
})

test('BEGIN without a transaction of Sequelize holds no record back', async () => {
  const work = async () => {
    await sequelize.query('BEGIN')
    await Patient.create({ name })
    await sequelize.query('ROLLBACK')
  }
  expect(await done(work)).toEqual(['create patient 1'])
})

test('a transaction that CLS finds is one as well', async () => {
  const namespace = cls.createNamespace('test')
  Sequelize.useCLS(namespace)
  const work = () =>
    sequelize
      .transaction(async () => {
        await Patient.create({ name })
        throw new Error('no')
      })
      .catch(() => {})
  try {
    expect(await done(work)).toEqual(['create patient!'])
    expect(await Patient.count()).toBe(2)
  } finally {
    Reflect.deleteProperty(Sequelize, '_cls')
    cls.destroyNamespace('test')
  }
})

test('a table that is not declared leaves no record', async () => {
  expect(await done(() => Room.findAll())).toEqual([])
})

test('audited twice it counts once', async () => {
  expect(auditSequelize(sequelize)).toBe(sequelize)
  expect(await done(() => Patient.findAll())).toEqual(['read patient 2'])
})

test('what is no Sequelize is refused by name', () => {
  for (const wrong of [{}, undefined, Patient])
    expect(() => Reflect.apply(auditSequelize, undefined, [wrong])).toThrow(AuditError)
  expect(() => Reflect.apply(auditSequelize, undefined, [{}])).toThrow(
    'auditSequelize(sequelize): an instance of Sequelize 6',
  )
})

test('an option that does not exist, and an audit that is none, are refused by name', () => {
  const apply = (options: object) => Reflect.apply(auditSequelize, undefined, [sequelize, options])
  expect(() => apply({ table: 'patients' })).toThrow('option table is not known')
  expect(() => apply({ audit: {} })).toThrow('option audit must be made by createAudit()')
})
