import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable, printableJson } from './printable.ts'

// Everything a terminal acts on: controls, direction marks, separators, lone surrogates.
const acted = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

describe('text for a terminal', () => {
  it.each([
    ['\u001b[2J', '\\u{1b}[2J'],
    ['a\nb', 'a\\u{a}b'],
    ['\u009b31m', '\\u{9b}31m'],
    ['\u202egpj.exe', '\\u{202e}gpj.exe'],
    ['Zoë 病 🦉', 'Zoë 病 🦉'],
  ])('%j becomes %j', (text, expected) => {
    expect(printable(text)).toBe(expected)
  })

  it('holds nothing that a terminal acts on, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(acted)
      }),
    )
  })

  it('as JSON stays the same value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = printableJson(JSON.stringify({ text }))
        expect(json).not.toMatch(acted)
        expect(JSON.parse(json)).toEqual({ text })
      }),
    )
  })
})
