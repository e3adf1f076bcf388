import { isIP, isIPv4, SocketAddress } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalAddress, maskAddress } from './address.ts'

describe('maskAddress', () => {
  test.each([
    ['203.0.113.77', '203.0.113.0'],
    [' 203.0.113.77 ', '203.0.113.0'],
    ['203.0.113.77:8080', '203.0.113.0'],
    ['255.255.255.255', '255.255.255.0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
    ['2001:DB8:0001::1', '2001:db8:1::'],
    ['[2001:db8:1::1]', '2001:db8:1::'],
    ['[2001:db8:1::1]:443', '2001:db8:1::'],
    ['fe80::1%eth0', 'fe80::'],
    ['fe80::1%25en0', 'fe80::'],
    ['[fe80::1%eth0]:80', 'fe80::'],
    ['::', '::'],
    ['::1', '::'],
    ['0:0:5::1', '0:0:5::'],
    ['2001:db8::7:1', '2001:db8::'],
    ['::ffff:203.0.113.77', '203.0.113.0'],
    ['::FFFF:203.0.113.77', '203.0.113.0'],
    ['0:0:0:0:0:ffff:cb00:714d', '203.0.113.0'],
    ['[::ffff:203.0.113.77]:80', '203.0.113.0'],
    ['64:ff9b::203.0.113.77', '64:ff9b::'],
  ])('%s is written as %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked)
  })

  test('a 6to4 prefix does not give away the IPv4 address inside it', () => {
    // 2002:cb00:714d:: is 203.0.113.77.
    expect(maskAddress('2002:cb00:714d::1')).toBe('2002:cb00:7100::')
  })

  test.each([
    '',
    ' ',
    'localhost',
    'unknown',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    '1.2.3.4:port',
    '1.2.3.4:123456',
    '[1.2.3.4',
    '[::1',
    '[::1]x',
    ':::',
    '1:2:3:4:5:6:7',
    '12345::',
    'for=1.2.3.4',
    '1.2.3.4, 5.6.7.8',
    `::${'1'.repeat(200)}`,
  ])('%j is no address', (text) => {
    expect(maskAddress(text)).toBeUndefined()
    expect(canonicalAddress(text)).toBeUndefined()
  })

  test('never throws, gives an address or nothing, and masking again changes nothing', () => {
    const anything = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 120 }), fc.anything())
    fc.assert(
      fc.property(anything, (value) => {
        const masked = maskAddress(value)
        if (masked === undefined) return
        expect(isIP(masked)).not.toBe(0)
        expect(maskAddress(masked)).toBe(masked)
      }),
    )
  })

  test('every IPv4 and IPv6 address is masked, and its last bits are gone', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const masked = maskAddress(address)
        expect(masked).toMatch(isIPv4(masked ?? '') ? /\.0$/ : /::$/)
      }),
    )
  })

  test('all spellings of an address have one canonical spelling', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const { address: usual } = new SocketAddress({ address, family: 'ipv6' })
        const canonical = canonicalAddress(address)
        expect(canonicalAddress(usual)).toBe(canonical)
        expect(canonicalAddress(`[${address.toUpperCase()}]:443`)).toBe(canonical)
        expect(canonicalAddress(canonical)).toBe(canonical)
      }),
    )
    expect(canonicalAddress('::ffff:203.0.113.77')).toBe(canonicalAddress('203.0.113.77:80'))
  })
})
