import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileAddressList, plainAddress } from './address-list.ts'

describe('plainAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
  ])('spells %s as %s', (given, expected) => {
    expect(plainAddress(given)).toBe(expected)
  })

  it.each([
    '',
    'localhost',
    '192.0.2',
    '192.0.2.01',
    '192.0.2.1:80',
    '[::1]',
    ' 192.0.2.1',
    '::g',
    `${'1'.repeat(60)}:1::1`,
  ])('finds no address in %j', (given) => {
    expect(plainAddress(given)).toBeUndefined()
  })

  it('gives every spelling of an address the same text, and that text again for itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const plain = plainAddress(address)
        expect(plain).toBeDefined()
        expect(plainAddress(address.toUpperCase())).toBe(plain)
        expect(plainAddress(plain ?? '')).toBe(plain)
      }),
    )
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => void plainAddress(text)))
  })
})

describe('a list of addresses', () => {
  const list = compileAddressList('proxies', [
    '10.0.0.0/8',
    '192.0.2.7',
    'fd00::/8',
    '::ffff:172.16.0.0/108',
    '2001:db8::5',
  ])

  it.each(['10.255.0.1', '192.0.2.7', 'fd12::1', '172.31.255.255', '2001:db8::5'])('has %s', (address) => {
    expect(list.has(address)).toBe(true)
    expect(list.has(address)).toBe(true) // remembered
  })

  it.each(['11.0.0.1', '192.0.2.8', 'fe80::1', '172.32.0.0', '2001:db8::6', 'garbage', ''])(
    'does not have %j',
    (address) => {
      expect(list.has(address)).toBe(false)
      expect(list.has(address)).toBe(false)
    },
  )

  it('answers rightly after more addresses than it remembers', () => {
    for (let i = 0; i < 3_000; i++)
      expect(list.has(`${i % 2 === 0 ? 10 : 11}.0.${i >> 8}.${i & 255}`)).toBe(i % 2 === 0)
    expect(list.has('10.0.0.0')).toBe(true)
  })

  it.each([
    [['10.0.0.0/33'], /^proxies\[0\]: '10\.0\.0\.0\/33'/],
    [['10.0.0.1', 'localhost'], /^proxies\[1\]: 'localhost'/],
    [['10.0.0.0/'], /^proxies\[0\]/],
    [['10.0.0.0/-1'], /^proxies\[0\]/],
    [['fd00::/129'], /^proxies\[0\]/],
    [['::ffff:10.0.0.0/8'], /^proxies\[0\]/],
    [['fe80::1%eth0'], /^proxies\[0\]/],
    [[''], /^proxies\[0\]/],
  ])('refuses %j and names the entry', (entries, message) => {
    expect(() => compileAddressList('proxies', entries)).toThrowError(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringMatching(message) }),
    )
  })

  it('refuses what is no list of texts', () => {
    for (const wrong of ['10.0.0.0/8', [7], [null], {}, null]) {
      expect(() => Reflect.apply(compileAddressList, undefined, ['trust', wrong])).toThrowError(/^trust/)
    }
  })
})
