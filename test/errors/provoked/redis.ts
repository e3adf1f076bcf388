/** What clients of Redis raise: commands with their arguments, and what a server says of them. */
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { closedPort, withTcp } from './loopback.ts'
import { person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

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

const credentials = [person.user, secret.databasePassword]

export const redisErrors: readonly Provoked[] = [
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
]
