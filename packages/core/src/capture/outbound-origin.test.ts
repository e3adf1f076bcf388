import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BAGGAGE, compileAllowlist, REQUEST_ID, TRACE } from './outbound-origin.ts'

const grants = (entry: string, origin: string, portKnown = true) =>
  compileAllowlist({ trace: [entry] }).grants({ origin, portKnown })

describe('an allowlist of origins', () => {
  it('grants each header to its own origins', () => {
    const list = compileAllowlist({
      trace: ['http://a.test', 'http://b.test'],
      requestId: ['http://b.test'],
      baggage: ['http://c.test'],
    })
    expect(list.grants({ origin: 'http://a.test', portKnown: true })).toBe(TRACE)
    expect(list.grants({ origin: 'http://b.test', portKnown: true })).toBe(TRACE | REQUEST_ID)
    expect(list.grants({ origin: 'http://c.test', portKnown: true })).toBe(BAGGAGE)
    expect(list.grants({ origin: 'http://d.test', portKnown: true })).toBe(0)
  })

  it('is empty by default and grants nothing', () => {
    expect(compileAllowlist(undefined).empty).toBe(true)
    expect(compileAllowlist({ trace: [] }).grants({ origin: 'http://a.test', portKnown: true })).toBe(0)
  })

  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/', 'https://api.example.com:443'],
    ['https://API.example.com:443', 'https://api.EXAMPLE.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080', 'http://[0:0::1]:8080'],
    ['http://localhost:*', 'http://localhost:4711'],
    ['https://*.orders.internal', 'https://eu.orders.internal'],
    ['https://*.orders.internal', 'https://a.b.orders.internal'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ])('%s covers %s', (entry, origin) => {
    expect(grants(entry, origin)).toBe(TRACE)
  })

  it.each([
    ['https://api.example.com', 'http://api.example.com'],
    ['https://api.example.com', 'https://api.example.com:8443'],
    ['https://api.example.com', 'https://api.example.com.evil.test'],
    ['https://api.example.com', 'https://evil.test/https://api.example.com'],
    ['https://api.example.com', 'https://evil.test@api.example.com'],
    ['https://api.example.com', 'https://api.example.com@evil.test'],
    ['https://api.example.com', 'https://api.example.com#@evil.test'],
    ['https://*.orders.internal', 'https://orders.internal'],
    ['https://*.orders.internal', 'https://evilorders.internal'],
    ['http://localhost:*', 'https://localhost'],
    ['http://localhost:80', 'ftp://localhost'],
    ['http://localhost:80', 'garbage'],
    ['http://localhost:80', ''],
  ])('%s does not cover %s', (entry, origin) => {
    expect(grants(entry, origin)).toBe(0)
  })

  it('grants a destination of unknown port only by entries for any port', () => {
    expect(grants('http://localhost', 'http://localhost', false)).toBe(0)
    expect(grants('http://localhost:*', 'http://localhost', false)).toBe(TRACE)
    const both = compileAllowlist({ trace: ['http://localhost'] })
    expect(both.grants({ origin: 'http://localhost', portKnown: true })).toBe(TRACE)
    expect(both.grants({ origin: 'http://localhost', portKnown: false })).toBe(0)
  })

  it.each([
    '*',
    'https://*',
    'http://*:*',
    'https://*.com',
    'https://*.*.com',
    'https://a*.example.com',
    'api.example.com',
    'https://api.example.com/path',
    'https://user@api.example.com',
    'https://api.example.com?x',
    'https://api.example.com:99999',
    'ftp://a.test',
    '',
    'https://',
  ])('refuses %j and names the entry', (entry) => {
    expect(() => compileAllowlist({ requestId: ['http://a.test', entry] })).toThrowError(
      expect.objectContaining({
        code: 'AUDIT_OPTION_INVALID',
        message: expect.stringMatching(/^outbound\.requestId\[1\]: /),
      }),
    )
  })

  it('refuses what is no list', () => {
    expect(() => Reflect.apply(compileAllowlist, undefined, [{ baggage: 'http://a.test' }])).toThrowError(
      /^outbound\.baggage: /,
    )
    expect(() => Reflect.apply(compileAllowlist, undefined, [{ trace: [7] }])).toThrowError(/^outbound\.trace\[0\]: /)
  })

  it('never throws over a destination, and remembers no wrong answer', () => {
    const list = compileAllowlist({ trace: ['http://a.test', 'http://*.b.test:*'] })
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), (origin) => {
        expect(list.grants({ origin, portKnown: true })).toBe(list.grants({ origin, portKnown: true }))
      }),
    )
    expect(list.grants({ origin: 'http://a.test', portKnown: true })).toBe(TRACE)
  })
})
