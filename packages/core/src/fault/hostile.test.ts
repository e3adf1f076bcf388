import { memoryKeys } from '@trailmark/keys'
import { afterEach, describe, expect, test } from 'vitest'
import { createTokens, isToken } from '../mask/tokens.ts'
import { safeError } from './safe-error.ts'

const tokens = createTokens(memoryKeys().tokens)
const secret = 'alice@clinic.example'

describe('no code of an error runs', () => {
  let ran = 0
  const run = () => {
    ran += 1
    throw new Error(secret)
  }
  const traps: ProxyHandler<object> = {
    get: run,
    getPrototypeOf: run,
    getOwnPropertyDescriptor: run,
    has: run,
    ownKeys: run,
  }
  afterEach(() => {
    ran = 0
  })

  test.each([
    'name',
    'message',
    'stack',
    'code',
    'status',
    'statusCode',
    'cause',
    'errors',
    'toString',
    'toJSON',
    'constructor',
    'issues',
    'details',
    'config',
    'response',
    'original',
    'parent',
    'severity',
    'routine',
    '$metadata',
    'extensions',
    'path',
    'meta',
    'keyPattern',
    'inner',
    'isAxiosError',
    'options',
    'command',
    'syscall',
    'type',
  ])('by a getter for %s, on the error or above it', (name) => {
    const own = Object.defineProperty(new Error(secret), name, { get: run })
    const above = Object.create(Object.defineProperty(Object.create(Error.prototype), name, { get: run }))
    for (const error of [own, above]) expect(JSON.stringify(safeError(error, tokens))).not.toContain('alice')
    expect(ran).toBe(0)
  })

  test.each([
    'cause',
    'errors',
    'issues',
    'details',
    'config',
    'response',
    'original',
    'meta',
    'extensions',
    'keyPattern',
    'message',
    'name',
    'stack',
  ])('by a proxy for %s', (name) => {
    safeError(Object.assign(new Error(secret), { [name]: new Proxy({}, traps) }), tokens)
    safeError(Object.assign(new Error(secret), { [name]: new Proxy([], traps) }), tokens)
    expect(ran).toBe(0)
  })

  test('by proxies in the chain of prototypes, or in place of the class', () => {
    const chained = Object.create(new Proxy(Error.prototype, traps))
    const made = Object.create(Object.assign(Object.create(Error.prototype), { constructor: new Proxy(Error, traps) }))
    for (const error of [chained, made, new Proxy({}, traps), new Proxy(() => 0, traps), [new Proxy({}, traps)]])
      safeError(error, tokens)
    expect(ran).toBe(0)
  })

  test('by text that is an object', () => {
    const text = { toString: run, valueOf: run, toJSON: run, [Symbol.toPrimitive]: run }
    for (const name of ['name', 'message', 'stack', 'code', 'path', 'type'])
      safeError(Object.assign(new Error(), { [name]: text }))
    safeError(Object.assign(new Error(), { [Symbol.toStringTag]: secret, inspect: run }))
    expect(ran).toBe(0)
  })
})

describe('it neither throws nor grows without bound', () => {
  test('on revoked proxies', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(safeError(proxy)).toEqual({ type: 'thrown:proxy' })
    expect(safeError(Object.assign(new Error(), { cause: proxy, errors: proxy, details: proxy })).type).toBe('Error')
  })

  test('on a chain of ten thousand causes', () => {
    let error = new Error('0')
    for (let i = 1; i < 10_000; i++) error = new Error(String(i), { cause: error })
    expect(safeError(error).causes).toHaveLength(8)
  })

  test('on circles', () => {
    const error: Error & { errors?: unknown; original?: unknown } = new Error('a')
    Object.assign(error, { cause: error, original: error, errors: [error], inner: [error] })
    expect(safeError(error).causes).toBeUndefined()
  })

  test('on errors as keys and as members of each other’s lists', () => {
    const keyed = new Map([[new Error(secret), new Error(secret)]])
    const fields = { [String(new Error(secret))]: new Error(secret) }
    expect(JSON.stringify(safeError(Object.assign(new Error(), { cause: keyed, errors: fields })))).not.toContain(
      'alice',
    )
  })

  test('on a message of ten megabytes', () => {
    for (const filling of ['a', '\n', ': ', '    at x (/a.js:1:1)\n', `${secret} `]) {
      const error = new Error(filling.repeat(Math.ceil(10_000_000 / filling.length)))
      const text = JSON.stringify(safeError(error))
      expect(text.length).toBeLessThan(10_000)
      expect(text).not.toContain('alice')
    }
  })

  test('on lists and objects of a hundred thousand findings', () => {
    const issues = Array.from({ length: 100_000 }, () => ({ code: 'too_small', path: Array(1_000).fill('name') }))
    const error = Object.assign(new Error(), { name: 'ZodError', issues })
    expect(JSON.stringify(safeError(error)).length).toBeLessThan(20_000)
  })
})

describe('an application that formats stacks its own way', () => {
  const usual = Error.prepareStackTrace
  afterEach(() => {
    Error.prepareStackTrace = usual
  })

  test('may throw while it does', () => {
    Error.prepareStackTrace = () => {
      throw new Error(secret)
    }
    expect(safeError(new RangeError(secret), tokens).type).toBe('RangeError')
  })

  test('may make something else than text of them', () => {
    Error.prepareStackTrace = (_error, sites) => sites
    const safe = safeError(new RangeError(secret), tokens)
    expect(safe.frames).toBeUndefined()
    expect(isToken(safe.fingerprint ?? '')).toBe(true)
  })

  test('may put the message where frames stand', () => {
    Error.prepareStackTrace = (error) => `${error.message}\n    at ${error.message} (${error.message}:1:1)`
    expect(JSON.stringify(safeError(new RangeError(secret)))).not.toContain('alice')
  })
})
