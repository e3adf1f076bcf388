/** What mysql2 raises: values in the server's words, whole statements in fields. */
import mysql from 'mysql2/promise'
import { closedPort, withTcp } from './loopback.ts'
import { person, secret } from './plants.ts'
import { NotProvoked, type Provoked, provoked } from './provoked.ts'

/** A server that speaks MySQL's protocol and refuses with this error: at the door, or when asked. */
function withMysql<T>(
  refusal: { code: number; message: string; sqlState: string },
  when: 'connect' | 'query',
  work: (connection: mysql.Connection) => Promise<T>,
): Promise<T> {
  const answer = Buffer.alloc(9)
  answer[0] = 0xff
  answer.writeUInt16LE(refusal.code, 1)
  answer.write(`#${refusal.sqlState}`, 3)
  const refused = Buffer.concat([answer, Buffer.from(refusal.message)])
  return withTcp(
    (socket) => {
      let asked = 0
      const send = (seq: number, payload: Buffer): void => {
        const head = Buffer.from([payload.length & 0xff, payload.length >> 8, 0, seq])
        socket.write(Buffer.concat([head, payload]))
      }
      send(0, mysqlGreeting)
      // The first packet of the client is its name and password, every later one a command.
      socket.on('data', () =>
        asked++ === 0 && when === 'query' ? send(2, mysqlOk) : send(asked === 1 ? 2 : 1, refused),
      )
    },
    async (port) => {
      const connection = await mysql.createConnection({
        host: '127.0.0.1',
        port,
        user: person.user,
        password: secret.databasePassword,
      })
      try {
        return await work(connection)
      } finally {
        connection.destroy()
      }
    },
  )
}

const mysqlOk = Buffer.from([0, 0, 0, 2, 0, 0, 0])
/** Protocol 10, with the challenge of `mysql_native_password`. */
const mysqlGreeting = Buffer.concat([
  Buffer.from('\x0a8.0.36\0'),
  Buffer.from([1, 0, 0, 0]),
  Buffer.from('12345678\0'),
  Buffer.from([0x09, 0x82, 0x21, 0x02, 0x00, 0x08, 0x00, 21]),
  Buffer.alloc(10),
  Buffer.from('123456789012\0mysql_native_password\0'),
])

const insert = (connection: mysql.Connection): Promise<unknown> =>
  connection.query('INSERT INTO patients VALUES (?, ?)', [person.email, person.ssn])
const credentials = [person.user, secret.databasePassword]

export const mysqlErrors: readonly Provoked[] = [
  provoked('mysql2', 'a user who may not come in', {
    planted: credentials,
    expect: { type: 'Error', code: 'ER_ACCESS_DENIED_ERROR', template: /Access denied for user/ },
    work: () =>
      withMysql(
        {
          code: 1045,
          sqlState: '28000',
          message: `Access denied for user '${person.user}'@'127.0.0.1' (using password: YES)`,
        },
        'connect',
        async () => {
          throw new NotProvoked('came in')
        },
      ),
  }),
  provoked('mysql2', 'a value that is there already', {
    planted: [person.email, person.ssn],
    expect: { type: 'Error', code: 'ER_DUP_ENTRY', template: /Duplicate entry/ },
    work: () =>
      withMysql(
        { code: 1062, sqlState: '23000', message: `Duplicate entry '${person.email}' for key 'patients.email'` },
        'query',
        insert,
      ),
  }),
  provoked('mysql2', 'a statement with a fault', {
    planted: [person.email, person.ssn],
    expect: { type: 'Error', code: 'ER_PARSE_ERROR', template: /You have an error in your SQL syntax/ },
    work: () =>
      withMysql(
        {
          code: 1064,
          sqlState: '42000',
          message: `You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '${person.email}' at line 1`,
        },
        'query',
        insert,
      ),
  }),
  provoked('mysql2', 'a value that is too long', {
    planted: [person.email, person.ssn],
    expect: { type: 'Error', code: 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD', template: /Incorrect (integer|\*) value/ },
    work: () =>
      withMysql(
        {
          code: 1366,
          sqlState: 'HY000',
          message: `Incorrect integer value: '${person.ssn}' for column 'age' at row 1`,
        },
        'query',
        insert,
      ),
  }),
  provoked('mysql2', 'a connection refused', {
    planted: credentials,
    expect: { type: /^(Error|AggregateError)$/, code: 'ECONNREFUSED', template: /connect/ },
    work: async () =>
      mysql.createConnection(`mysql://${person.user}:${secret.databasePassword}@127.0.0.1:${await closedPort()}/ward`),
  }),
]
