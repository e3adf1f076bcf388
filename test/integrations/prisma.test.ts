/** What Prisma does is on record: a client made by its generator, run by its engine over SQLite. */
import { AuditError } from '@trailmark/core'
import { auditPrisma } from '@trailmark/integrations/prisma'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MadePrisma, makePrisma, type TestPrisma } from './prisma-client.ts'
import { type Requests, runInRequests } from './run-in-requests.ts'

let made: MadePrisma
let prisma: TestPrisma
let requests: Requests
const database = new Database(':memory:')

beforeAll(async () => {
  made = await makePrisma(database)
  requests = await runInRequests({
    tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, visits: 'visit', Address: 'address' },
  })
  prisma = auditPrisma(made.client)
})
beforeEach(() => {
  database.exec(`delete from Address; delete from visits; delete from patients; delete from Room;
    insert into patients values (1, 'Planted Name', 'planted-person-1'), (2, 'Planted Name', 'planted-person-2');
    insert into visits values (1, 'Planted Note', 1), (2, 'Planted Note', 1), (3, 'Planted Note', 2);`)
})
afterAll(async () => {
  requests.expectNothingOf('Planted Name', 'Planted Note', 'planted-person', 'Planted Street')
  await made.close()
  await requests.close()
})

async function done(work: () => unknown): Promise<string[]> {
  return requests.below(await requests.run(work))
}

const name = 'Planted Name'

test.each<[string, (db: TestPrisma) => PromiseLike<unknown>, string[]]>([
  ['findMany', (db) => db.patient.findMany(), ['read patient 2']],
  ['findUnique', (db) => db.patient.findUnique({ where: { id: 1 }, select: { name: true } }), ['read patient 1']],
  ['findFirst that finds nothing', (db) => db.patient.findFirst({ where: { id: 9 } }), ['read patient 0']],
  ['count', (db) => db.patient.count(), ['read patient 1']],
  ['aggregate', (db) => db.patient.aggregate({ _max: { id: true } }), ['read patient 1']],
  ['groupBy', (db) => db.patient.groupBy({ by: ['person'] }), ['read patient 2']],
  ['create', (db) => db.patient.create({ data: { name } }), ['create patient 1']],
  ['createMany', (db) => db.patient.createMany({ data: [{ name }, { name }] }), ['create patient 2']],
  ['createManyAndReturn', (db) => db.patient.createManyAndReturn({ data: [{ name }, { name }] }), ['create patient 2']],
  ['update', (db) => db.patient.update({ where: { id: 1 }, data: { name } }), ['update patient 1']],
  ['updateMany', (db) => db.patient.updateMany({ data: { name } }), ['update patient 2']],
  ['upsert', (db) => db.patient.upsert({ where: { id: 1 }, create: { name }, update: { name } }), ['update patient 1']],
  ['delete', (db) => db.visit.delete({ where: { id: 1 } }), ['delete visit 1']],
  ['deleteMany', (db) => db.visit.deleteMany({ where: { patientId: 1 } }), ['delete visit 2']],
  [
    'a relation that is included',
    (db) => db.patient.findMany({ include: { visits: true } }),
    ['read patient 2', 'read visit 3'],
  ],
  [
    'a relation of a relation',
    (db) => db.visit.findMany({ where: { id: 1 }, select: { patient: { include: { address: true } } } }),
    ['read address 0', 'read patient 1', 'read visit 1'],
  ],
  [
    'a relation that is filtered by',
    (db) => db.patient.findMany({ where: { OR: [{ visits: { some: { id: 3 } } }] } }),
    ['read patient 1', 'read visit'],
  ],
  [
    'a relation that is counted',
    (db) => db.patient.findMany({ select: { _count: true } }),
    ['read address', 'read patient 2', 'read visit'],
  ],
  [
    'a relation that is written through',
    (db) =>
      db.patient.create({
        data: {
          name,
          address: { create: { street: 'Planted Street' } },
          visits: { create: [{ note: 'Planted Note' }, { note: 'Planted Note' }] },
        },
      }),
    ['create address 1', 'create patient 1', 'create visit 2'],
  ],
  [
    'relations changed and deleted through',
    (db) =>
      db.patient.update({
        where: { id: 1 },
        data: { visits: { update: { where: { id: 1 }, data: { note: 'Planted Note' } }, deleteMany: { id: 2 } } },
      }),
    ['delete visit', 'update patient 1', 'update visit 1'],
  ],
  ['a raw query', (db) => db.$queryRaw`select * from patients where id > ${0}`, ['read patient 2']],
  ['a raw query of text', (db) => db.$queryRawUnsafe('select * from visits where patient_id = ?', 1), ['read visit 2']],
  ['a raw query that changes', (db) => db.$executeRawUnsafe('delete from visits'), ['delete visit 3']],
])('%s is on record', async (_name, work, expected) => {
  expect(await done(() => work(prisma))).toEqual(expected)
})

test('a relation that is asked for by its name is a read of both', async () => {
  const visits = () => {
    const found: unknown = prisma.patient.findUnique({ where: { id: 1 } })
    return (found as { visits(): PromiseLike<unknown> }).visits()
  }
  expect(await done(visits)).toEqual(['read patient 1', 'read visit 2'])
})

test('the people a record is about are taken from the column, whatever its field is called', async () => {
  const id = await requests.run(() => prisma.patient.findMany())
  const record = requests.audit.recordsOf('data_access').find((one) => one['request_id'] === id)
  expect(record?.subjects).toHaveLength(2)
  expect(record?.['targets']).toHaveLength(2)
})

test('an operation that nobody awaits does nothing and leaves no record', async () => {
  expect(await done(() => void prisma.patient.findMany())).toEqual([])
})

test('a failed operation is a failed attempt, and its error is as it was', async () => {
  const id = requests.audit.records.length
  await expect(requests.run(() => prisma.patient.create({ data: { id: 1, name } }))).rejects.toThrow(
    'Unique constraint',
  )
  const told = requests.audit.records.slice(id).filter((one) => one.category === 'data')
  expect(told.map((one) => `${one.event_type} ${one.outcome}`)).toEqual(['data_create failure'])
})

test('writes of a transaction are on record when it is committed, and as failed when it is rolled back', async () => {
  const work = (fails: boolean) => () =>
    prisma
      .$transaction(async (tx) => {
        await tx.patient.findMany()
        await tx.patient.create({ data: { name } })
        await tx.visit.deleteMany()
        await tx.$executeRawUnsafe('update patients set name = name')
        if (fails) throw new Error('no')
      })
      .catch(() => {})
  expect(await done(work(true))).toEqual(['create patient!', 'delete visit!', 'read patient 2', 'update patient!'])
  expect(database.prepare('select count(*) as n from visits').get()).toEqual({ n: 3 })
  expect(await done(work(false))).toEqual(['create patient 1', 'delete visit 3', 'read patient 2', 'update patient 3'])
})

test('a list of operations is one transaction', async () => {
  const work = (no: string) => () =>
    prisma
      .$transaction([
        prisma.patient.create({ data: { name } }),
        prisma.room.create({ data: { no: '1' } }),
        prisma.room.create({ data: { no } }),
      ])
      .catch(() => {})
  expect(await done(work('1'))).toEqual(['create patient!'])
  expect(await done(work('2'))).toEqual(['create patient 1'])
})

test('lookups that Prisma joins into one statement are told to the request that asked', async () => {
  const looks = [1, 2, 3, 4, 5, 6]
  const ids = await Promise.all(
    looks.map((count) =>
      requests.run(() =>
        Promise.all(Array.from({ length: count }, () => prisma.patient.findUnique({ where: { id: 1 } }))),
      ),
    ),
  )
  expect(ids.map((id) => requests.below(id))).toEqual(looks.map((count) => [`read patient ${count}`]))
})

test('a table that is not declared leaves no record', async () => {
  expect(await done(() => prisma.room.findMany())).toEqual([])
})

test('audited twice it counts once, also under further extensions', async () => {
  expect(auditPrisma(prisma)).toBe(prisma)
  const more = prisma.$extends({
    query: { $allOperations: ({ args, query }: { args: unknown; query(args: unknown): unknown }) => query(args) },
  })
  const further = auditPrisma(more as TestPrisma)
  expect(await done(() => further.patient.findMany())).toEqual(['read patient 2'])
  const work = () =>
    further
      .$transaction(async (tx) => {
        await tx.patient.create({ data: { name } })
        throw new Error('no')
      })
      .catch(() => {})
  expect(await done(work)).toEqual(['create patient!'])
})

test('what is no client is refused by name', () => {
  for (const wrong of [{}, undefined, prisma.patient])
    expect(() => Reflect.apply(auditPrisma, undefined, [wrong])).toThrow(AuditError)
  expect(() => Reflect.apply(auditPrisma, undefined, [{}])).toThrow('auditPrisma(client): a PrismaClient is expected')
})

test('an option that does not exist, and an audit that is none, are refused by name', () => {
  const apply = (options: object) => Reflect.apply(auditPrisma, undefined, [made.client, options])
  expect(() => apply({ table: 'patients' })).toThrow('option table is not known')
  expect(() => apply({ audit: {} })).toThrow('option audit must be made by createAudit()')
})
