import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileGlob } from './glob.ts'

/** The definition: a glob is a regular expression in which `*` is `.*` and everything else itself. */
function reference(pattern: string, text: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}/-]/g, '\\$&'))
  return new RegExp(`^${escaped.join('[^]*')}$`, 'v').test(text)
}

test('matches as its definition says, for every pattern and text', () => {
  const letters = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, letters(12), (glob, text) => {
      expect(compileGlob(glob).matches(text)).toBe(reference(glob, text))
    }),
    { numRuns: 2_000 },
  )
})

test('ignores upper and lower case only when asked', () => {
  expect(compileGlob('Get').matches('GET')).toBe(false)
  expect(compileGlob('Get', true).matches('GET')).toBe(true)
  expect(compileGlob('p*', true).matches('PATCH')).toBe(true)
})

test('needs no backtracking: a text that almost matches is refused after one pass', () => {
  const glob = compileGlob(`${'*a'.repeat(100)}*b`)
  expect(glob.matches('a'.repeat(100_000))).toBe(false)
})
