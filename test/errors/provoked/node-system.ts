/** What Node's modules raise of files, addresses, processes and keys: paths, arguments and key material in fields. */
import assert from 'node:assert'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { createDecipheriv, createPrivateKey, createSecretKey, timingSafeEqual } from 'node:crypto'
import { lookup, Resolver } from 'node:dns/promises'
import { EventEmitter, once } from 'node:events'
import { mkdirSync, readFile, readFileSync } from 'node:fs'
import { readFile as read, rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { createInterface } from 'node:readline/promises'
import { DatabaseSync } from 'node:sqlite'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import { parseArgs, promisify } from 'node:util'
import { inflateSync } from 'node:zlib'
import { closedPort } from './loopback.ts'
import { body, bodyPlanted, file, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const filePlanted = [file, 'quirina-zandvoort', 'qz-archive']

export const nodeSystem: readonly Provoked[] = [
  provoked('node', 'fs: a file that is not there', {
    planted: filePlanted,
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/ },
    work: () => readFileSync(file),
  }),
  provoked('node', 'fs: a file that is not there, by callback', {
    planted: filePlanted,
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/, frames: false },
    work: () => promisify(readFile)(file),
  }),
  provoked('node', 'fs: a file that is not there, by promise', {
    planted: filePlanted,
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/ },
    work: () => read(file),
  }),
  provoked('node', 'fs: rename from one planted name to another', {
    planted: [...filePlanted, person.user],
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/ },
    work: () => rename(file, `/srv/${person.user}/x`),
  }),
  provoked('node', 'fs: a directory in a directory that is not there', {
    planted: filePlanted,
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/ },
    work: () => mkdirSync(file),
  }),
  provoked('node', 'fs: a path with a null byte', {
    planted: filePlanted,
    expect: { type: 'TypeError', code: 'ERR_INVALID_ARG_VALUE', template: /argument .* must|Received|null bytes/ },
    work: () => readFileSync(`${file}\0`),
  }),
  provoked('node', 'an argument of the wrong type', {
    planted: bodyPlanted,
    expect: { type: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', template: /must be/ },
    work: () => Reflect.apply(Buffer.byteLength, Buffer, [body]),
  }),
  provoked('node', 'an argument out of range', {
    planted: ['4556737586899855', '4_556_737_586_899_855'],
    expect: { type: 'RangeError', code: 'ERR_OUT_OF_RANGE', template: /out of range/ },
    work: () => Buffer.alloc(4).writeUInt32BE(Number(person.card)),
  }),
  provoked('node', 'dns: a host that is not there', {
    planted: ['quirina-db.invalid', person.user],
    expect: { type: 'Error', code: /^(ENOTFOUND|EAI_AGAIN)$/, template: /getaddrinfo/ },
    work: () => lookup(`${person.user}.quirina-db.invalid`),
  }),
  provoked('node', 'dns: a resolver that refuses', {
    planted: ['quirina-db.invalid'],
    expect: { type: 'Error', code: 'ECONNREFUSED', template: /query/ },
    work: async () => {
      const resolver = new Resolver({ timeout: 200, tries: 1 })
      resolver.setServers([`127.0.0.1:${await closedPort()}`])
      await resolver.resolve4('quirina-db.invalid')
    },
  }),
  provoked('node', 'net: nobody listens', {
    planted: [secret.password],
    expect: { type: 'Error', code: 'ECONNREFUSED', template: /connect/ },
    work: async () => {
      const socket = connect({ port: await closedPort(), host: '127.0.0.1' })
      socket.write(secret.password)
      await once(socket, 'connect')
    },
  }),
  provoked('node', 'net: a socket that is not there', {
    planted: [...filePlanted],
    expect: { type: 'Error', code: 'ENOENT', template: /connect/ },
    work: () => once(connect(file), 'connect'),
  }),
  provoked('node', 'tls: a key that is none', {
    planted: [secret.hmac],
    expect: { type: 'Error', code: /^ERR_OSSL_/, template: /DECODER|PEM|unsupported/i },
    work: () =>
      createSecureContext({ key: `-----BEGIN PRIVATE KEY-----\n${secret.hmac}\n-----END PRIVATE KEY-----\n` }),
  }),
  provoked('node', 'crypto: a private key that is none', {
    planted: [secret.hmac],
    expect: { type: 'Error', code: /^ERR_OSSL_/, template: /DECODER|PEM|unsupported/i },
    work: () => createPrivateKey(secret.hmac),
  }),
  provoked('node', 'crypto: a text that was not encrypted with this key', {
    planted: [secret.hmac, Buffer.from(secret.hmac).toString('hex').slice(0, 32)],
    expect: { type: 'Error', code: /^ERR_OSSL_/, template: /bad decrypt|wrong final block length/ },
    work: () => {
      const key = createSecretKey(Buffer.alloc(32, secret.hmac))
      const decipher = createDecipheriv('aes-256-cbc', key, Buffer.alloc(16, 1))
      decipher.update(Buffer.alloc(32, secret.password))
      decipher.final()
    },
  }),
  provoked('node', 'crypto: digests of different lengths', {
    planted: [secret.password],
    expect: { type: 'RangeError', code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', template: /same byte length/ },
    work: () => timingSafeEqual(Buffer.from(secret.password), Buffer.from('x')),
  }),
  provoked('node', 'zlib: bytes that are not compressed', {
    planted: [secret.password],
    expect: { type: 'Error', code: 'Z_DATA_ERROR', template: /incorrect header check/ },
    work: () => inflateSync(Buffer.from(secret.password)),
  }),
  provoked('node', 'assert: two values that differ', {
    planted: [person.email, secret.password],
    expect: { type: 'AssertionError', code: 'ERR_ASSERTION', template: /Expected values to be strictly (deep-)?equal/ },
    work: () => assert.deepStrictEqual({ email: person.email }, { password: secret.password }),
  }),
  provoked('node', 'assert: a message of the application', {
    planted: [person.email],
    expect: { type: 'AssertionError', code: 'ERR_ASSERTION' },
    work: () => assert.ok(false, `no consent of ${person.email}`),
  }),
  provoked('node', 'util.promisify: a callback that was given an object', {
    planted: [secret.password, person.email],
    expect: { frames: false },
    work: () =>
      promisify((done: (error: unknown) => void) => done({ user: person.email, password: secret.password }))(),
  }),
  provoked('node', 'a callback that was given a falsy reason', {
    planted: [],
    expect: { frames: false },
    work: () => Promise.reject(null),
  }),
  provoked('node', 'AbortSignal with a reason', {
    planted: [person.email],
    expect: { type: 'AbortError', code: 'ABORT_ERR', template: /operation was aborted/ },
    work: () => sleep(1_000, undefined, { signal: AbortSignal.abort(new Error(`stopped by ${person.email}`)) }),
  }),
  provoked('node', 'AbortSignal.timeout', {
    planted: [person.email],
    expect: { type: /^(DOMException|TimeoutError)$/, template: /aborted due to timeout/ },
    work: async () => {
      const signal = Object.assign(AbortSignal.timeout(1), { user: person.email })
      await sleep(20)
      signal.throwIfAborted()
    },
  }),
  provoked('node', 'stream: a source that ends too early', {
    planted: [person.ssn],
    expect: { type: 'Error', code: 'ERR_STREAM_PREMATURE_CLOSE', template: /Premature close/ },
    work: () => {
      const source = new PassThrough()
      source.write(person.ssn)
      setImmediate(() => source.destroy())
      return pipeline(source, new PassThrough().resume())
    },
  }),
  provoked('node', 'stream: a source that fails with data', {
    planted: [person.ssn],
    expect: { type: 'Error' },
    work: () =>
      pipeline(
        Readable.from(
          (async function* () {
            yield 'x'
            throw Object.assign(new Error(`row ${person.ssn} cannot be read`), { row: { ssn: person.ssn } })
          })(),
        ),
        new PassThrough().resume(),
      ),
  }),
  provoked('node', 'stream: a write after the end', {
    planted: [person.ssn],
    expect: { type: 'Error', code: 'ERR_STREAM_WRITE_AFTER_END', template: /write after end/ },
    work: async () => {
      const stream = new PassThrough()
      stream.end()
      const failed = once(stream, 'never')
      stream.write(person.ssn)
      await failed
    },
  }),
  provoked('node', 'child_process: a command that fails, with its output', {
    planted: [secret.password, person.ssn],
    expect: { type: 'Error', template: /Command failed/ },
    work: () =>
      promisify(execFile)(process.execPath, [
        '-e',
        `console.log('${person.ssn}');console.error('bad ${secret.password}');process.exit(3)`,
        '--',
        `--password=${secret.password}`,
      ]),
  }),
  provoked('node', 'child_process: a command that fails, waited for', {
    planted: [secret.password],
    expect: { type: 'Error', template: /Command failed/ },
    work: () =>
      execFileSync(process.execPath, ['-e', `console.error('bad ${secret.password}');process.exit(3)`], {
        stdio: 'pipe',
      }),
  }),
  provoked('node', 'child_process: a program that is not there', {
    planted: [secret.password, 'quirina-tool'],
    expect: { type: 'Error', code: 'ENOENT', template: /spawn/ },
    work: () => once(spawn('quirina-tool', ['--token', secret.password]), 'spawn'),
  }),
  provoked('node', 'readline: a question after the end', {
    planted: [person.name],
    expect: { type: 'Error', code: 'ERR_USE_AFTER_CLOSE', template: /readline was closed/ },
    work: async () => {
      const lines = createInterface({ input: new PassThrough() })
      lines.close()
      await lines.question(person.name)
    },
  }),
  provoked('node', "events: 'error' with something that is no error", {
    planted: [secret.password, person.email],
    expect: { type: 'Error', code: 'ERR_UNHANDLED_ERROR', template: /Unhandled error/ },
    work: () => new EventEmitter().emit('error', { user: person.email, password: secret.password }),
  }),
  provoked('node', 'util.parseArgs: an option nobody knows', {
    planted: ['quirina-token'],
    expect: { type: 'TypeError', code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION', template: /Unknown option/ },
    work: () => parseArgs({ args: [`--quirina-token=${secret.password}`], options: {} }),
  }),
  provoked('node', 'a module that is not there', {
    planted: ['quirina-zandvoort'],
    expect: { type: 'Error', code: 'MODULE_NOT_FOUND', template: /Cannot find module/ },
    work: () => createRequire(import.meta.url)('./quirina-zandvoort.cjs'),
  }),
  provoked('node', 'process.chdir', {
    planted: filePlanted,
    expect: {
      type: 'Error',
      code: /^(ENOENT|ERR_WORKER_UNSUPPORTED_OPERATION)$/,
      template: /no such file|not supported/,
    },
    work: () => process.chdir(file),
  }),
  provoked('node:sqlite', 'a value that is there already', {
    planted: [person.email],
    expect: { type: 'Error', code: 'ERR_SQLITE_ERROR', template: /UNIQUE constraint failed/ },
    work: () => {
      const database = new DatabaseSync(':memory:')
      database.exec('CREATE TABLE patients (email TEXT UNIQUE)')
      const insert = database.prepare('INSERT INTO patients VALUES (?)')
      insert.run(person.email)
      insert.run(person.email)
    },
  }),
  provoked('node:sqlite', 'a statement with a value in it', {
    planted: [person.name, 'Zandvoort'],
    expect: { type: 'Error', code: 'ERR_SQLITE_ERROR', template: /no such column|syntax error/ },
    work: () => new DatabaseSync(':memory:').exec(`SELECT "${person.name}" FROM (SELECT 1) WHERE Zandvoort = 1`),
  }),
]
