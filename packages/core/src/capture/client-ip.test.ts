import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientAddress, compileProxies } from './client-ip.ts'

const proxies = compileProxies(['10.0.0.0/8', 'fd00::/8'])

function from(remoteAddress: string | undefined, forwarded?: string | string[]) {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  return { headers, rawHeaders: [], socket: { remoteAddress } }
}

describe('the client address', () => {
  it('is the socket peer without proxies, whatever the header says', () => {
    const none = compileProxies(undefined)
    expect(clientAddress(from('192.0.2.1', '203.0.113.9'), none)).toEqual({
      address: '192.0.2.1',
      peer: '192.0.2.1',
      trustedHops: 0,
    })
  })

  it('is the socket peer when that is no proxy of ours', () => {
    expect(clientAddress(from('192.0.2.1', '203.0.113.9'), proxies).address).toBe('192.0.2.1')
  })

  it('is the first address from the right that is no proxy of ours', () => {
    const answer = clientAddress(from('::ffff:10.0.0.1', '203.0.113.9, 198.51.100.7, 10.0.0.2'), proxies)
    expect(answer).toEqual({ address: '198.51.100.7', peer: '10.0.0.1', trustedHops: 2 })
  })

  it('is the leftmost proxy when only proxies are named', () => {
    expect(clientAddress(from('10.0.0.1', '10.0.0.3, 10.0.0.2'), proxies)).toMatchObject({
      address: '10.0.0.3',
      trustedHops: 2,
    })
  })

  it('is the proxy itself when the header is missing or empty', () => {
    for (const header of [undefined, '', '  ', ',']) {
      expect(clientAddress(from('10.0.0.1', header), proxies)).toMatchObject({ address: '10.0.0.1', trustedHops: 0 })
    }
  })

  it('ends at garbage: what stands left of it is not believed', () => {
    for (const garbage of ['unknown', '', '_hidden', '<script>', '1.2.3', '10.0.0.256', 'x'.repeat(10_000)]) {
      const answer = clientAddress(from('10.0.0.1', `203.0.113.9, ${garbage}, 10.0.0.2`), proxies)
      expect(answer).toMatchObject({ address: '10.0.0.2', trustedHops: 1 })
    }
  })

  it.each([
    ['203.0.113.9:51234', '203.0.113.9'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
  ])('is read from %s as %s', (entry, address) => {
    expect(clientAddress(from('fd00::1', entry), proxies)).toMatchObject({ address, trustedHops: 1 })
  })

  it.each([
    '203.0.113.9:',
    '203.0.113.9:x',
    '[203.0.113.9]',
    '[2001:db8::1',
    '[2001:db8::1]x',
    '203.0.113.9:999999',
    '"203.0.113.9"',
  ])('is not read from %s', (entry) => {
    expect(clientAddress(from('10.0.0.1', entry), proxies)).toMatchObject({ address: '10.0.0.1', trustedHops: 0 })
  })

  it('comes from several header lines in their order', () => {
    expect(clientAddress(from('10.0.0.1', ['203.0.113.9', '198.51.100.7, 10.0.0.2']), proxies).address).toBe(
      '198.51.100.7',
    )
  })

  it('does not come from Forwarded or X-Real-IP', () => {
    const headers = { forwarded: 'for=203.0.113.9', 'x-real-ip': '203.0.113.9' }
    expect(clientAddress({ headers, rawHeaders: [], socket: { remoteAddress: '10.0.0.1' } }, proxies).address).toBe(
      '10.0.0.1',
    )
  })

  it('stops after 32 hops', () => {
    const chain = Array.from({ length: 5_000 }, () => '10.0.0.2').join(',')
    expect(clientAddress(from('10.0.0.1', chain), proxies)).toMatchObject({ address: '10.0.0.2', trustedHops: 32 })
  })

  it('is absent without a network peer, also when asking for it throws', () => {
    expect(clientAddress(from(undefined, '203.0.113.9'), proxies)).toEqual({
      address: undefined,
      peer: undefined,
      trustedHops: 0,
    })
    const gone = {
      headers: {},
      rawHeaders: [],
      socket: Object.defineProperty({}, 'remoteAddress', {
        get: () => {
          throw new Error('gone')
        },
      }),
    }
    expect(clientAddress(gone, proxies).peer).toBeUndefined()
  })

  it('cannot be moved by what a client writes left of an entry that a proxy wrote', () => {
    const noise = fc.oneof(fc.string(), fc.constantFrom('10.0.0.9', '127.0.0.1', ',', ' , 10.1.1.1'))
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 5 }), (sent) => {
        const header = [...sent, '198.51.100.7', '10.0.0.2'].join(',')
        expect(clientAddress(from('10.0.0.1', header), proxies)).toMatchObject({
          address: '198.51.100.7',
          trustedHops: 2,
        })
      }),
      { numRuns: 500 },
    )
  })

  it('is an address or absent for any header', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (header) => {
        expect(clientAddress(from('10.0.0.1', header), proxies).address).toMatch(/^[0-9a-f.:]+$/)
      }),
    )
  })
})
