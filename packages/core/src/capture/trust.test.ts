import { expect, it } from 'vitest'
import { compileTrust } from './trust.ts'

const peer = (address: string | undefined) => ({ address, headers: {} })

it('trusts nobody by default', () => {
  expect(compileTrust(undefined)(peer('127.0.0.1'))).toBe(false)
  expect(compileTrust(false)(peer('127.0.0.1'))).toBe(false)
  expect(compileTrust([])(peer('127.0.0.1'))).toBe(false)
})

it('trusts the peers in the ranges, however their address is spelled', () => {
  const trust = compileTrust(['10.0.0.0/8', '::1'])
  expect(trust(peer('10.1.2.3'))).toBe(true)
  expect(trust(peer('::ffff:10.1.2.3'))).toBe(true)
  expect(trust(peer('::1'))).toBe(true)
  expect(trust(peer('192.0.2.1'))).toBe(false)
  expect(trust(peer(undefined))).toBe(false)
  expect(trust(peer('garbage'))).toBe(false)
})

it('does not look at forwarded addresses', () => {
  const trust = compileTrust(['10.0.0.0/8'])
  expect(trust({ address: '192.0.2.1', headers: { 'x-forwarded-for': '10.0.0.1' } })).toBe(false)
})

it('asks a function, and takes only true for trust', () => {
  expect(compileTrust(({ address }) => address === '192.0.2.1')(peer('192.0.2.1'))).toBe(true)
  expect(compileTrust(({ address }) => address === '192.0.2.1')(peer('192.0.2.2'))).toBe(false)
  const promised = Reflect.apply(compileTrust, undefined, [() => Promise.resolve(true)])
  expect(promised(peer('192.0.2.1'))).toBe(false)
})

it('takes a function that throws for a no', () => {
  const trust = compileTrust(() => {
    throw new Error('no database')
  })
  expect(trust(peer('127.0.0.1'))).toBe(false)
})

it('refuses every other option by name', () => {
  for (const wrong of [true, 'all', 1, {}, ['10.0.0.0/99'], null]) {
    expect(() => Reflect.apply(compileTrust, undefined, [wrong])).toThrowError(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringMatching(/^trust/) }),
    )
  }
})
