import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scrub } from '../scrub/scrub.ts'
import { shapedError, shapedFinding } from './shape.ts'

const planted = 'Vq7-Planted'
const message = `Cannot read properties of undefined (reading '${planted}')`
const error = Object.assign(new TypeError(message), { code: 'ERR_BED', ward: 3, orderId: 'ord_17', note: planted })

const shapes: [string, unknown][] = [
  ['by hand', { name: error.name, message, stack: error.stack }],
  ["pino's", { type: 'TypeError', message, stack: error.stack, code: 'ERR_BED' }],
  ['spread with its message', { ...error, message }],
  ['from JSON', JSON.parse(JSON.stringify({ ...error, name: 'TypeError', message, stack: error.stack }))],
  ['with a code alone', { code: 'ENOENT', errno: -2, syscall: 'open', path: planted }],
  ["a driver's", { severity: 'ERROR', code: '23505', routine: 'x', detail: planted, table: 'patients' }],
  ["a process's", { code: 2, killed: false, signal: null, cmd: planted, stderr: planted }],
]

describe('an object that was an error', () => {
  test.each(shapes)('is its skeleton: %s', (_shape, value) => {
    for (const one of [value, { err: value }, [value], { deep: { inside: value } }]) {
      const written = scrub(one)
      expect(JSON.stringify(written)).not.toContain(planted)
      expect(scrub(written)).toEqual(written)
    }
  })

  test('has type, code, template, frames and harmless fields as the error has', () => {
    const shaped = shapedError({ ...error, name: 'TypeError', message, stack: error.stack }, false)
    expect(shaped).toEqual({
      type: 'TypeError',
      code: 'ERR_BED',
      message: 'Cannot read properties of undefined (reading *)',
      frames: expect.arrayContaining([expect.stringMatching(/shape\.test\.ts:\d+:\d+/)]),
      details: { ward: 3, orderId: 'ord_17' },
    })
  })

  test('has what caused it', () => {
    const cause = { name: 'RangeError', message: planted, stack: `RangeError: ${planted}\n    at x (node:fs:1:2)` }
    expect(shapedError({ name: 'Error', message: planted, cause }, false)).toEqual({
      type: 'Error',
      causes: [{ type: 'RangeError', frames: ['x (node:fs:1:2)'] }],
    })
  })

  test('under a name for errors needs a message or a code only', () => {
    expect(shapedError({ message: planted }, true)).toEqual({ type: 'Error' })
    expect(shapedError({ message: planted }, false)).toBeUndefined()
  })

  test.each([
    { type: 'order', message: 'two items' },
    { message: 'two items', code: 'two' },
    { name: 'Save', stack: 3 },
    { code: 'ORDER_PAID', amount: 3 },
    { errors: 0, issues: [] },
    { statusCode: 200, message: 'ok' },
    { type: 'TypeError', message: 'Unexpected end of JSON input', frames: [] },
    {},
  ])('%j is none', (value) => {
    expect(shapedError(value, false)).toBeUndefined()
  })

  test('no getter of it runs', () => {
    const value = Object.defineProperty({ name: 'TypeError', stack: 'x' }, 'message', {
      enumerable: true,
      get: () => expect.unreachable(),
    })
    expect(shapedError(value, true)).toEqual({ type: 'TypeError' })
  })

  test('any object with its signs gives a skeleton without its texts, and the same again', () => {
    const text = fc.constantFrom(
      planted,
      `x ${planted}`,
      'TypeError',
      'ERR_X',
      '',
      `Error: ${planted}\n    at a (/b:1:1)`,
    )
    const member = fc.oneof(
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(text),
      fc.dictionary(text, text),
    )
    const value = fc.record(
      { message: text, stack: text, name: text, type: text, code: text, cause: member, errors: member, issues: member },
      { requiredKeys: ['message', 'stack'] },
    )
    fc.assert(
      fc.property(value, (one) => {
        const written = scrub({ err: one })
        expect(JSON.stringify(written)).not.toContain(planted)
        expect(scrub(written)).toEqual(written)
      }),
      { numRuns: 300 },
    )
  })
})

test('an issue of a validator is where and which', () => {
  expect(shapedFinding({ code: 'too_small', path: ['beds', 0, 'name'], message: planted, input: planted })).toEqual({
    path: 'beds[].name',
    rule: 'too_small',
  })
  expect(shapedFinding({ keyword: 'enum', instancePath: '/ward', message: planted, data: planted })).toEqual({
    path: 'ward',
    rule: 'enum',
  })
  expect(shapedFinding({ path: '/orders', message: 'x' })).toBeUndefined()
})
