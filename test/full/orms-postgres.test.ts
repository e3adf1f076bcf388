/**
 * Kysely, Drizzle, TypeORM and Sequelize over a real PostgreSQL and pools of two connections: what requests do at the same
 * time stays theirs, whatever is rolled back is a failed attempt, and an audited driver below counts nothing twice.
 */

import { PGlite } from '@electric-sql/pglite'
import { auditDrizzle } from '@trailmark/integrations/drizzle'
import { auditKysely } from '@trailmark/integrations/kysely'
import { auditPg } from '@trailmark/integrations/pg'
import { auditSequelize } from '@trailmark/integrations/sequelize'
import { auditTypeorm } from '@trailmark/integrations/typeorm'
import { count, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgSchema, serial, text } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { type Generated, Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import { DataTypes, Sequelize } from 'sequelize'
import { DataSource, EntitySchema } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Requests, runInRequests } from '../integrations/run-in-requests.ts'
import { findPostgres, type Postgres, startPostgres } from './postgres.ts'

/** What each library does to `clinic.patients` and `clinic.visits`, in its own words. */
interface Library {
  all(): Promise<unknown>
  one(): Promise<unknown>
  join(): Promise<unknown>
  /** Adds a patient and returns it, in a transaction that deletes all visits; then throws where it is to fail. */
  change(fails: boolean): Promise<unknown>
  /** Adds a patient that is there, in a transaction that commits all the same. */
  broken(): Promise<unknown>
  close(): Promise<unknown>
}

interface Tables {
  'clinic.patients': { id: Generated<number>; name: string; person_id: string | null }
  'clinic.visits': { id: Generated<number>; patient_id: number }
}

const name = 'Planted Name'
const no = new Error('no')

function kysely(db: Kysely<Tables>): Library {
  const patients = () => db.selectFrom('clinic.patients').selectAll()
  return {
    all: () => patients().execute(),
    one: () => patients().where('id', '=', 1).executeTakeFirst(),
    join: () => patients().innerJoin('clinic.visits as v', 'v.patient_id', 'clinic.patients.id').execute(),
    change: (fails) =>
      db.transaction().execute(async (trx) => {
        await trx.insertInto('clinic.patients').values({ name }).returningAll().execute()
        await trx.deleteFrom('clinic.visits').execute()
        if (fails) throw no
      }),
    broken: () =>
      db.transaction().execute(async (trx) => {
        await trx.deleteFrom('clinic.visits').execute()
        await trx
          .insertInto('clinic.patients')
          .values({ id: 1, name })
          .execute()
          .catch(() => {})
      }),
    close: () => db.destroy(),
  }
}

const clinic = pgSchema('clinic')
const patients = clinic.table('patients', {
  id: serial().primaryKey(),
  name: text().notNull(),
  about: text('person_id'),
})
const visits = clinic.table('visits', { id: serial().primaryKey(), patientId: integer('patient_id').notNull() })

function drizzled(
  db: ReturnType<typeof drizzle> | ReturnType<typeof drizzlePglite>,
  close: () => Promise<unknown>,
): Library {
  return {
    all: async () => await db.select().from(patients),
    one: async () => await db.select().from(patients).where(eq(patients.id, 1)),
    join: async () => await db.select().from(patients).innerJoin(visits, eq(visits.patientId, patients.id)),
    change: (fails) =>
      db.transaction(async (tx) => {
        await tx.insert(patients).values({ name }).returning()
        await tx.delete(visits)
        if (fails) throw no
      }),
    broken: () =>
      db.transaction(async (tx) => {
        await tx.delete(visits)
        await tx
          .insert(patients)
          .values({ id: 1, name })
          .catch(() => {})
      }),
    close,
  }
}

function typeorm(url: string): Library {
  const Patient = new EntitySchema<{ id?: number; name: string; about?: string }>({
    name: 'Patient',
    schema: 'clinic',
    tableName: 'patients',
    columns: {
      id: { type: 'int', primary: true, generated: true },
      name: { type: 'text' },
      about: { type: 'text', name: 'person_id', nullable: true },
    },
  })
  const Visit = new EntitySchema<{ id: number; patientId: number }>({
    name: 'Visit',
    schema: 'clinic',
    tableName: 'visits',
    columns: { id: { type: 'int', primary: true }, patientId: { type: 'int', name: 'patient_id' } },
  })
  const source = auditTypeorm(new DataSource({ type: 'postgres', url, entities: [Patient, Visit], poolSize: 2 }))
  const ready = source.initialize()
  const run = async <T>(work: (source: DataSource) => Promise<T>): Promise<T> => work(await ready)
  return {
    all: () => run(() => source.getRepository(Patient).find()),
    one: () => run(() => source.getRepository(Patient).findOneBy({ id: 1 })),
    join: () =>
      run(() =>
        source
          .getRepository(Patient)
          .createQueryBuilder('p')
          .innerJoin('Visit', 'v', 'v.patient_id = p.id')
          .getRawMany(),
      ),
    change: (fails) =>
      run(() =>
        source.transaction(async (manager) => {
          await manager.insert(Patient, { name })
          await manager.query('delete from clinic.visits')
          if (fails) throw no
        }),
      ),
    broken: () =>
      run(() =>
        source.transaction(async (manager) => {
          await manager.query('delete from clinic.visits')
          await manager.query(`insert into clinic.patients values (1, '${name}')`).catch(() => {})
        }),
      ),
    close: () => source.destroy(),
  }
}

function sequelized(url: string): Library {
  const sequelize = auditSequelize(new Sequelize(url, { dialectModule: pg, logging: false, pool: { max: 2 } }))
  const plain = { timestamps: false, schema: 'clinic' } as const
  const Patient = sequelize.define(
    'Patient',
    { name: DataTypes.TEXT, about: { type: DataTypes.TEXT, field: 'person_id' } },
    { ...plain, tableName: 'patients' },
  )
  const Visit = sequelize.define(
    'Visit',
    { patientId: { type: DataTypes.INTEGER, field: 'patient_id' } },
    { ...plain, tableName: 'visits' },
  )
  Patient.hasMany(Visit, { as: 'visits', foreignKey: { name: 'patientId', field: 'patient_id' } })
  return {
    all: () => Patient.findAll(),
    one: () => Patient.findByPk(1),
    join: () => sequelize.query('select * from clinic.patients p join clinic.visits v on v.patient_id = p.id'),
    change: (fails) =>
      sequelize.transaction(async (transaction) => {
        await Patient.create({ name }, { transaction })
        await Visit.destroy({ where: {}, transaction })
        if (fails) throw no
      }),
    broken: () =>
      sequelize.transaction(async (transaction) => {
        await Visit.destroy({ where: {}, transaction })
        await Patient.create({ id: 1, name }, { transaction }).catch(() => {})
      }),
    close: () => sequelize.close(),
  }
}

const tables = `create schema clinic;
  create table clinic.patients (id serial primary key, name text not null, person_id text);
  create table clinic.visits (id serial primary key, patient_id integer not null)`
const rows = `truncate clinic.patients, clinic.visits restart identity;
  insert into clinic.patients (name, person_id) values ('Planted Name', 'planted-person-1'), ('Planted Name', 'planted-person-2');
  insert into clinic.visits (patient_id) values (1), (1), (2)`

const bin = findPostgres()
const missing = bin === undefined && process.env['TRAILMARK_REQUIRE_COMPONENTS'] !== '1'

describe.skipIf(missing)('over PostgreSQL', () => {
  let server: Postgres
  let admin: pg.Pool
  let lite: PGlite
  let requests: Requests
  const libraries: Record<string, Library> = {}

  beforeAll(async () => {
    server = await startPostgres(bin ?? '')
    admin = new pg.Pool({ connectionString: server.url, max: 1 })
    lite = await PGlite.create()
    await Promise.all([admin.query(tables), lite.exec(tables)])
    requests = await runInRequests({
      tables: { 'clinic.patients': { resource: 'patient', subject: 'person_id', id: 'id' }, 'clinic.visits': 'visit' },
    })
    const pool = () => new pg.Pool({ connectionString: server.url, max: 2 })
    const below = pool()
    const beside = pool()
    Object.assign(libraries, {
      kysely: kysely(new Kysely<Tables>({ dialect: auditKysely(new PostgresDialect({ pool: pool() })) })),
      'kysely over an audited driver': kysely(
        new Kysely<Tables>({ dialect: auditKysely(new PostgresDialect({ pool: auditPg(pool()) })) }),
      ),
      'kysely over PGlite': kysely(new Kysely<Tables>({ dialect: auditKysely(new PGliteDialect({ pglite: lite })) })),
      drizzle: drizzled(auditDrizzle(drizzle({ client: below })), () => below.end()),
      'drizzle over an audited driver': drizzled(auditDrizzle(drizzle({ client: auditPg(beside) })), () =>
        beside.end(),
      ),
      'drizzle over PGlite': drizzled(auditDrizzle(drizzlePglite({ client: lite })), async () => {}),
      typeorm: typeorm(server.url),
      sequelize: sequelized(server.url),
    } satisfies Record<string, Library>)
  })
  beforeEach(async () => {
    await Promise.all([admin.query(rows), lite.exec(rows)])
  })
  afterAll(async () => {
    requests.expectNothingOf('Planted Name', 'planted-person', 'select')
    for (const library of Object.values(libraries)) await library.close()
    if (!lite.closed) await lite.close()
    await admin.end()
    await requests.close()
    await server.stop()
  })

  const done = async (work: () => unknown): Promise<string[]> => requests.below(await requests.run(work))

  describe.each([
    'kysely',
    'kysely over an audited driver',
    'kysely over PGlite',
    'drizzle',
    'drizzle over an audited driver',
    'drizzle over PGlite',
    'typeorm',
    'sequelize',
  ])('%s', (which) => {
    const library = (): Library => libraries[which]!

    test('reads are on record, with the people they are about', async () => {
      const id = await requests.run(() => library().all())
      expect(requests.below(id)).toEqual(['read patient 2'])
      expect(requests.audit.recordsOf('data_access').find((one) => one['request_id'] === id)?.subjects).toHaveLength(2)
      expect(await done(() => library().join())).toEqual(['read patient 3', 'read visit 3'])
    })

    test('writes are on record when they are committed, and as failed attempts when they are rolled back', async () => {
      expect(
        await done(() =>
          library()
            .change(true)
            .catch(() => {}),
        ),
      ).toEqual(['create patient!', 'delete visit!'])
      expect(await done(() => library().change(false))).toEqual(['create patient 1', 'delete visit 3'])
    })

    test('a commit that PostgreSQL makes a rollback leaves failed attempts', async () => {
      const seen = await done(() =>
        library()
          .broken()
          .catch(() => {}),
      )
      expect(seen).toEqual(['create patient!', 'delete visit!'])
    })

    test('twenty requests on two connections keep their own records', async () => {
      const counts = Array.from({ length: 20 }, (_, n) => (n % 5) + 1)
      const work = async (count: number) => {
        for (let n = 0; n < count; n++) await library().one()
      }
      const ids = await Promise.all(counts.map((count) => requests.run(() => work(count))))
      expect(ids.map((id) => requests.below(id))).toEqual(counts.map((count) => [`read patient ${count}`]))
    })

    test('a transaction of one request holds back nothing of another', async () => {
      const [changed, read] = await Promise.all([
        requests.run(() =>
          library()
            .change(true)
            .catch(() => {}),
        ),
        requests.run(() => library().change(false)),
      ])
      expect(requests.below(changed)).toEqual(['create patient!', 'delete visit!'])
      const [created, deleted] = requests.below(read)
      expect([created, deleted?.replace(/\d$/, 'n')]).toEqual(['create patient 1', 'delete visit n'])
    })
  })

  test('a query that Drizzle prepares once is on record whenever it is run', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 2 })
    const db = auditDrizzle(drizzle({ client: pool }))
    const prepared = db
      .select({ n: count() })
      .from(patients)
      .where(eq(patients.id, sql.placeholder('id')))
      .prepare('counted')
    const ids = await Promise.all([1, 2, 3].map((id) => requests.run(() => prepared.execute({ id }))))
    expect(ids.map((id) => requests.below(id))).toEqual([['read patient 1'], ['read patient 1'], ['read patient 1']])
    await pool.end()
  })
})
