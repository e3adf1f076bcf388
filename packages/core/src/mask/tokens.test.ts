import { createHmac } from 'node:crypto'
import { memoryKeys, type TokenKey, type TokenKeys } from '@trailmark/keys'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokenPseudonyms } from './pseudonyms.ts'
import { createTokens, isToken } from './tokens.ts'

/** Keys that can be rotated by hand. */
function rotatingKeys() {
  const held: TokenKey[] = []
  const keys: TokenKeys = { current: () => held[0]!, all: () => held }
  const rotate = () => held.unshift(memoryKeys().tokens.current('stable', 0))
  rotate()
  return { keys, rotate }
}

describe('a key of tokens', () => {
  test('whose kid would not be a plain name in a record is refused', () => {
    const key = memoryKeys().tokens.current('stable', 0)
    for (const kid of ['a","forged":"1', 'line\nfeed', '', 'x'.repeat(65)]) {
      const tokens = createTokens({ current: () => ({ ...key, kid }), all: () => [] })
      expect(() => tokens.token('person', 'usr_8f3k2p')).toThrow('kid')
    }
  })
})

describe('a token', () => {
  const keys = memoryKeys().tokens
  const tokens = createTokens(keys)

  test('is the first 132 bits of an HMAC over version, tenant, purpose and value', () => {
    const { kid, key } = keys.current('stable', 0)
    const digest = createHmac('sha256', key).update('v1|acme|person|usr_8f3k2p').digest('base64url')
    expect(tokens.token('person', 'usr_8f3k2p', { tenant: 'acme' })).toBe(`p1_${kid}_${digest.slice(0, 22)}`)
    expect(isToken(tokens.token('person', 'usr_8f3k2p'))).toBe(true)
  })

  test('is the same for a value in another Unicode form or with space around it', () => {
    expect(tokens.token('person', ' Ame\u0301lie ')).toBe(tokens.token('person', 'Amélie'))
    expect(tokens.token('person', 'ｕｓｒ１')).toBe(tokens.token('person', 'usr1'))
  })

  test('ignores upper and lower case only where the kind says so', () => {
    expect(tokens.token('person', 'Ann')).not.toBe(tokens.token('person', 'ann'))
    expect(tokens.token('person', 'Ann', { kind: 'folded' })).toBe(tokens.token('person', 'ann', { kind: 'folded' }))
  })

  test('of an address is the same in every spelling, and made with the key of the month', () => {
    const token = tokens.token('address', '::ffff:203.0.113.77', { timeMs: 0 })
    expect(tokens.token('address', '203.0.113.77:443', { timeMs: 0 })).toBe(token)
    expect(token).toContain(keys.current('monthly', 0).kid)
    expect(tokens.token('device', 'x')).toContain(keys.current('monthly', 0).kid)
    expect(tokens.token('person', 'x')).toContain(keys.current('stable', 0).kid)
  })

  test('does not link across purposes or tenants, whatever separators they contain', () => {
    const part = fc.oneof(fc.constantFrom('', 'a', 'b', '|', '%', '%7C', 'a|b', '%25'), fc.string({ maxLength: 4 }))
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (one, other) => {
        const same = one.slice(0, 2).join('\0') === other.slice(0, 2).join('\0')
        fc.pre(!same)
        const tokenOf = ([tenant, purpose, value]: [string, string, string]) =>
          tokens.token(`x${purpose}`, value, tenant === '' ? {} : { tenant })
        expect(tokenOf(one)).not.toBe(tokenOf(other))
      }),
    )
  })

  test('is made of any text, and remembered or not it is the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), fc.string({ maxLength: 20 }), (value, tenant) => {
        const token = tokens.token('person', value, { tenant })
        expect(isToken(token)).toBe(true)
        expect(tokens.token('person', value, { tenant })).toBe(token)
        expect(createTokens(keys).token('person', value, { tenant })).toBe(token)
      }),
    )
  })

  test('is found again under every key that still exists', () => {
    const { keys: rotating, rotate } = rotatingKeys()
    const made = createTokens(rotating)
    const old = made.token('person', 'usr_1')
    rotate()
    const young = made.token('person', 'usr_1')
    expect(young).not.toBe(old)
    expect(made.find('person', 'usr_1')).toEqual([young, old])
  })

  test('survives any number of others: what is forgotten is made again', () => {
    const first = tokens.token('person', 'first')
    for (let i = 0; i < 45_000; i++) tokens.token('person', `usr_${i}`)
    expect(tokens.token('person', 'first')).toBe(first)
  })
})

describe('tokenPseudonyms', () => {
  test('name a person alike whether proved or claimed, and find that name again', () => {
    const people = tokenPseudonyms(createTokens(memoryKeys().tokens))
    const { text, seal } = people.name({ id: 'usr_1', proved: true })
    expect(text).toMatch(/^p1_/)
    expect(seal).toBeUndefined()
    expect(people.name({ id: 'usr_1', proved: false }).text).toBe(text)
    expect(people.find({ id: 'usr_1' })).toEqual([text])
    expect(people.find({ id: 'usr_1', tenant: 'acme' })).toEqual([
      people.name({ id: 'usr_1', tenant: 'acme', proved: true }).text,
    ])
    expect(people.find({ id: 'usr_1', tenant: 'acme' })).not.toEqual([text])
  })

  test('ignore the letter case of e-mail addresses alone', () => {
    const people = tokenPseudonyms(createTokens(memoryKeys().tokens))
    const name = (id: string) => people.name({ id, proved: false }).text
    expect(name('Ann@Clinic.example')).toBe(name('ann@clinic.example'))
    expect(name('USR_1')).not.toBe(name('usr_1'))
  })

  test('have nothing to persist and no births to tell', async () => {
    const people = tokenPseudonyms(createTokens(memoryKeys().tokens))
    people.name({ id: 'usr_1', proved: true })
    await people.persist()
    people.persistSync()
    expect([people.takeNews(), people.due()]).toEqual([[], false])
  })
})
