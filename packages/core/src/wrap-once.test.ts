import { expect, test } from 'vitest'
import { type AnyFunction, isWrapped, wrapOnce } from './wrap-once.ts'

const doubled =
  (inner: AnyFunction): AnyFunction =>
  (...given) =>
    Number(inner(...given)) * 2

test('wraps a method once, and it keeps its name, length and members', () => {
  const sum = (a: number, b: number): number => a + b
  const add = Object.assign(sum, { version: 3 })
  const library = { add }
  expect(wrapOnce('test()', library, 'add', doubled)).toBe(true)
  expect(wrapOnce('test()', library, 'add', doubled)).toBe(false)
  expect([library.add(1, 2), library.add.version, library.add.length, library.add.name]).toEqual([6, 3, 2, 'sum'])
  expect([isWrapped(library.add), isWrapped(add)]).toEqual([true, false])
})

test('wraps what a class inherits on the object alone', () => {
  class Base {
    two(): number {
      return 2
    }
  }
  const one = new Base()
  wrapOnce('test()', one, 'two', doubled)
  expect([one.two(), new Base().two()]).toEqual([4, 2])
})

test('refuses by name what has no such method, or cannot be changed', () => {
  const code = 'AUDIT_LIBRARY_UNKNOWN'
  expect(() => wrapOnce('auditThing()', {}, 'add', doubled)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining('auditThing(): there is no method add()') }),
  )
  const frozen = Object.freeze({ add: () => 1 })
  expect(() => wrapOnce('auditThing()', frozen, 'add', doubled)).toThrow(expect.objectContaining({ code }))
})
