import { runInNewContext } from 'node:vm'
import { memoryKeys } from '@trailmark/keys'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTokens, isToken } from '../mask/tokens.ts'
import { framesOf } from './frames.ts'
import { type SafeError, safeError } from './safe-error.ts'

const tokens = createTokens(memoryKeys().tokens)
const secret = 'alice@clinic.example'

describe('the skeleton of an error', () => {
  class PatientNotFound extends RangeError {}
  test.each<[string, unknown, SafeError]>([
    ['a built-in one', new TypeError(secret), { type: 'TypeError' }],
    ['a class of the application', new PatientNotFound(secret), { type: 'RangeError' }],
    [
      'a system error',
      Object.assign(new Error(secret), { code: 'ECONNREFUSED', address: secret }),
      { type: 'Error', code: 'ECONNREFUSED' },
    ],
    [
      'an error of Node',
      Object.assign(new TypeError(secret), { code: 'ERR_INVALID_URL', input: secret }),
      { type: 'TypeError', code: 'ERR_INVALID_URL' },
    ],
    ['an HTTP error', Object.assign(new Error(secret), { status: 404, expose: true }), { type: 'Error', status: 404 }],
    ['one with statusCode', Object.assign(new Error(secret), { statusCode: 503 }), { type: 'Error', status: 503 }],
    [
      'a PostgreSQL error',
      Object.assign(new Error(secret), { code: '23505', severity: 'ERROR', routine: 'x', detail: secret }),
      { type: 'Error', code: '23505' },
    ],
    ['an abort', new DOMException(secret, 'AbortError'), { type: 'DOMException' }],
    ['one of another realm', runInNewContext(`new RangeError('${secret}')`), { type: 'Error' }],
    ['text', secret, { type: 'thrown:string' }],
    ['nothing', undefined, { type: 'thrown:undefined' }],
    ['null', null, { type: 'thrown:null' }],
    ['a symbol', Symbol(secret), { type: 'thrown:symbol' }],
    [
      'an object',
      { message: secret, code: 'E_CUSTOM', status: 400 },
      { type: 'thrown:object', code: 'E_CUSTOM', status: 400 },
    ],
    ['a proxy', new Proxy(new Error(secret), {}), { type: 'thrown:proxy' }],
  ])('that is %s', (_what, error, skeleton) => {
    expect(safeError(error)).toEqual(skeleton)
  })

  test.each([
    'alice',
    secret,
    'hunter2',
    'JBSWY3DPEHPK3PXP',
    'AKIAIOSFODNN7EXAMPLE',
    '123456',
    '90210',
    'E',
    'A'.repeat(65),
    'DE89370400440532013000',
    42,
    {},
  ])('takes no code from %j', (code) => {
    expect(safeError(Object.assign(new Error(), { code }))).toEqual({ type: 'Error' })
  })

  test.each([200, 399, 600, 404.5, '404', Number.NaN])('takes no status from %j', (status) => {
    expect(safeError(Object.assign(new Error(), { status }))).toEqual({ type: 'Error' })
  })

  test('names causes and gathered errors, at most eight, also in circles', () => {
    const deep = new Error('a', {
      cause: new TypeError('b', { cause: Object.assign(new Error('c'), { code: 'ENOENT' }) }),
    })
    expect(safeError(deep).causes).toEqual([{ type: 'TypeError' }, { type: 'Error', code: 'ENOENT' }])
    const gathered = new AggregateError([new RangeError('x'), 'text', null], 'm')
    expect(safeError(gathered)).toMatchObject({
      type: 'AggregateError',
      causes: [{ type: 'RangeError' }, { type: 'thrown:string' }, { type: 'thrown:null' }],
    })
    const [one, other] = [new Error('1'), new Error('2')]
    one.cause = other
    other.cause = one
    expect(safeError(one).causes).toEqual([{ type: 'Error' }])
    expect(safeError(new AggregateError(Array.from({ length: 100_000 }, () => new Error()))).causes).toHaveLength(8)
  })

  test('runs no code of the error', () => {
    let ran = 0
    const run = () => {
      ran += 1
      throw new Error(secret)
    }
    const poisoned = new Error(secret)
    for (const name of [
      'name',
      'message',
      'stack',
      'code',
      'status',
      'cause',
      'errors',
      'toString',
      'toJSON',
      'constructor',
    ])
      Object.defineProperty(poisoned, name, { get: run })
    const inherited = Object.create(new Proxy(Error.prototype, { get: run, getPrototypeOf: run }))
    for (const error of [poisoned, inherited, new Proxy({}, { get: run, getOwnPropertyDescriptor: run })])
      safeError(error, tokens)
    expect(ran).toBe(0)
  })

  test('survives an application that formats stacks its own way', () => {
    const usual = Error.prepareStackTrace
    try {
      Error.prepareStackTrace = () => {
        throw new Error(secret)
      }
      expect(safeError(new RangeError(secret), tokens).type).toMatch(/Error$/)
      Error.prepareStackTrace = (_error, sites) => sites
      expect(isToken(safeError(new RangeError(secret), tokens).fingerprint ?? '')).toBe(true)
    } finally {
      Error.prepareStackTrace = usual
    }
  })

  test('holds nothing of whatever was thrown', () => {
    const text = fc.string({ minLength: 3, maxLength: 30 }).map((one) => `planted ${one}`)
    const fields = fc.dictionary(
      fc.constantFrom('message', 'code', 'status', 'name', 'stack', 'cause', 'detail', 'errors', 'input'),
      fc.oneof(text, fc.anything()),
    )
    fc.assert(
      fc.property(fc.oneof(fc.anything(), text, fields), fields, text, (thrown, own, message) => {
        const error = Object.defineProperties(new Error(message), Object.getOwnPropertyDescriptors(own))
        for (const one of [thrown, error, new Error(message, { cause: thrown })])
          expect(JSON.stringify(safeError(one, tokens))).not.toContain('planted')
      }),
      { numRuns: 500 },
    )
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
    const plain = framesOf(make('m'))
    expect(plain[0]).toMatch(/^make@packages\/core\/src\/fault\/safe-error\.test\.ts$/)
    expect(framesOf(make('m\n    at evil (/tmp/evil.js:1:1)\n    at worse (/tmp/worse.js:1:1)'))).toEqual(plain)
    expect(framesOf(make('Error'))).toEqual(plain)
    expect(framesOf(make('E'))).toEqual(plain)
  })

  test('believes no frames once the message was changed', () => {
    const error = make('m\n    at evil (/tmp/evil.js:1:1)')
    expect(error.stack).toContain('evil')
    error.message = 'another'
    expect(framesOf(error)).toEqual([])
  })
})

describe('frames', () => {
  const framesIn = (lines: string[]) => framesOf({ message: 'm', stack: ['Error: m', ...lines].join('\n') })

  test('are functions and files, relative to the project or to their package', () => {
    expect(
      framesIn([
        `    at show (${process.cwd()}/src/patients.ts:10:5)`,
        `    at async Patients.load (file://${process.cwd()}/src/load.ts:1:1)`,
        '    at new Pool (/srv/app/node_modules/.pnpm/pg@8/node_modules/pg/lib/pool.js:7:9)',
        '    at Object.handle [as onread] (node:internal/stream_base_commons:190:23)',
        '    at /home/alice/elsewhere/main.js:3:1',
      ]),
    ).toEqual([
      'show@src/patients.ts',
      'Patients.load@src/load.ts',
      'Pool@pg/lib/pool.js',
      'Object.handle@node:internal/stream_base_commons',
      '?@main.js',
    ])
  })

  test.each([
    '    at data:text/javascript,alice:1:1',
    '    at evalmachine.<anonymous>:1:1',
    '    at eval (eval at <anonymous> (file:///x.js:1:1), <anonymous>:1:1)',
    `    at f (/${'x'.repeat(600)}.js:1:1)`,
    '    at f (/a.js)',
    'at f (/a.js:1:1)',
    '    at alice@clinic.example',
    '    at f (/tmp/alice says "hi".js:1:1)',
  ])('are not made of %s', (line) => {
    expect(framesIn([line])).toEqual([])
  })

  test('never name functions that no code could define', () => {
    expect(framesIn(['    at alice@clinic.example (/a.js:1:1)', '    at x y z (/a.js:1:1)'])).toEqual([
      '?@a.js',
      '?@a.js',
    ])
  })

  test('are at most thirty, read from a bounded part of any text', () => {
    expect(framesIn(Array.from({ length: 10_000 }, (_, i) => `    at f${i} (/a.js:1:1)`))).toHaveLength(30)
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (stack, message) => {
          expect(framesOf({ stack, message }).length).toBeLessThanOrEqual(30)
          expect(framesOf({ stack: message + stack, message }).length).toBeLessThanOrEqual(30)
        },
      ),
    )
    expect(framesOf({ message: 'a'.repeat(500_000), stack: 'a'.repeat(1_000_000) })).toEqual([])
  })
})
