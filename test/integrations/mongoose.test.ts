/** What mongoose does is on record where its driver does it: the real mongoose against a server on loopback. */
import { AuditError } from '@trailmark/core'
import { auditMongodb } from '@trailmark/integrations/mongodb'
import { auditMongoose } from '@trailmark/integrations/mongoose'
import mongoose from 'mongoose'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MongoServer, startMongoServer } from './mongo-server.ts'
import { type Requests, runInRequests } from './run-in-requests.ts'

const { Mongoose, Schema } = mongoose

const visits = new Schema({ note: String })
const schema = new Schema({
  _id: String,
  name: String,
  person: String,
  visits: [{ type: Schema.Types.ObjectId, ref: 'Visit' }],
})
schema.pre('deleteOne', { document: true, query: false }, async function () {
  await this.model('Visit').deleteMany({ _id: { $in: this.get('visits') } })
})

function modelsOf(connection: mongoose.Connection) {
  return { Patient: connection.model('Patient', schema), Visit: connection.model('Visit', visits) }
}

let server: MongoServer
let requests: Requests
let instance: mongoose.Mongoose
let models: ReturnType<typeof modelsOf>

beforeAll(async () => {
  server = await startMongoServer()
  requests = await runInRequests({ tables: { patients: { resource: 'patient', subject: 'person' }, visits: 'visit' } })
  instance = auditMongoose(new Mongoose())
  await instance.connect(server.url, { autoIndex: false, autoCreate: false })
  models = modelsOf(instance.connection)
})
beforeEach(async () => {
  const { Patient, Visit } = models
  await Promise.all([Patient.deleteMany(), Visit.deleteMany()])
  const [first, second] = await Visit.insertMany([{ note: 'Planted Note' }, { note: 'Planted Note' }])
  await Patient.create({ _id: 'p1', name: 'Planted Name', person: 'planted-person', visits: [first!._id, second!._id] })
})
afterAll(async () => {
  requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person')
  await instance.disconnect()
  await requests.close()
  await server.close()
})

async function done(work: () => unknown): Promise<string[]> {
  return requests.below(await requests.run(work))
}

test('documents that are found, changed, saved and removed are on record', async () => {
  const work = async () => {
    const found = await models.Patient.findById('p1').orFail()
    found.set('name', 'Planted Name 2')
    await found.save()
    await models.Patient.create({ _id: 'p2', name: 'Planted Name', person: 'planted-person-2' })
    await models.Patient.updateOne({ _id: 'p2' }, { name: 'Planted Name 3' })
    await models.Patient.findOneAndDelete({ _id: 'p2' })
  }
  expect(await done(work)).toEqual(['create patient 1', 'delete patient 1', 'read patient 1', 'update patient 2'])
})

test('a population and what middleware deletes are on record, each once', async () => {
  const populated = () => models.Patient.find().populate('visits').lean()
  expect(await done(populated)).toEqual(['read patient 1', 'read visit 2'])
  const cascade = async () => (await models.Patient.findById('p1').orFail()).deleteOne()
  expect(await done(cascade)).toEqual(['delete patient 1', 'delete visit 2', 'read patient 1'])
})

test('a query that nobody awaits reads nothing and leaves no record', async () => {
  expect(await done(() => void models.Patient.find())).toEqual([])
})

test('a document that does not pass its schema never reaches the database, and leaves no record', async () => {
  await expect(requests.run(() => models.Patient.create({ name: 'Planted Name' }))).rejects.toThrow(
    'document must have an _id',
  )
  expect(requests.below().filter((line) => line.endsWith('!'))).toEqual([])
})

test('a cursor that is closed half way counts what was fetched', async () => {
  const work = async () => {
    await models.Visit.insertMany(Array.from({ length: 30 }, () => ({ note: 'Planted Note' })))
    const cursor = models.Visit.find().batchSize(10).cursor()
    for (let n = 0; n < 15; n++) await cursor.next()
    await cursor.close()
  }
  expect(await done(work)).toEqual(['create visit 30', 'read visit 20'])
})

test('a transaction that throws leaves failed attempts, one that returns what it did', async () => {
  const work = (fails: boolean) => () =>
    instance.connection.transaction(async (session) => {
      await models.Patient.create([{ _id: `t${fails}`, name: 'Planted Name' }], { session })
      if (fails) throw new Error('no')
    })
  const before = requests.audit.records.length
  await expect(requests.run(work(true))).rejects.toThrow('no')
  expect(requests.audit.records.slice(before).map((one) => `${one.event_type} ${one.outcome}`)).toContain(
    'data_create failure',
  )
  expect(await done(work(false))).toEqual(['create patient 1'])
})

test('requests that share the connections keep their own records', async () => {
  const counts = [1, 2, 3, 4, 5, 6]
  const ids = await Promise.all(
    counts.map((count) =>
      requests.run(async () => {
        for (let n = 0; n < count; n++) await models.Patient.findById('p1')
      }),
    ),
  )
  expect(ids.map((id) => requests.below(id))).toEqual(counts.map((count) => [`read patient ${count}`]))
})

test('connections made later, and databases beside the first, are on record as well', async () => {
  const later = await instance.createConnection(server.url, { autoIndex: false, autoCreate: false }).asPromise()
  expect(await done(() => modelsOf(later).Patient.find())).toEqual(['read patient 1'])
  expect(await done(() => modelsOf(later.useDb('archive')).Patient.find())).toEqual(['read patient 0'])
  await later.close()
})

test('audited twice, above and below, it counts once', async () => {
  expect(auditMongoose(instance)).toBe(instance)
  auditMongodb(instance.connection.getClient())
  expect(await done(() => models.Patient.find())).toEqual(['read patient 1'])
})

test('what is not mongoose is refused by name', () => {
  for (const wrong of [{}, undefined, models.Patient])
    expect(() => Reflect.apply(auditMongoose, undefined, [wrong])).toThrow(AuditError)
  expect(() => Reflect.apply(auditMongoose, undefined, [{}])).toThrow('auditMongoose(mongoose): the module mongoose')
})

test('an option that does not exist, and an audit that is none, are refused by name', () => {
  const apply = (options: object) => Reflect.apply(auditMongoose, undefined, [instance, options])
  expect(() => apply({ table: 'patients' })).toThrow('option table is not known')
  expect(() => apply({ audit: {} })).toThrow('option audit must be made by createAudit()')
})
