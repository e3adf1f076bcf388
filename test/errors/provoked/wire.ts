/** What clients of Redis and MySQL raise: commands with their arguments, statements with their values. */

import { Redis } from 'ioredis'
import mysql from 'mysql2/promise'
import { createClient } from 'redis'
import { closedPort, withTcp } from './loopback.ts'
import { person, secret } from './plants.ts'
import { NotProvoked, type Provoked, provoked } from './provoked.ts'

/** A server that speaks RESP and answers each command with one line. */
function withRedis<T>(answer: (command: readonly string[]) => string, work: (port: number) => Promise<T>): Promise<T> {
  return withTcp((socket) => {
    let waiting = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      waiting += chunk
      for (let command = takeCommand(waiting); command !== undefined; command = takeCommand(waiting)) {
        waiting = waiting.slice(command.chars)
        socket.write(`${answer(command.words)}\r\n`)
      }
    })
  }, work)
}

/** The first whole command: `*2\r\n$3\r\nGET\r\n$1\r\nk\r\n`. */
function takeCommand(text: string): { words: string[]; chars: number } | undefined {
  const head = /^\*(\d{1,4})\r\n/.exec(text)
  if (head === null) return undefined
  const words: string[] = []
  let at = head[0].length
  for (let left = Number(head[1]); left > 0; left--) {
    const size = /^\$(\d{1,6})\r\n/.exec(text.slice(at, at + 16))
    if (size === null) return undefined
    const start = at + size[0].length
    at = start + Number(size[1]) + 2
    if (at > text.length) return undefined
    words.push(text.slice(start, at - 2))
  }
  return { words, chars: at }
}

/** Lets a client come in and refuses what follows with this line. */
const refusing =
  (line: string | ((command: readonly string[]) => string)) =>
  (command: readonly string[]): string => {
    const [name = ''] = command
    if (/^hello$/i.test(name)) return '%3\r\n+server\r\n+redis\r\n+version\r\n+7.2.4\r\n+proto\r\n:3'
    if (/^(client|ping)$/i.test(name)) return '+OK'
    return typeof line === 'string' ? line : line(command)
  }

const quiet = { retryStrategy: () => null, maxRetriesPerRequest: 0, enableReadyCheck: false, lazyConnect: true }

async function inIoredis(port: number, work: (redis: Redis) => Promise<unknown>, more: object = {}): Promise<unknown> {
  const redis = new Redis({ port, host: '127.0.0.1', ...quiet, ...more })
  redis.on('error', () => undefined)
  try {
    return await work(redis)
  } finally {
    redis.disconnect()
  }
}

const redisAt = (url: string) => createClient({ url, socket: { reconnectStrategy: false } })

async function inRedis(url: string, work: (redis: ReturnType<typeof redisAt>) => Promise<unknown>): Promise<unknown> {
  const redis = redisAt(url)
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return await work(redis)
  } finally {
    if (redis.isOpen) redis.destroy()
  }
}

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

export const wire: readonly Provoked[] = [
  provoked('ioredis', 'a command that is refused', {
    planted: [secret.password, person.email],
    expect: { type: 'ReplyError', template: /WRONGTYPE/ },
    work: () =>
      withRedis(refusing('-WRONGTYPE Operation against a key holding the wrong kind of value'), (port) =>
        inIoredis(port, (redis) => redis.lpush(person.email, secret.password)),
      ),
  }),
  provoked('ioredis', 'a command nobody knows', {
    planted: [secret.password, person.email],
    expect: { type: 'ReplyError', template: /ERR unknown command|ERR/ },
    work: () =>
      withRedis(
        refusing((words) => `-ERR unknown command 'qzcmd', with args beginning with: '${words.slice(1).join("' '")}'`),
        (port) => inIoredis(port, (redis) => redis.call('qzcmd', person.email, secret.password)),
      ),
  }),
  provoked('ioredis', 'a password that is wrong', {
    planted: credentials,
    expect: { type: 'ReplyError', template: /WRONGPASS/ },
    work: () =>
      withRedis(refusing('-WRONGPASS invalid username-password pair or user is disabled.'), (port) =>
        inIoredis(port, (redis) => redis.auth(person.user, secret.databasePassword)),
      ),
  }),
  provoked('ioredis', 'a connection refused', {
    planted: credentials,
    expect: { type: 'Error', template: /Connection is closed|connect/ },
    work: async () =>
      inIoredis(await closedPort(), (redis) => redis.get(person.email), {
        username: person.user,
        password: secret.databasePassword,
      }),
  }),
  provoked('ioredis', 'commands that fail together', {
    planted: [secret.password, person.email],
    expect: { type: 'ReplyError', template: /EXECABORT/ },
    work: () =>
      withRedis(
        refusing(([name = '']) => {
          if (/^multi$/i.test(name)) return '+OK'
          return /^exec$/i.test(name)
            ? '-EXECABORT Transaction discarded because of previous errors.'
            : `-ERR wrong value '${secret.password}'`
        }),
        (port) => inIoredis(port, (redis) => redis.multi().set(person.email, secret.password).exec()),
      ),
  }),
  provoked('redis', 'a command that is refused', {
    planted: [secret.password, person.email],
    expect: { type: /^(SimpleError|ErrorReply)$/, template: /WRONGTYPE/ },
    work: () =>
      withRedis(refusing('-WRONGTYPE Operation against a key holding the wrong kind of value'), (port) =>
        inRedis(`redis://127.0.0.1:${port}`, (redis) => redis.lPush(person.email, secret.password)),
      ),
  }),
  provoked('redis', 'a password that is wrong', {
    planted: credentials,
    expect: { type: /^(SimpleError|ErrorReply)$/, template: /WRONGPASS/ },
    work: () =>
      withRedis(
        () => '-WRONGPASS invalid username-password pair or user is disabled.',
        (port) =>
          inRedis(`redis://${person.user}:${secret.databasePassword}@127.0.0.1:${port}`, (redis) => redis.get('x')),
      ),
  }),
  provoked('redis', 'a connection refused', {
    planted: credentials,
    expect: { type: 'Error', code: 'ECONNREFUSED', template: /connect/ },
    work: async () =>
      inRedis(`redis://${person.user}:${secret.databasePassword}@127.0.0.1:${await closedPort()}`, (redis) =>
        redis.get('x'),
      ),
  }),
  provoked('redis', 'an argument of the wrong type', {
    planted: [secret.password, person.email],
    expect: { type: 'TypeError', template: /Invalid argument type|must be/ },
    work: () =>
      withRedis(refusing('+OK'), (port) =>
        inRedis(`redis://127.0.0.1:${port}`, (redis) =>
          Reflect.apply(redis.set, redis, [person.email, { password: secret.password }]),
        ),
      ),
  }),
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
    expect: { type: 'Error', code: 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD', template: /Incorrect integer value/ },
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
  const { default: pg } = await import('pg')
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
