/** What Node's modules raise of streams, processes, signals and its own database: output, commands, values compared. */
import assert from 'node:assert'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline/promises'
import { DatabaseSync } from 'node:sqlite'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { file, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const filePlanted = [file, 'quirina-zandvoort', 'qz-archive']

export const nodeRuntime: readonly Provoked[] = [
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
