import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTemplate, type Params, type RouteTemplate, splitPath } from './route-template.ts'

function template(text: string): RouteTemplate {
  const compiled = compileTemplate(text)
  if (typeof compiled === 'string') throw new Error(compiled)
  return compiled
}

function match(text: string, path: string): Params | undefined {
  const split = splitPath(path)
  const found = split && template(text).match(split)
  return found && { ...found }
}

describe('a route template', () => {
  it.each([
    ['/patients/:id', '/patients/7', { id: '7' }],
    ['/patients/:id', '/patients/7/', { id: '7' }],
    ['/patients/:id', '//Patients//7?x=/a/b', { id: '7' }],
    ['/patients/:id', '/%70atients/a%2Fb', { id: 'a/b' }],
    ['/patients/:id', 'http://clinic.example/patients/7', { id: '7' }],
    ['/patients/:id', '/patients/%zz', { id: '%zz' }],
    ['/patients/:id', '/patients', undefined],
    ['/patients/:id', '/patients/7/files', undefined],
    ['/patients/:id', '/people/7', undefined],
    ['/', '/', {}],
    ['/', '/x', undefined],
    ['/files/*', '/files', {}],
    ['/files/*', '/files/a/b/c', {}],
    ['/*/export', '/patients/export', {}],
    ['/*/export', '/a/b/export', undefined],
    ['/wards/:ward/*', '/wards/3/beds/4', { ward: '3' }],
  ])('%s and %s give %o', (text, path, params) => {
    expect(match(text, path)).toEqual(params)
  })

  it.each([
    ['patients', /slash/],
    ['/patients?x', /query/],
    ['/patients/:', /whole segments/],
    ['/patients/:id.json', /whole segments/],
    ['/a*', /whole segments/],
    ['/:id/x/:id', /twice/],
    [`/${'a'.repeat(300)}`, /at most 256/],
  ])('%s is refused', (text, message) => {
    expect(compileTemplate(text)).toMatch(message)
  })

  it('gives back what was put into its parameters, however that is spelt', () => {
    const literal = fc.stringMatching(/^[A-Za-z0-9._~-]{1,8}$/)
    const value = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.isWellFormed())
    const part = fc.oneof(
      literal.map((text) => ({ text })),
      value.map((text) => ({ value: text })),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.map((one, i) => ('text' in one ? `/${one.text}` : `/:p${i}`)).join('') || '/'
        const path = parts.map((one) => `/${encodeURIComponent('text' in one ? one.text : one.value)}`).join('')
        const params = parts.flatMap((one, i) => ('value' in one ? [[`p${i}`, one.value]] : []))
        expect(match(text, path || '/')).toEqual(Object.fromEntries(params))
      }),
    )
  })

  it('agrees with the same question asked as a pattern', () => {
    const segment = fc.constantFrom('a', 'B', ':x', '*', 'ab')
    fc.assert(
      fc.property(
        fc.uniqueArray(segment, { maxLength: 4 }),
        fc.array(fc.constantFrom('a', 'b', 'AB', 'c'), { maxLength: 5 }),
        (segments, path) => {
          const pattern = segments.map((one, i) =>
            one === '*' && i === segments.length - 1 ? '(/[^/]+)*' : one === ':x' || one === '*' ? '/[^/]+' : `/${one}`,
          )
          const expected = new RegExp(`^${pattern.join('')}$`, 'i').test(path.map((one) => `/${one}`).join(''))
          expect(match(`/${segments.join('/')}`, `/${path.join('/')}`) !== undefined).toBe(expected)
        },
      ),
    )
  })

  it('takes any text for a template or a path, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, path) => {
        const compiled = compileTemplate(text)
        const split = splitPath(path)
        if (typeof compiled === 'string' || split === undefined) return
        const params = compiled.match(split)
        if (params !== undefined) expect(Object.keys(params)).toEqual(compiled.names)
      }),
    )
  })
})
