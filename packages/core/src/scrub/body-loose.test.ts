import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLoose } from './body-loose.ts'

const read = (text: string): unknown => {
  const found = readLoose(text, 0)
  return typeof found === 'number' ? undefined : found.value
}

describe('reads', () => {
  test.each([
    ['{"a":1,"b":["x"]}', { a: 1, b: ['x'] }],
    ["{ a: 'x', 'b-c': true, d: undefined }", { a: 'x', 'b-c': true, d: null }],
    ['Order { id: 7, lines: [ { n: 1 }, [Object] ] }', { id: 7, lines: [{ n: 1 }, '[Object]'] }],
    ["Map(1) { 'a' => 2 }", { a: 2 }],
    ["Set(2) { 'a', 'b' }", ['a', 'b']],
    ["{ text: 'one ' +\n    'two' }", { text: 'one two' }],
    ["{'a': None, 'b': True}", { a: null, b: true }],
    ['{ body: <Buffer 68 75 6e> }', { body: '[withheld bytes 3 B]' }],
  ])('%s', (text, value) => {
    expect(read(text)).toEqual(value)
  })

  test('a text that was cut, without its last value', () => {
    expect(read('{"a":1,"b":"half a tok')).toEqual({ a: 1, b: '[withheld rest]' })
    expect(read('{"a":[1,2,3')).toEqual({ a: [1, 2] })
    expect(read("{ a: { b: 'x', c")).toEqual({ a: { b: 'x' } })
  })
})

describe('hands on', () => {
  test.each(['{ a b }', '{"a" 1}', '{,:}'])('%s', (text) => {
    expect(readLoose(text, 0)).toBeTypeOf('number')
  })
})

const key = fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => name !== 'constructor')
const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.stringMatching(/^[ -~]{0,40}$/))
const tree = fc.letrec((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, leaf, fc.dictionary(key, tie('node'), { maxKeys: 5, noNullPrototype: true })),
}))
const object = fc.dictionary(key, tree.node, { maxKeys: 5, noNullPrototype: true })

test('what JSON wrote is read as it was', () => {
  fc.assert(
    fc.property(object, (value) => {
      expect(read(JSON.stringify(value))).toEqual(value)
    }),
  )
})

test('what inspect printed is read as it was', () => {
  fc.assert(
    fc.property(object, (value) => {
      expect(read(inspect(value, { depth: 9, maxStringLength: null }))).toEqual(value)
    }),
  )
})

test('any text is read to an end, further on than it began', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]"\'`:,= a1\\\n<>+.'), maxLength: 200 }), (text) => {
      const found = readLoose(text, 0)
      expect(typeof found === 'number' ? found : found.end).toBeGreaterThan(text === '' ? -1 : 0)
    }),
  )
})
