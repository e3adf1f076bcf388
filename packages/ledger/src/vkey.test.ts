import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatVkey, parseVkey, signatureTypes, verifierKey } from './vkey.ts'

const publicKey = Buffer.alloc(32, 9)
const key = verifierKey('witness.example/w1', signatureTypes.cosignature, publicKey)

describe('a verifier key', () => {
  it('of the specification for checksum databases has the id that stands in it', () => {
    const text = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
    const parsed = parseVkey(text)
    expect(parsed).toMatchObject({ name: 'PeterNeumann', type: signatureTypes.note })
    expect(parsed && formatVkey(parsed)).toBe(text)
  })

  it.each([
    ['a type that is not known', formatVkey(verifierKey('w', 0x02, publicKey))],
    ['a key that is too short', formatVkey(verifierKey('w', 0x04, publicKey.subarray(1)))],
    ['a key that is too long', formatVkey(verifierKey('w', 0x04, Buffer.alloc(33)))],
    ['no name', formatVkey(verifierKey('', 0x04, publicKey))],
    ['white space in the name', formatVkey(verifierKey('a b', 0x04, publicKey))],
    ['another name than its id was made for', formatVkey(key).replace('w1', 'w2')],
    ['upper-case hex', formatVkey(key).replace(/\+[0-9a-f]{8}\+/, (id) => id.toUpperCase().replace('+0', '+A'))],
    ['white space around it', ` ${formatVkey(key)}\n`],
    ['nothing in it', ''],
    ['a name of 5,000 characters', formatVkey(verifierKey('w'.repeat(5_000), 0x04, publicKey))],
  ])('with %s is none', (_what, text) => {
    expect(parseVkey(text)).toBeUndefined()
  })

  it('is none once any character of it is another', () => {
    const text = formatVkey(key)
    for (let at = 0; at < text.length; at++) {
      for (const other of ['A', 'b', '+', '=', ' ', '\n']) {
        const changed = text.slice(0, at) + other + text.slice(at + 1)
        if (changed !== text) expect(parseVkey(changed), changed).toBeUndefined()
      }
    }
  })

  it('is read from any text without an error, and written back as it was', () => {
    const part = fc.string({ unit: fc.constantFrom(...'aZ09+/= \n', 'ü', '—', '\0'), maxLength: 60 })
    const near = fc
      .tuple(fc.string(), fc.integer({ min: 0, max: 7 }), fc.uint8Array({ minLength: 31, maxLength: 33 }))
      .map(([name, type, bytes]) => formatVkey(verifierKey(name, type, bytes)))
    fc.assert(
      fc.property(fc.oneof(part, near), (text) => {
        const parsed = parseVkey(text)
        if (parsed) expect(formatVkey(parsed)).toBe(text)
      }),
    )
  })
})
