/** Kysely, Drizzle, TypeORM and Sequelize over a real MariaDB: the forms of answers that only MySQL's driver has, and its streams. */
import type { Readable } from 'node:stream'
import { auditDrizzle } from '@trailmark/integrations/drizzle'
import { auditKysely } from '@trailmark/integrations/kysely'
import { auditMysql2 } from '@trailmark/integrations/mysql2'
import { auditSequelize } from '@trailmark/integrations/sequelize'
import { auditTypeorm } from '@trailmark/integrations/typeorm'
import { eq, sql } from 'drizzle-orm'
import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import { type Generated, Kysely, MysqlDialect } from 'kysely'
import mysql from 'mysql2'
import promises from 'mysql2/promise'
import { DataTypes, Sequelize } from 'sequelize'
import { DataSource, EntitySchema } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Requests, runInRequests } from '../integrations/run-in-requests.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './mariadb.ts'

interface Tables {
  patients: { id: Generated<number>; name: string; person_id: string | null }
  visits: { id: Generated<number>; patient_id: number }
}
const patients = mysqlTable('patients', {
  id: int().primaryKey().autoincrement(),
  name: varchar({ length: 99 }).notNull(),
  about: varchar('person_id', { length: 99 }),
})
const Patient = new EntitySchema<{ id?: number; name: string; about?: string }>({
  name: 'Patient',
  tableName: 'patients',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    name: { type: 'varchar' },
    about: { type: 'varchar', name: 'person_id', nullable: true },
  },
})
const name = 'Planted Name'
const missing = !hasMariaDb() && process.env['TRAILMARK_REQUIRE_COMPONENTS'] !== '1'

describe.skipIf(missing)('over MariaDB', () => {
  let server: MariaDb
  let admin: promises.Pool
  let requests: Requests
  const closing: (() => unknown)[] = []

  beforeAll(async () => {
    server = await startMariaDb()
    admin = promises.createPool({ ...server.connection, multipleStatements: true })
    await admin.query(`create table patients (id int primary key auto_increment, name varchar(99) not null, person_id varchar(99));
      create table visits (id int primary key auto_increment, patient_id int not null)`)
    requests = await runInRequests({
      tables: { patients: { resource: 'patient', subject: 'person_id', id: 'id' }, visits: 'visit' },
    })
  }, 60_000)
  beforeEach(async () => {
    await admin.query(`truncate patients; truncate visits;
      insert into patients values (1, '${name}', 'planted-person-1'), (2, '${name}', 'planted-person-2'), (3, '${name}', null);
      insert into visits values (1, 1), (2, 1)`)
  })
  afterAll(async () => {
    requests.expectNothingOf('Planted Name', 'planted-person', 'select')
    for (const close of closing.splice(0)) await close()
    await admin.end()
    await requests.close()
    await server.stop()
  })

  const done = async (work: () => unknown): Promise<string[]> => requests.below(await requests.run(work))
  const pool = () => promises.createPool({ ...server.connection, connectionLimit: 2 })

  test('what Drizzle reads, streams, changes and rolls back is on record', async () => {
    const below = pool()
    const db = auditDrizzle(drizzle({ client: below }))
    closing.push(() => below.end())
    const id = await requests.run(() => db.select().from(patients).then())
    expect(requests.below(id)).toEqual(['read patient 3'])
    expect(requests.audit.recordsOf('data_access').find((one) => one['request_id'] === id)?.subjects).toHaveLength(2)
    expect(await done(() => db.execute(sql`select * from patients`))).toEqual(['read patient 3'])
    expect(await done(() => db.insert(patients).values([{ name }, { name }]).then())).toEqual(['create patient 2'])
    expect(await done(() => db.insert(patients).values({ name }).$returningId().then())).toEqual(['create patient 1'])
    expect(await done(() => db.update(patients).set({ name: 'x' }).where(eq(patients.id, 1)).then())).toEqual([
      'update patient 1',
    ])
    const rows = async () => {
      for await (const row of await db.select().from(patients).iterator()) if (row.id === 4) break
    }
    expect((await done(rows))[0]).toMatch(/^read patient [45]$/)
    const fails = () =>
      db
        .transaction(async (tx) => {
          await tx.delete(patients)
          tx.rollback()
        })
        .catch(() => {})
    expect(await done(fails)).toEqual(['delete patient!'])
  })

  test('what Kysely reads, streams, changes and rolls back is on record, with an audited driver below as well', async () => {
    for (const audit of [false, true]) {
      const plain = mysql.createPool({ ...server.connection, connectionLimit: 2 })
      const db = new Kysely<Tables>({
        dialect: auditKysely(new MysqlDialect({ pool: audit ? auditMysql2(plain) : plain })),
      })
      closing.push(() => db.destroy())
      expect(await done(() => db.selectFrom('patients').selectAll().execute())).toEqual(['read patient 3'])
      expect(await done(() => db.deleteFrom('visits').execute())).toEqual([`delete visit ${audit ? 0 : 2}`])
      const rows = async () => {
        for await (const _ of db.selectFrom('patients').selectAll().stream());
      }
      expect(await done(rows)).toEqual(['read patient 3'])
      const fails = () =>
        db
          .transaction()
          .execute(async (trx) => {
            await trx.updateTable('patients').set({ name: 'x' }).execute()
            throw new Error('no')
          })
          .catch(() => {})
      expect(await done(fails)).toEqual(['update patient!'])
    }
  })

  test('what TypeORM reads, streams, changes and rolls back is on record', async () => {
    const { user: username, ...rest } = server.connection
    const source = auditTypeorm(
      new DataSource({ type: 'mariadb', ...rest, username, entities: [Patient], poolSize: 2 }),
    )
    await source.initialize()
    closing.push(() => source.destroy())
    const id = await requests.run(() => source.getRepository(Patient).find())
    expect(requests.below(id)).toEqual(['read patient 3'])
    expect(requests.audit.recordsOf('data_access').find((one) => one['request_id'] === id)?.subjects).toHaveLength(2)
    expect(await done(() => source.query('delete from visits'))).toEqual(['delete visit 2'])
    const rows = async () => {
      const stream: Readable = await source.createQueryBuilder(Patient, 'p').stream()
      expect(await stream.toArray()).toHaveLength(3)
    }
    expect(await done(rows)).toEqual(['read patient 3'])
    const fails = () =>
      source
        .transaction(async (manager) => {
          await manager.insert(Patient, { name })
          throw new Error('no')
        })
        .catch(() => {})
    const seen = await done(fails)
    expect(seen.filter((line) => line.startsWith('create'))).toEqual(['create patient!'])
  })

  test('what Sequelize reads, changes and rolls back is on record', async () => {
    const { user: username, ...rest } = server.connection
    const options = { ...rest, username, dialectModule: mysql, logging: false, pool: { max: 2 } } as const
    const sequelize = auditSequelize(new Sequelize({ dialect: 'mysql', ...options }))
    closing.push(() => sequelize.close())
    const model = sequelize.define(
      'Patient',
      { name: DataTypes.STRING, about: { type: DataTypes.STRING, field: 'person_id' } },
      { timestamps: false, tableName: 'patients' },
    )
    const id = await requests.run(() => model.findAll())
    expect(requests.below(id)).toEqual(['read patient 3'])
    expect(requests.audit.recordsOf('data_access').find((one) => one['request_id'] === id)?.subjects).toHaveLength(2)
    expect(await done(() => model.create({ name }))).toEqual(['create patient 1'])
    expect(await done(() => model.bulkCreate([{ name }, { name }]))).toEqual(['create patient 2'])
    expect(await done(() => model.update({ name: 'x' }, { where: {} }))).toEqual(['update patient 6'])
    expect(await done(() => sequelize.query('delete from visits'))).toEqual(['delete visit 2'])
    expect(await done(() => sequelize.query('select * from visits'))).toEqual(['read visit 0'])
    const fails = () =>
      sequelize
        .transaction(async (transaction) => {
          await model.destroy({ where: {}, transaction })
          throw new Error('no')
        })
        .catch(() => {})
    expect(await done(fails)).toEqual(['delete patient!'])
  })
})
