import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pathCharsMax, readPath } from './debug-guard-path.ts'

/** Whether one of the readings is this path. */
function reads(target: string, path: string): boolean {
  return (readPath(target) ?? []).some((reading) => `/${reading.join('/')}` === path)
}

describe('a request target', () => {
  test.each([
    '/env',
    '/ENV',
    '/env/',
    '/env//',
    '//env',
    '/./env',
    '/x/../env',
    '/x/%2e%2e/env',
    '/env.',
    '/env%20',
    '/env%00',
    '/env%00.html',
    '/e%00nv',
    '/env%09',
    '/env?x=1',
    '/env#x',
    '/env%3fx=1',
    '/env%23x',
    '/env;a=b',
    '/env%3ba=b',
    '/env;/../x',
    '/;a=b/env',
    '/%65%6e%76',
    '/%2565nv',
    '/%252565nv',
    '/%25%36%35nv',
    '/%2fenv',
    '\\env',
    '/\\env',
    '/%5cenv',
    '/%c0%afenv',
    '/%e0%80%afenv',
    '/%c1%a5nv',
    '/%ef%bd%85nv',
    '/\xef\xbd\x85nv',
    '/\uff45nv',
    'http://host/env',
    'HTTP://host:80/env',
    'http://user@host//env',
    'http://host?/env',
    'http://host\\env',
    'http:///env',
    '//host/env',
    '/env/..;/env',
    'env',
  ])('%j is read as /env', (target) => {
    expect(reads(target, '/env')).toBe(true)
  })

  test.each([
    '/environment',
    '/env2',
    '/x/env',
    '/x?/../env',
    '/x?path=/env',
    '/en',
    '/e/nv',
    '/%2565n',
    'http://env/x',
  ])('%j is not read as /env', (target) => {
    expect(reads(target, '/env')).toBe(false)
  })

  test('keeps what a router sees that resolves no dots', () => {
    expect(reads('/debug/../x', '/debug/../x')).toBe(true)
    expect(reads('/debug/../x', '/x')).toBe(true)
  })

  test('that is longer than 8 KB, or encoded without end, is not read', () => {
    expect(readPath(`/${'a'.repeat(pathCharsMax)}`)).toBeUndefined()
    expect(readPath(`/${'a'.repeat(pathCharsMax - 1)}?${'b'.repeat(20_000)}`)).toHaveLength(1)
    let encoded = '%65nv'
    for (let i = 0; i < 12; i++) encoded = encoded.replace(/%(\d)/, '%%3$1')
    expect(readPath(`/${encoded}`)).toBeUndefined()
  })

  test('of any shape is read without throwing, within a bounded number of readings', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '%25',
      '%',
      ';',
      '?',
      '#',
      '\0',
      'env',
      '%c0%af',
      '\xef',
      'http://',
    )
    const target = fc.oneof(
      fc.string({ maxLength: 300, unit: 'binary' }),
      fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(target, (written) => {
        const readings = readPath(written) ?? []
        expect(readings.length).toBeLessThanOrEqual(20)
        for (const reading of readings) for (const segment of reading) expect(segment).not.toMatch(/[/\\\0;]|^$|^\.$/)
      }),
    )
  })

  test('written with any letters escaped, any number of times, is read as it was meant', () => {
    const layers = fc.array(fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }), { maxLength: 4 })
    fc.assert(
      fc.property(layers, (all) => {
        let path = 'actuator'
        for (const escaped of all) {
          path = [...path]
            .map((sign, i) => (sign === '%' || escaped[i % 9] ? `%${sign.charCodeAt(0).toString(16)}` : sign))
            .join('')
        }
        expect(reads(`/${path}`, '/actuator')).toBe(true)
      }),
    )
  })
})
