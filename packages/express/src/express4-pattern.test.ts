import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathOfPattern } from './express4-pattern.ts'

const named = (...names: (string | number)[]) => names.map((name) => ({ name }))

describe('the path behind an Express 4 pattern', () => {
  it.each([
    ['^\\/api\\/?(?=\\/|$)', named(), '/api'],
    ['^\\/api\\/?$', named(), '/api'],
    ['^\\/t(?:\\/([^/]+?))\\/?(?=\\/|$)', named('tenant'), '/t/:tenant'],
    ['^\\/t\\/(?:([^\\/]+?))\\/?(?=\\/|$)', named('tenant'), '/t/:tenant'],
    ['^\\/o(?:\\/([^/]+?))?\\/?(?=\\/|$)', named('opt'), '/o/:opt'],
    ['^\\/num(?:\\/(\\d+))\\/?$', named('n'), '/num/:n'],
    ['^\\/t(?:\\/([^/]+?))\\/x-(?:((?:(?!\\/|\\/x-).)+?))\\.json\\/?$', named('tenant', 'y'), '/t/:tenant/x-:y.json'],
    ['^\\/?(?=\\/|$)', named(), ''],
  ])('%s is read back', (source, keys, path) => {
    expect(pathOfPattern(source, keys)).toBe(path)
  })

  it.each([
    ['^\\/re(x+)', named(0)],
    ['^\\/re(x+)\\/?$', named(0)],
    ['^\\/a.*b\\/?$', named()],
    ['^\\/\\d+\\/?$', named()],
    ['^\\/missing(?:\\/([^/]+?))\\/?$', named()],
    ['', named()],
  ])('%s is not a path that was written plainly', (source, keys) => {
    expect(pathOfPattern(source, keys)).toBeUndefined()
  })

  it('never throws, whatever the pattern', () => {
    const source = fc.array(
      fc.constantFrom('^', '\\/', '(', '?:', ')', '[^/]', '+?', 'a', '$', '\\', '(?=\\/|$)', '?'),
      {
        maxLength: 40,
      },
    )
    fc.assert(
      fc.property(source, (parts) => {
        const path = pathOfPattern(parts.join(''), named('a', 'b'))
        expect(path === undefined || typeof path === 'string').toBe(true)
      }),
    )
  })
})
