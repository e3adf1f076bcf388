import { runInNewContext } from 'node:vm'
import { memoryKeys } from '@trailmark/keys'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTokens, isToken } from '../mask/tokens.ts'
import { framesOf, frameText } from './frames.ts'
import { type SafeError, safeError } from './safe-error.ts'

const tokens = createTokens(memoryKeys().tokens)
const secret = 'alice@clinic.example'

/** Without frames, which differ from place to place. */
function bare({ frames: _, ...safe }: SafeError): SafeError {
  return safe
}

describe('the skeleton of an error', () => {
  class PatientNotFound extends RangeError {}
  class Visit extends RangeError {}
  test.each<[string, unknown, SafeError]>([
    ['a built-in one', new TypeError(secret), { type: 'TypeError' }],
    ['a class of the application', new PatientNotFound(secret), { type: 'PatientNotFound' }],
    ['a class that is not named like an error', new Visit(secret), { type: 'RangeError' }],
    ['one with a name of its own', Object.assign(new Error(secret), { name: 'AliceSmithError' }), { type: 'Error' }],
    [
      'one with a registered name',
      Object.assign(new Error(secret), { name: 'JsonWebTokenError' }),
      { type: 'JsonWebTokenError' },
    ],
    [
      'a system error',
      Object.assign(new Error(`connect ECONNREFUSED ${secret}`), { code: 'ECONNREFUSED', address: secret }),
      { type: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED *' },
    ],
    [
      'an error of Node',
      Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: secret }),
      { type: 'TypeError', code: 'ERR_INVALID_URL', message: 'Invalid URL' },
    ],
    ['an HTTP error', Object.assign(new Error(secret), { status: 404, expose: true }), { type: 'Error', status: 404 }],
    ['one with statusCode', Object.assign(new Error(secret), { statusCode: 503 }), { type: 'Error', status: 503 }],
    [
      'one whose class has the status',
      Object.create(Object.assign(Object.create(Error.prototype), { status: 413 })),
      { type: 'Error', status: 413 },
    ],
    ['an abort', new DOMException(secret, 'AbortError'), { type: 'AbortError' }],
    [
      'a time-out of the platform',
      new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
      { type: 'TimeoutError', message: 'The operation was aborted due to timeout' },
    ],
    ['one of another realm', runInNewContext(`new RangeError('${secret}')`), { type: 'RangeError' }],
    ['one without the engine’s constructor', Object.create(SyntaxError.prototype), { type: 'SyntaxError' }],
    ['text', secret, { type: 'thrown:string' }],
    ['nothing', undefined, { type: 'thrown:undefined' }],
    ['null', null, { type: 'thrown:null' }],
    ['a symbol', Symbol(secret), { type: 'thrown:symbol' }],
    ['a list', [secret], { type: 'thrown:array' }],
    [
      'an object',
      { message: secret, code: 'E_CUSTOM', status: 400 },
      { type: 'thrown:object', code: 'E_CUSTOM', status: 400 },
    ],
    ['a proxy', new Proxy(new Error(secret), {}), { type: 'thrown:proxy' }],
  ])('that is %s', (_what, error, skeleton) => {
    expect(bare(safeError(error))).toEqual(skeleton)
  })

  test.each([200, 399, 600, 404.5, '404', Number.NaN])('takes no status from %j', (status) => {
    expect(bare(safeError(Object.assign(new Error(), { status })))).toEqual({ type: 'Error' })
  })

  test('has frames of the project, and of what it caused it to fail', () => {
    const error = safeError(new Error('a', { cause: new TypeError('b') }))
    expect(error.frames?.[0]).toMatch(/^<anonymous> \(packages\/core\/src\/fault\/safe-error\.test\.ts:\d+:\d+\)$/)
    expect(error.causes?.[0]?.frames?.[0]).toMatch(/safe-error\.test\.ts/)
  })

  test('names causes and gathered errors, at most eight, also in circles', () => {
    const types = (error: unknown) => safeError(error).causes?.map(({ type }) => type)
    const deep = new Error('a', {
      cause: new TypeError('b', { cause: Object.assign(new RangeError('c'), { code: 'ENOENT' }) }),
    })
    expect(types(deep)).toEqual(['TypeError', 'RangeError'])
    expect(safeError(deep).causes?.[1]?.code).toBe('ENOENT')
    const gathered = new AggregateError([new RangeError('x'), 'text', null], 'm')
    expect(types(gathered)).toEqual(['RangeError', 'thrown:string', 'thrown:null'])
    const [one, other] = [new Error('1'), new RangeError('2')]
    one.cause = other
    other.cause = one
    expect(types(one)).toEqual(['RangeError'])
    expect(types(new AggregateError(Array.from({ length: 100_000 }, () => new Error())))).toHaveLength(8)
  })

  test.each(['originalError', 'original', 'parent', 'driverError', 'reason', 'inner', 'error', 'previous'])(
    'finds the error that a library keeps as %s',
    (key) => {
      const inner = Object.assign(new TypeError(secret), { code: 'ENOENT' })
      expect(safeError(Object.assign(new Error(secret), { [key]: inner })).causes).toMatchObject([
        { type: 'TypeError', code: 'ENOENT' },
      ])
      expect(safeError(Object.assign(new Error(secret), { [key]: secret })).causes).toBeUndefined()
    },
  )

  test('finds errors in lists and by field', () => {
    for (const errors of [[new RangeError('a')], { email: new RangeError('a'), other: secret }]) {
      expect(safeError(Object.assign(new Error(secret), { errors })).causes).toMatchObject([{ type: 'RangeError' }])
    }
  })
})

describe('the fingerprint', () => {
  const make = (message: string) => new Error(message)
  const makeElsewhere = (message: string) => new Error(message)

  test('is equal for errors from one place, whatever they say, and differs elsewhere', () => {
    const [a, b] = ['one', 'another\nmessage'].map((message) => safeError(make(message), tokens).fingerprint)
    expect(a).toBe(b)
    expect(isToken(a ?? '')).toBe(true)
    expect(safeError(makeElsewhere('one'), tokens).fingerprint).not.toBe(a)
    expect(safeError(Object.assign(make('one'), { code: 'ENOENT' }), tokens).fingerprint).not.toBe(a)
  })

  test('is not moved by frames that a message pretends', () => {
    const plain = framesOf(make('m'), 'm').map(frameText)
    expect(plain[0]).toMatch(/^make \(packages\/core\/src\/fault\/safe-error\.test\.ts:\d+:\d+\)$/)
    const pretended = make('m\n    at evil (/tmp/evil.js:1:1)\n    at worse (node:fs:1:1)')
    expect(framesOf(pretended, pretended.message).map(({ name }) => name)).toEqual(
      framesOf(make('m'), 'm').map(({ name }) => name),
    )
  })
})

describe('whatever was planted', () => {
  /** No word of any program, in every spelling that a log may have. */
  const planted = [
    'pl4nt3d-zürich',
    'pl4nt3d "quoted"',
    'pl4nt3d@mail.example',
    'a\n    at pl4nt3d (/tmp/pl4nt3d.js:1:1)',
  ]
  const plant = fc.oneof(
    fc.constantFrom(...planted),
    fc.string({ maxLength: 12 }).map((text) => `pl4nt3d ${text}`),
  )
  const keys = fc.constantFrom(
    'message',
    'code',
    'status',
    'name',
    'stack',
    'cause',
    'detail',
    'errors',
    'input',
    'path',
    'address',
    'config',
    'response',
    'table',
    'column',
    'constraint',
    'sql',
    'parameters',
    'keyValue',
    'keyPattern',
    'issues',
    'details',
    'params',
    'value',
    'meta',
    'parent',
    'original',
    'validation',
    'extensions',
    'command',
    'syscall',
    'severity',
    'routine',
    'body',
  )
  const value = fc.oneof(
    plant,
    fc.array(plant, { maxLength: 3 }),
    fc.dictionary(keys, plant),
    fc.dictionary(plant, plant),
  )
  const fields = fc.dictionary(keys, value)
  class LibraryError extends Error {}
  class ValidationError extends TypeError {}
  const kinds = [Error, TypeError, LibraryError, ValidationError]

  test('never appears: not from messages, fields, causes, stacks, names or thrown values', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), plant, fields, value, (Kind, message, given, thrown) => {
        const error = Object.defineProperties(new Kind(message), Object.getOwnPropertyDescriptors(given))
        const restacked = Object.assign(new Kind(message), { stack: `Error: m\n    at ${message} (${message}:1:1)` })
        const changed = new Kind(message)
        void changed.stack
        changed.message = message.slice(3)
        for (const one of [
          thrown,
          error,
          restacked,
          changed,
          new Kind(message, { cause: error }),
          new AggregateError([error, thrown]),
        ]) {
          const text = JSON.stringify(safeError(one, tokens))
          expect(text).not.toMatch(/pl4nt3d/i)
          expect(text).not.toContain('nt3d')
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('never appears, in whatever was thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withDate: true, withMap: true }), plant, (thrown, message) => {
        for (const one of [thrown, new Error(message, { cause: thrown }), new AggregateError([thrown], message)]) {
          expect(JSON.stringify(safeError(one))).not.toContain('pl4nt3d')
        }
      }),
      { numRuns: 500 },
    )
  })
})
