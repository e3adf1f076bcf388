import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scrubber } from './scrub.ts'

describe('lines of names and values', () => {
  test.each([
    ['level=info user.email=ann@clinic.example took=12ms', 'level=info user.email=[email] took=12ms'],
    ['login ok user.id=42 password="a \\"b\\" c" n=1', 'login ok user.id=42 password="[secret]" n=1'],
    ['headers.x-acme=zz headers.accept=*/*', 'headers.x-acme=[header] headers.accept=*/*'],
    [
      '0.name=password 0.value=hunter2zq 1.name=page 1.value=3',
      '0.name=password 0.value=[secret] 1.name=page 1.value=3',
    ],
    ['a: 1\npassword: my dog barks\nb: x', 'a: 1\\npassword: [secret]\\nb: x'],
    ['PORT=1\nexport DB_PASSWORD=my dog barks', 'PORT=1\\nexport DB_PASSWORD=[secret]'],
  ])('%j', (text, written) => {
    expect(scrubber.text(text)).toBe(written)
    expect(scrubber.text(written)).toBe(written)
  })
})

test('lines without anything to hide stay as they are', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/)
  const pair = fc.tuple(
    fc.constantFrom('level', 'status', 'took', 'route.name', 'retries', 'build.tag'),
    fc.oneof(word, fc.integer({ min: 0, max: 99_999 }).map(String)),
  )
  fc.assert(
    fc.property(fc.uniqueArray(pair, { minLength: 2, maxLength: 6, selector: ([name]) => name }), (pairs) => {
      const line = pairs.map(([name, value]) => `${name}=${value}`).join(' ')
      expect(scrubber.text(line)).toBe(line)
    }),
  )
})
