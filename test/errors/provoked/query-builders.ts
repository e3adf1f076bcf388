/** What stands in front of a database raises: knex, kysely, sequelize. Statements, parameters, whole instances. */
import knexFactory, { type Knex } from 'knex'
import { Kysely, sql as kyselySql, PostgresDialect } from 'kysely'
import pg from 'pg'
import { DataTypes, type Model, type ModelStatic, Sequelize } from 'sequelize'
import { asking, planted } from './asking-postgres.ts'
import { closedPort } from './loopback.ts'
import { person, secret } from './plants.ts'
import { postgres } from './postgres.ts'
import { type Expected, type Provoked, provoked } from './provoked.ts'

type Code = Omit<Expected, 'frames'>
const inKnex = (what: string, expect: Code, work: (knex: Knex) => PromiseLike<unknown>): Provoked =>
  provoked('knex', what, {
    needs: 'postgres',
    planted,
    expect,
    work: () =>
      asking(async () => {
        const knex = knexFactory({ client: 'pg', connection: (await postgres()).url, pool: { min: 0, max: 1 } })
        try {
          await work(knex)
        } finally {
          await knex.destroy()
        }
      }),
  })

interface Database {
  patients: { email: string; name: string; age: number | null }
}

const inKysely = (what: string, expect: Code, work: (db: Kysely<Database>) => Promise<unknown>): Provoked =>
  provoked('kysely', what, {
    needs: 'postgres',
    planted,
    expect,
    work: () =>
      asking(async () => {
        const pool = new pg.Pool({ connectionString: (await postgres()).url, max: 1 })
        const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
        try {
          await work(db)
        } finally {
          await db.destroy()
        }
      }),
  })

function modelsOf(sequelize: Sequelize): { patient: ModelStatic<Model>; visit: ModelStatic<Model> } {
  const options = { timestamps: false, freezeTableName: true }
  const columns = { email: { type: DataTypes.TEXT, primaryKey: true }, name: DataTypes.TEXT, age: DataTypes.TEXT }
  return {
    patient: sequelize.define('patients', columns, options),
    visit: sequelize.define('visits', { email: { type: DataTypes.TEXT, primaryKey: true } }, options),
  }
}

const inSequelize = (
  what: string,
  expect: Code,
  work: (models: ReturnType<typeof modelsOf>, sequelize: Sequelize) => Promise<unknown>,
): Provoked =>
  provoked('sequelize', what, {
    needs: 'postgres',
    planted,
    expect,
    work: () =>
      asking(async () => {
        const sequelize = new Sequelize((await postgres()).url, { dialect: 'postgres', logging: false })
        try {
          await work(modelsOf(sequelize), sequelize)
        } finally {
          await sequelize.close()
        }
      }),
  })

const again = { email: person.email, name: person.name }

export const queryBuilders: readonly Provoked[] = [
  inKnex(
    'a value that is there already',
    { type: /^(DatabaseError|error)$/, code: '23505', template: /duplicate key value/ },
    (knex) => knex('patients').insert(again),
  ),
  inKnex(
    'a raw statement with bindings',
    { type: /^(DatabaseError|error)$/, code: '22P02', template: /invalid input syntax/ },
    (knex) => knex.raw('SELECT * FROM patients WHERE age = ? AND email = ?', [person.ssn, person.email]),
  ),
  provoked('knex', 'a binding that is undefined', {
    planted: [person.email],
    expect: { type: 'Error', template: /Undefined binding\(s\) detected/ },
    work: () =>
      knexFactory({ client: 'pg' })('patients')
        .where({ name: undefined, [person.email]: 1 })
        .toSQL()
        .toNative(),
  }),
  provoked('knex', 'a pool without a free connection', {
    planted: [person.user, secret.databasePassword, person.email],
    expect: {
      type: /^(KnexTimeoutError|AggregateError|Error)$/,
      code: /^(ECONNREFUSED|KNEX)/,
      template: /connect|Timeout acquiring/,
    },
    work: async () => {
      const connection = `postgres://${person.user}:${secret.databasePassword}@127.0.0.1:${await closedPort()}/x`
      const silence = (): void => undefined
      const log = { warn: silence, error: silence, debug: silence, deprecate: silence }
      const knex = knexFactory({ client: 'pg', connection, acquireConnectionTimeout: 300, log })
      try {
        await knex('patients').where({ email: person.email })
      } finally {
        await knex.destroy()
      }
    },
  }),
  inKysely(
    'a value that is there already',
    { type: 'DatabaseError', code: '23505', template: /duplicate key value/ },
    (db) =>
      db
        .insertInto('patients')
        .values({ ...again, age: null })
        .execute(),
  ),
  inKysely('nobody found', { type: 'NoResultError', template: /no result/ }, (db) =>
    db.selectFrom('patients').selectAll().where('email', '=', secret.password).executeTakeFirstOrThrow(),
  ),
  inKysely(
    'a raw statement with a value in it',
    { type: 'DatabaseError', code: '42601', template: /syntax error/ },
    (db) => kyselySql.raw(`SELECT '${person.ssn}' ${person.email}`).execute(db),
  ),
  inSequelize(
    'a value that is there already',
    { type: /^(Sequelize)?UniqueConstraintError$/, code: '23505', template: /duplicate key value|not_unique|unique/ },
    ({ patient }) => patient.create(again),
  ),
  inSequelize(
    'a reference to nobody',
    { type: /^(Sequelize)?ForeignKeyConstraintError$/, code: '23503', template: /foreign key constraint/ },
    ({ visit }) => visit.create({ email: person.ssn }),
  ),
  inSequelize(
    'a value that is no number, with its parameters',
    { type: /^(Sequelize)?DatabaseError$/, code: '22P02', template: /invalid input syntax/ },
    ({ patient }) => patient.create({ email: 'x', name: person.name, age: person.ssn }),
  ),
  inSequelize(
    'a statement with replacements',
    { type: /^(Sequelize)?DatabaseError$/, code: '42703', template: /does not exist/ },
    (_models, sequelize) =>
      sequelize.query('SELECT nothing FROM patients WHERE email = :email', { replacements: { email: person.email } }),
  ),
  inSequelize('nobody found', { type: /^(Sequelize)?EmptyResultError$/ }, ({ patient }) =>
    patient.findOne({ where: { name: secret.password }, rejectOnEmpty: true }),
  ),
  provoked('sequelize', 'values its validators refuse', {
    planted,
    expect: { type: /^(Sequelize)?ValidationError$/, template: /isEmail|Validation|len/ },
    work: () => {
      const model = new Sequelize('postgres://x', { dialect: 'postgres', logging: false }).define('patient', {
        email: { type: DataTypes.STRING, validate: { isEmail: true, len: [1, 5] } },
        name: { type: DataTypes.STRING, allowNull: false },
        ssn: {
          type: DataTypes.STRING,
          validate: {
            known(value: unknown) {
              throw new Error(`${value} is not known`)
            },
          },
        },
      })
      return model.build({ email: `${person.name} ${person.email}`, ssn: person.ssn }).validate()
    },
  }),
  provoked('sequelize', 'a connection refused', {
    planted: [person.user, secret.databasePassword],
    expect: { type: /^(Sequelize)?ConnectionRefusedError$/, template: /connect|ECONNREFUSED/ },
    work: async () => {
      const url = `postgres://${person.user}:${secret.databasePassword}@127.0.0.1:${await closedPort()}/x`
      await new Sequelize(url, { dialect: 'postgres', logging: false }).authenticate()
    },
  }),
]
