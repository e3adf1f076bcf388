/** Errors that Node itself raises, provoked for real, with a secret wherever a caller can put one. */
import { execFile } from 'node:child_process'
import { createDecipheriv, createHmac, createPrivateKey, timingSafeEqual } from 'node:crypto'
import { lookup, Resolver } from 'node:dns/promises'
import { EventEmitter, once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { safeError } from './safe-error.ts'

const secret = 'hunter2-alice@clinic.example'
const nobody: Record<string, () => void> = {}

test.each<[string, () => unknown, string | undefined, string]>([
  [
    'fs: a file that is not there',
    () => readFileSync(`/nowhere/${secret}`),
    'ENOENT',
    'ENOENT: no such file or directory, *',
  ],
  ['fs: the same, promised', () => readFile(`/nowhere/${secret}`), 'ENOENT', 'ENOENT: no such file or directory, *'],
  ['fs: a directory', () => readFileSync('/'), 'EISDIR', 'EISDIR: illegal operation on a directory, read'],
  [
    'fs: a path below a file',
    () => writeFileSync(`/dev/null/${secret}`, secret),
    'ENOTDIR',
    'ENOTDIR: not a directory, *',
  ],
  ['net: nobody listens', () => once(connect(1, '127.0.0.1'), 'connect'), 'ECONNREFUSED', 'connect ECONNREFUSED *'],
  ['net: no such socket', () => once(connect(`/nowhere/${secret}`), 'connect'), 'ENOENT', 'connect ENOENT *'],
  ['net: no port', () => connect(secret.length * 10_000), 'ERR_SOCKET_BAD_PORT', ''],
  ['dns: no name', () => lookup(`${secret}..`), 'ENOTFOUND', 'getaddrinfo ENOTFOUND *'],
  ['dns: a bad name', () => new Resolver().setServers([secret]), 'ERR_INVALID_IP_ADDRESS', ''],
  ['url: none', () => new URL(secret), 'ERR_INVALID_URL', 'Invalid URL'],
  ['url: an escape that is none', () => decodeURIComponent(`%E0%A4%A${secret}`), undefined, 'URI malformed'],
  ['JSON: a word', () => JSON.parse(secret), undefined, 'Unexpected token *, * is not valid JSON'],
  [
    'JSON: cut off',
    () => JSON.parse(`{"p":"${secret}`),
    undefined,
    'Unterminated string in JSON at position 34 (line 1 column 35)',
  ],
  [
    'JSON: a circle',
    () => {
      const circle: Record<string, unknown> = { [secret]: 1 }
      circle[secret] = circle
      JSON.stringify(circle)
    },
    undefined,
    'Converting circular structure to JSON*',
  ],
  [
    'crypto: a tag that does not fit',
    () => {
      const decipher = createDecipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12))
      decipher.setAuthTag(Buffer.alloc(16))
      decipher.update(secret, 'utf8')
      decipher.final()
    },
    undefined,
    'Unsupported state or unable to authenticate data',
  ],
  ['crypto: no key', () => createPrivateKey(secret), 'ERR_OSSL_UNSUPPORTED', 'error:*:DECODER routines::unsupported'],
  ['crypto: no digest', () => createHmac(secret, secret), 'ERR_CRYPTO_INVALID_DIGEST', 'Invalid digest: *'],
  [
    'crypto: lengths',
    () => timingSafeEqual(Buffer.from(secret), Buffer.alloc(1)),
    'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH',
    'Input buffers must have the same byte length',
  ],
  ['zlib: no header', () => inflateSync(Buffer.from(secret)), 'Z_DATA_ERROR', 'incorrect header check'],
  ['zlib: cut off', () => gunzipSync(Buffer.from([31, 139, 8, 0])), 'Z_BUF_ERROR', 'unexpected end of file'],
  ['zlib: brotli', () => brotliDecompressSync(Buffer.from(secret)), undefined, ''],
  [
    'timers: given up',
    () => wait(1_000, secret, { signal: AbortSignal.abort(new Error(secret)) }),
    'ABORT_ERR',
    'The operation was aborted',
  ],
  [
    'child processes: no command',
    () => promisify(execFile)(`/nowhere/${secret}`, [secret]),
    'ENOENT',
    'spawn * ENOENT',
  ],
  [
    'events: nobody listens',
    () => new EventEmitter().emit('error', secret),
    'ERR_UNHANDLED_ERROR',
    'Unhandled error. (*)',
  ],
  [
    'streams: given up',
    () =>
      pipeline(['a'], async () => {
        throw new TypeError(`${secret} is not a function`)
      }),
    undefined,
    '* is not a function',
  ],
  [
    'buffers: no text',
    () => Buffer.alloc(4, 'x').write(secret, 99),
    'ERR_OUT_OF_RANGE',
    'The value of "*" is out of range. *',
  ],
  [
    'arguments',
    () =>
      Reflect.apply(
        Buffer.from,
        Buffer,
        [{ length: secret }].map(() => 1),
      ),
    'ERR_INVALID_ARG_TYPE',
    '',
  ],
  [
    'V8: nothing there',
    () => nobody[secret]?.call(undefined) ?? Reflect.apply(Object.keys, Object, [undefined]),
    undefined,
    'Cannot convert undefined or null to object',
  ],
  [
    'V8: no function',
    () => Reflect.apply(Function('value', 'name', 'value[name]()'), undefined, [{}, secret]),
    undefined,
    '* is not a function',
  ],
  [
    'V8: no object',
    () => Reflect.apply(Function('name', 'undefined[name]'), undefined, [secret]),
    undefined,
    'Cannot read properties of undefined (reading *)',
  ],
  [
    'V8: a regular expression',
    () => new RegExp(`(${secret}`),
    undefined,
    'Invalid regular expression: *: Unterminated group',
  ],
  [
    'V8: too deep',
    () => {
      const deep = (n: number): number => deep(n + 1) + 1
      return deep(0)
    },
    undefined,
    'Maximum call stack size exceeded',
  ],
  ['V8: a number', () => BigInt(secret), undefined, 'Cannot convert * to a BigInt'],
  ['V8: a date', () => new Date(secret).toISOString(), undefined, 'Invalid time value'],
  ['structured clone', () => structuredClone({ [secret]: () => secret }), undefined, '* could not be cloned.'],
  [
    'a server that is closed',
    () => new Promise((_, reject) => createServer().close(reject)),
    'ERR_SERVER_NOT_RUNNING',
    'Server is not running.',
  ],
])('%s', async (_what, provoke, code, message) => {
  const error = await raised(provoke)
  const safe = safeError(error)
  expect(safe.type).toMatch(/Error$/)
  if (code !== undefined) expect(safe.code).toBe(code)
  // Where nothing is expected the wording differs between versions of Node.
  if (message !== '') expect(safe.message).toBe(message)
  expect(JSON.stringify(safe)).not.toMatch(/hunter2|alice|clinic/)
})

async function raised(provoke: () => unknown): Promise<unknown> {
  try {
    await provoke()
  } catch (error) {
    return error
  }
  throw new Error('nothing was raised')
}
