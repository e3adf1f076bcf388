import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findLeaks, leakFinder } from './find-leaks.ts'

const value = 'Zoë "O\'Brien" & co+1@x.example'
const spellings: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'in other letters': (text) => text.toUpperCase(),
  'in JSON': (text) => JSON.stringify(text),
  'in JSON in JSON': (text) => JSON.stringify(JSON.stringify({ text })),
  'percent-encoded': encodeURIComponent,
  'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'as a form': (text) => new URLSearchParams({ text }).toString(),
  'in a URL': (text) => new URL(`http://a.test/?q=${encodeURIComponent(text)}`).href,
  'in small percent signs': (text) => encodeURIComponent(text).toLowerCase(),
  'as HTML': (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
  'as numbers in HTML': (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`),
  'in hex': (text) => Buffer.from(text).toString('hex'),
  'as a printed Buffer': (text) => inspect(Buffer.from(text)),
  'as a Buffer in JSON': (text) => JSON.stringify(Buffer.from(text), undefined, 2),
  'as a printed byte list': (text) => inspect(new Uint8Array(Buffer.from(text))),
  'as an object of bytes': (text) => JSON.stringify({ ...Buffer.from(text) }),
  'as \\u escapes': (text) =>
    Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  'as \\x escapes': (text) =>
    Array.from(Buffer.from(text), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64 behind one byte': (text) => Buffer.from(`:${text}:`).toString('base64'),
  'in base64 behind two bytes': (text) => Buffer.from(`u:${text}`).toString('base64'),
  'in base64url': (text) => Buffer.from(`user:${text}`).toString('base64url'),
  reversed: (text) => [...text].reverse().join(''),
  decomposed: (text) => text.normalize('NFD'),
}

describe('findLeaks', () => {
  test.each(Object.entries(spellings))('finds a value %s', (_name, spell) => {
    expect(findLeaks(`before ${spell(value)} after`, { value })).toMatchObject([{ name: 'value' }])
  })

  test.each(Object.entries(spellings))('finds any value %s', (_name, spell) => {
    // Node prints the first 50 bytes of a Buffer.
    const text = fc
      .string({ unit: 'grapheme', minLength: 8, maxLength: 30 })
      .filter((one) => one.isWellFormed() && Buffer.byteLength(one) <= 50)
    fc.assert(
      fc.property(text, fc.string({ maxLength: 9 }), (planted, around) => {
        // Letters without a lower case of the same length, such as ŉ, are folded where the value is, too.
        fc.pre(planted.toUpperCase().toLowerCase() === planted.toLowerCase())
        expect(findLeaks(around + spell(planted), { planted })).toHaveLength(1)
      }),
      { numRuns: 60 },
    )
  })

  test('finds a Greek name whose last letter is written small inside a word and at its end', () => {
    for (const text of ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς', 'οδυσσευσα', 'Οδυσσευς!']) {
      expect(findLeaks(text, { planted: 'Οδυσσευς' })).toHaveLength(1)
    }
  })

  test('says which, how and where, and shows neither this value nor the one beside it', () => {
    const planted = { password: 'correct horse', token: 'battery staple' }
    const leaks = findLeaks('{"a":"correct horse",\n"b":"battery staple"}', planted)
    expect(leaks).toEqual([
      { name: 'password', spelling: 'as it is', excerpt: '{"a":"‹password›", "b":"‹token›"}' },
      { name: 'token', spelling: 'as it is', excerpt: '{"a":"‹password›", "b":"‹token›"}' },
    ])
    expect(findLeaks('Y29ycmVjdCBob3JzZQ==', planted)).toMatchObject([{ name: 'password', spelling: 'in base64' }])
  })

  test('finds nothing in what does not hold it', () => {
    const other = { planted: 'q7x2k9m4v1z8' }
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(findLeaks(text, other)).toEqual([])
      }),
    )
    expect(findLeaks('', other)).toEqual([])
  })

  test('an excerpt shows no long part of any planted value', () => {
    const word = fc.stringMatching(/^[a-z0-9]{10,20}$/)
    fc.assert(
      fc.property(word, word, fc.constantFrom(...Object.values(spellings)), (one, two, spell) => {
        fc.pre(!one.includes(two) && !two.includes(one))
        const text = `${spell(one)} ${spell(two)}`
        for (const { excerpt } of findLeaks(text, { one, two })) {
          expect(excerpt).not.toContain(one)
          expect(excerpt).not.toContain(two)
        }
      }),
    )
  })

  test('refuses what would be found by chance', () => {
    for (const short of ['', 'abc']) {
      expect(() => leakFinder({ short })).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
    }
  })
})
