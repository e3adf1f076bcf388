/** What the MongoDB driver does is on record: the real driver against a server on loopback. */
import { AuditError } from '@trailmark/core'
import { auditMongodb } from '@trailmark/integrations/mongodb'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MongoServer, startMongoServer } from './mongo-server.ts'
import { type Requests, runInRequests } from './run-in-requests.ts'

interface Patient {
  _id: string
  name: string
  person?: string
}

const patient = (n: number): Patient => ({
  _id: `planted-id-${n}`,
  name: `Planted Name ${n}`,
  person: `planted-person-${n}`,
})
const patients = (count: number): Patient[] => Array.from({ length: count }, (_, n) => patient(n))

let server: MongoServer
let client: MongoClient
let db: Db
let requests: Requests

beforeAll(async () => {
  server = await startMongoServer()
  requests = await runInRequests({
    tables: { patients: { resource: 'patient', subject: 'person', id: '_id' }, visits: 'visit', copies: 'copy' },
    bulkRecords: 100,
  })
  client = auditMongodb(new MongoClient(server.url))
  db = client.db()
})
beforeEach(async () => {
  await db.collection('patients').deleteMany({})
  await db.collection('visits').deleteMany({})
  await db.collection<Patient>('patients').insertMany(patients(3))
  await db.collection<{ of: string }>('visits').insertMany([{ of: 'planted-id-0' }, { of: 'planted-id-0' }])
  server.store.killed.length = 0
})
afterAll(async () => {
  requests.expectNothingOf('planted-id', 'Planted Name', 'planted-person', 'Planted Error')
  await client.close()
  await requests.close()
  await server.close()
})

const all = () => db.collection<Patient>('patients')

/** What one request did. */
async function done(work: () => unknown): Promise<string[]> {
  return requests.below(await requests.run(work))
}

test('reads, writes and deletes are counted, one record for each collection and verb', async () => {
  const id = await requests.run(async () => {
    await all().find({ person: 'planted-person-1' }).toArray()
    await all().findOne({ _id: 'planted-id-2' })
    await all().insertOne(patient(7))
    await all().updateMany({}, { $set: { name: 'Planted Name X' } })
    await all().deleteOne({ _id: 'planted-id-7' })
    await db.collection('visits').find().toArray()
  })
  expect(requests.below(id)).toEqual([
    'create patient 1',
    'delete patient 1',
    'read patient 2',
    'read visit 2',
    'update patient 4',
  ])
  const read = requests.audit.recordsOf('data_access').find((record) => record['request_id'] === id)
  expect(read?.subjects).toHaveLength(2)
})

test.each<[string, () => Promise<unknown>, string[]]>([
  ['countDocuments()', () => all().countDocuments(), ['read patient 1']],
  ['estimatedDocumentCount()', () => all().estimatedDocumentCount(), ['read patient 1']],
  ['distinct()', () => all().distinct('name'), ['read patient 3']],
  [
    'findOneAndUpdate()',
    () => all().findOneAndUpdate({ _id: 'planted-id-1' }, { $set: { name: 'x' } }),
    ['update patient 1'],
  ],
  ['findOneAndDelete()', () => all().findOneAndDelete({ _id: 'planted-id-1' }), ['delete patient 1']],
  [
    'findOneAndUpdate() that finds nothing',
    () => all().findOneAndUpdate({ _id: 'none' }, { $set: { name: 'x' } }),
    ['update patient 0'],
  ],
  [
    'findOneAndUpdate() that makes one',
    () => all().findOneAndUpdate({ _id: 'planted-id-8' }, { $set: { name: 'x' } }, { upsert: true }),
    ['create patient 1'],
  ],
  [
    'updateOne() that makes one',
    () => all().updateOne({ _id: 'planted-id-9' }, { $set: { name: 'x' } }, { upsert: true }),
    ['create patient 1'],
  ],
  ['replaceOne()', () => all().replaceOne({ _id: 'planted-id-1' }, { name: 'x' }), ['update patient 1']],
  ['drop()', () => db.collection('copies').drop(), ['delete copy']],
  ['db.command()', () => db.command({ find: 'patients', filter: {} }), ['read patient 3']],
  [
    'bulkWrite() of a collection',
    () => all().bulkWrite([{ insertOne: { document: patient(5) } }, { deleteMany: { filter: {} } }]),
    ['create patient 1', 'delete patient 4'],
  ],
  [
    'bulkWrite() of the client',
    () =>
      client.bulkWrite([
        { namespace: 'clinic.patients', name: 'insertOne', document: { name: 'Planted Name' } },
        { namespace: 'clinic.patients', name: 'updateMany', filter: {}, update: { $set: { name: 'x' } } },
        { namespace: 'clinic.visits', name: 'deleteMany', filter: {} },
        { namespace: 'clinic.rooms', name: 'insertOne', document: { no: 1 } },
      ]),
    ['create patient 1', 'delete visit 2', 'update patient 4'],
  ],
])('%s is on record', async (_name, work, expected) => {
  expect(await done(work)).toEqual(expected)
})

test('collections that a pipeline joins, unites, nests or writes are on record', async () => {
  const pipeline = [
    { $lookup: { from: 'visits', localField: '_id', foreignField: 'of', as: 'visits' } },
    { $facet: { rooms: [{ $unionWith: 'rooms' }], copies: [{ $unionWith: { coll: 'copies', pipeline: [] } }] } },
  ]
  const joined = await done(() => all().aggregate(pipeline).toArray())
  expect(joined).toEqual(['read copy', 'read patient 1', 'read visit'])
  expect(
    await done(() =>
      db
        .collection('rooms')
        .aggregate([{ $out: 'copies' }])
        .toArray(),
    ),
  ).toEqual(['create copy'])
  expect(
    await done(() =>
      all()
        .aggregate([{ $merge: { into: 'copies' } }])
        .toArray(),
    ),
  ).toEqual(['read patient 0', 'update copy'])
})

test('documents are counted as they are fetched, also when a cursor is left half way', async () => {
  await all().insertMany(patients(250).slice(3))
  const half = async () => {
    let seen = 0
    for await (const _ of all().find().batchSize(50)) if (++seen === 60) break
  }
  expect(await done(half)).toEqual(['read patient 100'])
  expect(server.store.killed).toHaveLength(1)
  const id = await requests.run(async () => {
    for await (const _ of all().find().batchSize(50).stream());
  })
  expect(requests.below(id)).toEqual(['read patient 250'])
  expect(requests.audit.records.filter((one) => one['request_id'] === id).map((one) => one.event_type)).toContain(
    'bulk_query',
  )
})

test('a builder that nobody awaits reads nothing and leaves no record', async () => {
  expect(await done(() => void all().find({}))).toEqual([])
})

test('a failed command is a failed attempt, and its error is as it was', async () => {
  server.store.failNext = { name: 'find', code: 2, errmsg: 'Planted Error' }
  await expect(requests.run(() => all().find().toArray())).rejects.toThrow('Planted Error')
  await expect(requests.run(() => all().insertOne(patient(0)))).rejects.toThrow('E11000')
  const failures = requests.audit.records.filter((record) => record.category === 'data' && record.outcome === 'failure')
  expect(failures.map((record) => record.event_type)).toEqual(['data_access', 'data_create'])
})

test('writes of a transaction are on record when it is committed, and as failed when it is rolled back', async () => {
  const write = async (roll: boolean) => {
    const session = client.startSession()
    try {
      session.startTransaction()
      await all().find({}, { session }).toArray()
      await all().insertOne(patient(roll ? 10 : 11), { session })
      await db.collection('visits').deleteMany({}, { session })
      if (roll) await session.abortTransaction()
      else await session.commitTransaction()
    } finally {
      await session.endSession()
    }
  }
  expect(await done(() => write(true))).toEqual(['create patient!', 'delete visit!', 'read patient 3'])
  expect(await done(() => write(false))).toEqual(['create patient 1', 'delete visit 2', 'read patient 3'])
})

test('a commit that the driver has to repeat counts once', async () => {
  const labels = { errorLabels: ['UnknownTransactionCommitResult', 'RetryableWriteError'] }
  const work = () =>
    client.withSession((session) =>
      session.withTransaction(async () => {
        server.store.failNext = { name: 'commitTransaction', code: 91, errmsg: 'Planted Error', ...labels }
        await all().insertOne(patient(12), { session })
      }),
    )
  expect(await done(work)).toEqual(['create patient 1'])
})

test('requests that share two connections keep their own records', async () => {
  const counts = Array.from({ length: 12 }, (_, n) => n + 1)
  const ids = await Promise.all(
    counts.map((count) =>
      requests.run(async () => {
        for (let n = 0; n < count; n++) await all().findOne({ _id: 'planted-id-1' })
      }),
    ),
  )
  expect(ids.map((id) => requests.below(id))).toEqual(counts.map((count) => [`read patient ${count}`]))
})

test('events of a change stream are reads of the collection they are about', async () => {
  const id = await requests.run(async () => {
    const stream = db.watch()
    const first = stream.next()
    await new Promise((later) => setTimeout(later, 20))
    await db.collection('rooms').insertOne({ no: 1 })
    await all().insertOne(patient(20))
    await first
    await stream.next()
    await stream.close()
  })
  expect(requests.below(id)).toEqual(['create patient 1', 'read patient 1'])
})

test('a collection that is not declared leaves no record', async () => {
  expect(await done(() => db.collection('rooms').find().toArray())).toEqual([])
})

test('audited twice it counts once, and the client is the same', async () => {
  expect(auditMongodb(client)).toBe(client)
  expect(client.listenerCount('commandStarted')).toBe(1)
})

test('what is no client is refused by name, and so is one that was connected without monitoring', async () => {
  const refused = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      return error instanceof AuditError ? `${error.code} ${error.message}` : error
    }
    return undefined
  }
  expect(refused(() => Reflect.apply(auditMongodb, undefined, [{}]))).toMatch(
    /^AUDIT_LIBRARY_UNKNOWN auditMongodb\(client\): a MongoClient/,
  )
  const other = new MongoClient(server.url)
  await other.connect()
  expect(refused(() => auditMongodb(other))).toMatch(/^AUDIT_LIBRARY_UNKNOWN .*connected already/)
  await other.close()
})

test('an option that does not exist, and an audit that is none, are refused by name', () => {
  const apply = (options: object) => Reflect.apply(auditMongodb, undefined, [new MongoClient(server.url), options])
  expect(() => apply({ table: 'patients' })).toThrow('option table is not known')
  expect(() => apply({ audit: {} })).toThrow('option audit must be made by createAudit()')
})
