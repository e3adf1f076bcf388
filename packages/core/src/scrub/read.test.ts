import { describe, expect, it } from 'vitest'
import { isReadable } from './read.ts'

describe('a readable value', () => {
  it('is an object of any class', () => {
    for (const value of [{}, Object.create(null), new Date(), new (class Actor {})()])
      expect(isReadable(value)).toBe(true)
  })

  it('is no list, proxy or primitive', () => {
    for (const value of [[], new Proxy({}, {}), null, undefined, 'text', 1, Symbol('s')]) {
      expect(isReadable(value)).toBe(false)
    }
  })

  it('is no view of bytes, which has a key for each of them', () => {
    for (const value of [Buffer.alloc(3), new Uint8Array(3), new Float64Array(1), new DataView(new ArrayBuffer(1))]) {
      expect(isReadable(Object.assign(value, { id: 'usr_1' }))).toBe(false)
    }
  })
})
