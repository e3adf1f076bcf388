import { format, inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Message, msg } from './message.ts'
import { asId } from './record-call.ts'
import { secret } from './secret.ts'

describe('msg', () => {
  test('is its text, wherever it is written', () => {
    const message = msg`retry ${3} of ${5} in ${asId('ward-7')}: ${true}`
    const text = 'retry 3 of 5 in ward-7: true'
    expect([`${message}`, message.toJSON(), inspect(message), format('%s', message)]).toEqual([text, text, text, text])
    expect(Message.textOf(message)).toBe(text)
    expect(String(msg`${message}!`)).toBe(`${text}!`)
  })

  /** Without types, as JavaScript calls it. */
  const untyped = (...parts: readonly unknown[]): string => {
    const strings = ((literal: TemplateStringsArray) => literal)`a b c d`
    const template = Object.freeze(
      Object.assign([strings[0] ?? '', ...parts.map(() => '|')], { raw: Object.freeze(['']) }),
    )
    return String(Reflect.apply(msg, undefined, [template, ...parts]))
  }

  test.each([
    ['a sentence', 'wrong password for ann', '[withheld]'],
    ['a mailbox', 'ann@example.org', '[withheld]'],
    ['a card in digits', 4111111111111111, '[withheld]'],
    ['a card as a bigint', 4111111111111111n, '[withheld]'],
    ['a time in milliseconds', 1767225600000, '1767225600000'],
    ['a secret', secret('hunter2'), '[secret]'],
    ['an error', new Error('ann'), '[withheld]'],
    ['an object that says a text', { toString: (): string => 'ann', toJSON: (): string => 'ann' }, '[withheld]'],
    ['a list', ['ann'], '[withheld]'],
    ['a symbol', Symbol('ann'), '[withheld]'],
    ['a function', () => 'ann', '[withheld]'],
    ['a proxy', new Proxy({}, {}), '[withheld]'],
    ['nothing', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['an identifier', 'order-7', 'order-7'],
  ])('without types %s is written safely', (_what, part, written) => {
    expect(untyped(part)).toBe(`a b c d${written}|`)
  })

  test('a list that was put together is no literal', () => {
    const input = 'hello ann'
    const made: unknown[] = [[input], Object.assign([input], { raw: [input] }), input, undefined, { raw: [input] }]
    for (const strings of made) expect(String(Reflect.apply(msg, undefined, [strings]))).toBe('[withheld]')
  })

  test('takes any part without throwing, runs none of its code, and is bounded', () => {
    fc.assert(
      fc.property(fc.array(fc.anything(), { maxLength: 5 }), (parts) => {
        expect(untyped(...parts).length).toBeLessThanOrEqual(8_192)
      }),
    )
    expect(untyped(...new Array<number>(9_000).fill(1))).toHaveLength(8_192)
  })

  test('nothing else is a message', () => {
    for (const value of ['text', undefined, null, {}, Object.create(msg`x`), new Proxy(msg`x`, {})])
      expect(Message.textOf(value)).toBeUndefined()
    expect(Object.isFrozen(msg`x`)).toBe(true)
  })
})
