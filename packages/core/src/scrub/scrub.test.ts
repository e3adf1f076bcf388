import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scrub, typeScrubber } from './scrub.ts'

test('keeps the shape of a value and nothing it says', () => {
  const value = {
    user: 'alice',
    visits: 3,
    active: true,
    gone: null,
    at: new Date(0),
    list: ['ü', 1, [false]],
    error: Object.assign(new TypeError('alice'), { code: 'ENOENT' }),
    'alice@clinic.example': 1,
  }
  expect(scrub(value)).toEqual({
    user: '[withheld string 5 B]',
    visits: 3,
    active: true,
    gone: null,
    at: '1970-01-01T00:00:00.000Z',
    list: ['[withheld string 2 B]', 1, [false]],
    error: { type: 'TypeError', code: 'ENOENT' },
    '[key 1]': 1,
  })
})

test.each([
  [Symbol('alice'), '[symbol]'],
  [10n, '[bigint]'],
  [() => 'alice', '[function]'],
  [Number.NaN, 'NaN'],
  [new Map([['alice', 1]]), '[withheld map]'],
  [new Set(['alice']), '[withheld set]'],
  [Buffer.from('alice'), '[withheld bytes]'],
  [new ArrayBuffer(8), '[withheld bytes]'],
  [Promise.resolve('alice'), '[promise]'],
  [new String('alice'), '[withheld boxed value]'],
  [new Date(Number.NaN), '[invalid date]'],
  [new Proxy({}, {}), '[proxy]'],
])('writes %s as a word about it', (value, written) => {
  expect(scrub(value)).toEqual(written)
})

test('calls no getter', () => {
  let ran = false
  const value = Object.defineProperty({}, 'secret', {
    get: () => {
      ran = true
      return 'alice'
    },
    enumerable: true,
  })
  expect(scrub(value)).toEqual({ secret: '[getter]' })
  expect(ran).toBe(false)
})

test('ends in circles, in depth and in width, and shows a value twice that stands twice', () => {
  const circle: Record<string, unknown> = { n: 1 }
  circle.self = circle
  expect(scrub(circle)).toEqual({ n: 1, self: '[circular]' })
  const shared = { n: 1 }
  expect(scrub([shared, shared])).toEqual([shared, shared])
  let deep: unknown = 1
  for (let i = 0; i < 50_000; i++) deep = [deep]
  expect(JSON.stringify(scrub(deep))).toContain('too deep')
  expect(JSON.stringify(scrub(Array(1_000_000).fill(1))).length).toBeLessThan(10_000)
  expect(
    JSON.stringify(scrub(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 1])))).length,
  ).toBeLessThan(50_000)
})

test('never throws, changes nothing, and leaves no text of any value', () => {
  const text = fc.string({ maxLength: 20 }).map((one) => `planted ${one}`)
  const value = fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
    }),
    fc.dictionary(fc.oneof(text, fc.constant('__proto__')), fc.oneof(text, fc.array(text))),
  )
  fc.assert(
    fc.property(value, (one) => {
      const before = fc.stringify(one)
      const written = typeScrubber.scrub(one)
      expect(JSON.stringify(written) ?? '').not.toContain('planted')
      expect(fc.stringify(one)).toBe(before)
    }),
    { numRuns: 500 },
  )
})
