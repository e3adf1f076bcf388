import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTracestate, TRACESTATE_CHARS_MAX } from './tracestate.ts'

const MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/
const BLANKS = /^[ \t]+|[ \t]+$/g

/** Members of a list as the specification says, or undefined when the list is invalid. */
function reference(value: string): string[] | undefined {
  const members = value
    .split(',')
    .map((member) => member.replace(BLANKS, ''))
    .filter((member) => member !== '')
  return members.length <= 32 && members.every((member) => MEMBER.test(member)) ? members : undefined
}

const list = (count: number, chars = 6) =>
  Array.from({ length: count }, (_, i) => `k${i}=`.padEnd(chars, 'v')).join(',')

const keyish = fc.string({ unit: fc.constantFrom('a', 'z', '0', '_', '-', '*', '/', '@', 'A', ' '), maxLength: 6 })
const valueish = fc.string({
  unit: fc.constantFrom('a', 'Z', '9', ' ', '~', '!', '=', '\t', '\u007f', 'é'),
  maxLength: 6,
})
const memberish = fc.oneof(
  fc.tuple(keyish, valueish).map(([key, value]) => `${key}=${value}`),
  fc.tuple(fc.nat(300), fc.nat(300)).map(([key, value]) => `${'k'.repeat(key)}=${'v'.repeat(value)}`),
  fc.constantFrom('', ' ', '\t ', 'foo=1', ' foo=1\t', 'foo= 1', '0@v=x'),
)
const listish = fc
  .array(memberish, { maxLength: 40 })
  .chain((members) => fc.constantFrom(',', ', ', ' \t,').map((comma) => members.join(comma)))

describe('a tracestate', () => {
  it.each([
    ['one member', 'foo=1'],
    ['members in their order', 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
    ['blanks between members', 'foo=1 \t , \t bar=2'],
    ['empty members', 'foo=1,,bar=2, '.trimEnd()],
    ['a value that begins with spaces', 'foo=  1,bar=2'],
    ['keys of level 2 that begin with a digit', '0foo=1,1@z=2,a*b/c_d-e=3'],
    ['a key of 256 characters', `${'k'.repeat(256)}=1`],
    ['a value of 256 characters', `foo=${'v'.repeat(256)}`],
    ['32 members', list(32)],
    ['the same key twice', 'foo=1,foo=2'],
  ])('is passed on byte for byte with %s', (_, value) => {
    expect(readTracestate(value)).toBe(value)
  })

  it.each([
    ['a key in upper case', 'Foo=1'],
    ['a key that begins with a sign', '_foo=1'],
    ['a key of 257 characters', `${'k'.repeat(257)}=1`],
    ['a value of 257 characters', `foo=${'v'.repeat(257)}`],
    ['an empty value', 'foo='],
    ['an empty key', '=1'],
    ['a second equals sign', 'foo=1=2'],
    ['no equals sign', 'foo'],
    ['a blank before the equals sign', 'foo =1'],
    ['a tab in a value', 'foo=a\tb'],
    ['a character outside ASCII', 'foo=é'],
    ['one bad member among good ones', 'foo=1,bar,baz=3'],
    ['33 members', list(33)],
    ['nothing but commas', ',,,'],
  ])('is dropped as a whole with %s', (_, value) => {
    expect(readTracestate(value)).toBe('')
  })

  it('is passed on without blanks around the list', () => {
    expect(readTracestate(' \tfoo=1,bar=2 ')).toBe('foo=1,bar=2')
  })

  it('loses its empty members when they would make more than 32', () => {
    expect(readTracestate(`foo=1${','.repeat(31)}`)).toBe(`foo=1${','.repeat(31)}`)
    expect(readTracestate(`foo=1${','.repeat(32)} bar=2`)).toBe('foo=1,bar=2')
  })

  it('loses long members first and then those on the right when it is too long to carry', () => {
    const short = (name: string) => `${name}=${'s'.repeat(100)}`
    const long = (name: string) => `${name}=${'l'.repeat(250)}`
    const members = [short('a'), long('b'), long('c'), ...Array.from({ length: 17 }, (_, i) => short(`m${i}`))]
    const kept = readTracestate(members.join(',')).split(',')
    expect(kept).toEqual(members.filter((member) => member.length <= 128))
    const many = Array.from({ length: 32 }, (_, i) => short(`m${i}`))
    const left = readTracestate(many.join(',')).split(',')
    expect(left).toEqual(many.slice(0, left.length))
    expect(left.join(',').length).toBeGreaterThan(TRACESTATE_CHARS_MAX - 110)
  })

  it('keeps at least 512 characters of any valid list', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(254), { minLength: 1, maxLength: 32 }), (sizes) => {
        const members = sizes.map((size, i) => `${String.fromCharCode(97 + (i % 26))}=${'v'.repeat(size + 1)}`)
        const all = members.join(',')
        expect(readTracestate(all).length).toBeGreaterThanOrEqual(Math.min(all.length, 512))
      }),
    )
  })

  it('is absent or in the strict grammar, and holds the members of what came in, whatever that was', () => {
    fc.assert(
      fc.property(fc.oneof(listish, fc.string(), fc.string({ unit: 'binary' })), (value) => {
        const out = readTracestate(value)
        const members = out === '' ? [] : (reference(out) ?? ['invalid'])
        const expected = reference(value) ?? []
        if (expected.join(',').length <= TRACESTATE_CHARS_MAX) expect(members).toEqual(expected)
        else expect(expected.filter((member) => members.includes(member))).toEqual(members)
        expect(out.length).toBeLessThanOrEqual(TRACESTATE_CHARS_MAX)
        expect(out.split(',').length).toBeLessThanOrEqual(32)
      }),
      { numRuns: 2_000 },
    )
  })
})
