import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PairCache } from '../mask/pair-cache.ts'
import { BoundedCache } from './bounded-cache.ts'

test('a cache gives back the value last set, or nothing, for any sequence of uses', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.option(fc.nat()))), (uses) => {
      const [cache, tokens, truth] = [
        new BoundedCache<number>(2),
        new PairCache<string, string>(2),
        new Map<string, number>(),
      ]
      for (const [name, value] of uses) {
        if (value === null) {
          expect([undefined, truth.get(name)]).toContain(cache.get(name))
          expect([undefined, truth.get(name)?.toString()]).toContain(tokens.get(name, name))
          continue
        }
        cache.set(name, value)
        tokens.set(name, name, String(value))
        truth.set(name, value)
        expect(cache.get(name)).toBe(value)
        expect(tokens.get(name, name)).toBe(String(value))
      }
    }),
  )
})

test('what is used stays, what is not is forgotten', () => {
  const cache = new BoundedCache<number>(10)
  const tokens = new PairCache<string, string>(10)
  cache.set('idle', 0)
  tokens.set('f', 'idle', '0')
  for (let i = 0; i < 100; i++) {
    for (const name of ['used', `other ${i}`]) {
      if (cache.get(name) === undefined) cache.set(name, i)
      if (tokens.get('f', name) === undefined) tokens.set('f', name, String(i))
    }
  }
  expect([cache.get('used'), cache.get('idle')]).toEqual([0, undefined])
  expect([tokens.get('f', 'used'), tokens.get('f', 'idle')]).toEqual(['0', undefined])
  cache.clear()
  tokens.clear()
  expect([cache.get('used'), tokens.get('f', 'used')]).toEqual([undefined, undefined])
})
