import { hash } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryKeys } from './memory.ts'
import { generateTokenKey, parseTokenKey, tokenKeyBytes } from './token-key.ts'

test('a key file is one line of fixed size that any text tool shows', () => {
  const content = generateTokenKey(Date.parse('2026-01-15T10:00:00.000Z'))
  expect(content).toHaveLength(tokenKeyBytes)
  const [format, kid, created, key, sum] = content.toString().trimEnd().split(' ')
  expect([format, created]).toEqual(['trailmark-token-key-1', '2026-01-15T10:00:00.000Z'])
  expect(kid).toMatch(/^[a-z0-9]{8}$/)
  expect(sum).toBe(hash('sha256', `${format} ${kid} ${created} ${key}`).slice(0, 16))
})

test('whatever the clock says, a key can be read back', () => {
  fc.assert(
    fc.property(fc.double(), (now) => {
      const key = parseTokenKey(generateTokenKey(now))
      expect(key?.key.symmetricKeySize).toBe(32)
    }),
  )
})

test('a key with any one byte changed is refused', () => {
  const content = generateTokenKey(0)
  fc.assert(
    fc.property(fc.nat(content.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(content)
      damaged[at] = (damaged[at] ?? 0) ^ change
      expect(parseTokenKey(damaged)).toBeUndefined()
    }),
  )
})

test('keys in memory differ from run to run and print nothing secret', () => {
  const [a, b] = [memoryKeys(), memoryKeys()]
  expect(a.log.publicKey).not.toEqual(b.log.publicKey)
  const key = a.tokens.current('stable', 0)
  expect(key).toBe(a.tokens.all('stable')[0])
  expect(key.kid).not.toBe(a.tokens.current('monthly', 0).kid)
  const secret = key.key.export()
  for (const text of [inspect(a, { depth: 9 }), JSON.stringify(a)]) {
    expect(text).not.toContain(secret.toString('hex'))
    expect(text).not.toContain(secret.toString('base64'))
  }
})
