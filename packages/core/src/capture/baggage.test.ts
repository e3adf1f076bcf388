import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BAGGAGE_BYTES_MAX, BAGGAGE_MEMBERS_MAX, readBaggage } from './baggage.ts'

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
const VALUE = '[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]*'
const BLANKS = '[ \\t]*'
const PAIR = `${BLANKS}${TOKEN}${BLANKS}=${BLANKS}${VALUE}${BLANKS}`
const PROPERTY = `${BLANKS}${TOKEN}${BLANKS}(=${BLANKS}${VALUE}${BLANKS})?`
const MEMBER = new RegExp(`^${PAIR}(;${PROPERTY})*$`)

/** The members that may be passed on, by the specification's grammar. */
function reference(value: string): string[] {
  return value
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => MEMBER.test(member))
}

const piece = fc.constantFrom(
  'k',
  'key1',
  '=',
  '=',
  ';',
  ' ',
  '\t',
  'v%20w',
  '%',
  '"',
  '\\',
  'é',
  'a=b',
  ';p',
  ';p=1',
  '\u0000',
)
const memberish = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
const listish = fc.array(memberish, { maxLength: 20 }).map((members) => members.join(','))

describe('baggage', () => {
  it.each([
    ['one member', 'userId=alice'],
    ['properties and percent-encoding', 'userTier=gold;ttl=30;sticky,region=eu%2Dwest, empty='],
    ['blanks around every sign', 'a = 1 ; p = 2 , b\t=\t2'],
    ['equals signs in a value', 'token=a=b=='],
    ['64 members', Array.from({ length: 64 }, (_, i) => `k${i}=v`).join(',')],
    ['8,192 bytes', `k=${'v'.repeat(8_190)}`],
  ])('is passed on byte for byte with %s', (_, value) => {
    expect(readBaggage(value)).toBe(value)
  })

  it('loses whole members beyond 64', () => {
    const members = Array.from({ length: 70 }, (_, i) => `k${i}=v`)
    expect(readBaggage(members.join(','))).toBe(members.slice(0, 64).join(','))
  })

  it('loses whole members beyond 8,192 bytes, and keeps those that fit', () => {
    const [big, bigger] = [`a=${'v'.repeat(5_000)}`, `b=${'v'.repeat(5_000)}`]
    expect(readBaggage(`${big},${bigger},c=1`)).toBe(`${big},c=1`)
    expect(readBaggage(`k=${'v'.repeat(8_191)}`)).toBe('')
  })

  it('loses a malformed member and keeps the others', () => {
    expect(readBaggage('a=1,no value,b=2;;,"c"=3,d=4')).toBe('a=1,d=4')
    expect(readBaggage('')).toBe('')
    expect(readBaggage(',, ,')).toBe('')
  })

  it('is passed on without blanks around the list', () => {
    expect(readBaggage(' a=1,b=2\t')).toBe('a=1,b=2')
    expect(readBaggage('a=1,b=2 ')).toBe('a=1,b=2')
    expect(readBaggage('\ta=1')).toBe('a=1')
  })

  it('is absent or in the strict grammar, with the members of what came in, whatever that was', () => {
    fc.assert(
      fc.property(fc.oneof(listish, fc.string(), fc.string({ unit: 'binary' })), (value) => {
        const out = readBaggage(value)
        expect(out.length).toBeLessThanOrEqual(BAGGAGE_BYTES_MAX)
        const members = out === '' ? [] : out.split(',').map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
        expect(members).toEqual(reference(value).slice(0, BAGGAGE_MEMBERS_MAX))
      }),
      { numRuns: 2_000 },
    )
  })
})
