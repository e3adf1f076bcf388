/** What pg raises of a real PostgreSQL: rows in details, values in messages. And of one that refuses at the door. */
import pg from 'pg'
import { asking, insert, planted } from './asking-postgres.ts'
import { closedPort, withTcp } from './loopback.ts'
import { person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const credentials = [person.user, secret.databasePassword]

function pgError(
  what: string,
  code: string,
  template: RegExp,
  text: string,
  values: readonly unknown[] = [],
): Provoked {
  return provoked('pg', what, {
    needs: 'postgres',
    planted,
    expect: { type: 'DatabaseError', code, template },
    work: () => asking((client) => client.query(text, [...values])),
  })
}

export const pgErrors: readonly Provoked[] = [
  pgError('a value that is there already', '23505', /duplicate key value violates unique constraint/, insert),
  pgError(
    'a value that is missing',
    '23502',
    /violates not-null constraint/,
    'INSERT INTO patients (email, ssn) VALUES ($1, $2)',
    ['x', person.ssn],
  ),
  pgError(
    'a value its check refuses',
    '23514',
    /violates check constraint/,
    'INSERT INTO patients VALUES ($1, $2, $3)',
    ['x', person.name, person.ssn],
  ),
  pgError(
    'a value that is no number',
    '22P02',
    /invalid input syntax for type/,
    'SELECT age FROM patients WHERE age = $1',
    [person.ssn],
  ),
  pgError(
    'a statement with a value in it',
    '42601',
    /unterminated quoted string|syntax error/,
    `SELECT * FROM patients WHERE email = '${person.email}`,
  ),
  pgError('a reference to nobody', '23503', /violates foreign key constraint/, 'INSERT INTO visits VALUES ($1)', [
    person.ssn,
  ]),
  pgError('a value that is too long', '22001', /value too long for type/, 'INSERT INTO patients VALUES ($1, $2)', [
    'x',
    `${person.name} ${person.email}`,
  ]),
  pgError('json that is none', '22P02', /invalid input syntax for type/, 'SELECT $1::jsonb', [`{"ssn":${person.ssn}`]),
  pgError('a column nobody knows', '42703', /column .* does not exist/, `SELECT "${person.email}" FROM patients`),
  pgError('a table nobody knows', '42P01', /relation .* does not exist/, `SELECT * FROM "${person.email}"`),
  pgError('an exception of the application', 'P0001', /./, 'SELECT refuse($1)', [person.email]),
  pgError('a date that is none', '22007', /invalid input syntax for type/, 'SELECT $1::date', [person.email]),
  provoked('pg', 'a connection refused', {
    planted: [person.user, secret.databasePassword],
    expect: { type: 'Error', code: 'ECONNREFUSED', template: /connect/ },
    work: async () =>
      new pg.Client(`postgres://${person.user}:${secret.databasePassword}@127.0.0.1:${await closedPort()}/x`).connect(),
  }),
  provoked('pg', 'a user who may not come in', {
    planted: credentials,
    expect: { type: 'DatabaseError', code: '28P01', template: /password authentication failed/ },
    work: () => refusedByPostgres('28P01', `password authentication failed for user "${person.user}"`),
  }),
  provoked('pg', 'a database that is not there', {
    planted: [...credentials, 'quirina-ward'],
    expect: { type: 'DatabaseError', code: '3D000', template: /database .* does not exist/ },
    work: () => refusedByPostgres('3D000', 'database "quirina-ward" does not exist'),
  }),
]

/** A server that refuses at the door, in PostgreSQL's protocol: one ErrorResponse. */
async function refusedByPostgres(code: string, message: string): Promise<void> {
  const fields = ['SFATAL', 'VFATAL', `C${code}`, `M${message}`, 'Fauth.c', 'L326', 'Rauth_failed']
    .map((one) => `${one}\0`)
    .join('')
  const body = Buffer.from(`${fields}\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(body.length + 4, 1)
  await withTcp(
    (socket) => socket.once('data', () => socket.end(Buffer.concat([head, body]))),
    async (port) => {
      const client = new pg.Client(
        `postgres://${person.user}:${secret.databasePassword}@127.0.0.1:${port}/quirina-ward`,
      )
      client.on('error', () => undefined)
      await client.connect()
    },
  )
}
