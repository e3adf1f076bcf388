import { generateKeyPairSync, hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePublicKey } from './public-key.ts'

const { publicKey } = generateKeyPairSync('ed25519')
const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
const base64 = Buffer.from(raw).toString('base64')
const pem = publicKey.export({ format: 'pem', type: 'spki' })
const typed = Buffer.concat([Buffer.from([1]), raw])
const digest = hash('sha256', Buffer.concat([Buffer.from('log\n'), typed]), 'hex').slice(0, 8)

describe('a pinned public key', () => {
  it.each([
    ['base64', base64],
    ['base64 with a line feed', `${base64}\n`],
    ['PEM', String(pem)],
    ['a verifier key', `log+${digest}+${typed.toString('base64')}`],
  ])('is read from %s', (_, text) => {
    expect(parsePublicKey(text)).toEqual(raw)
  })

  it.each([
    [
      'an RSA key',
      String(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'pem', type: 'spki' })),
    ],
    ['a verifier key with a wrong hash', `log+00000000+${typed.toString('base64')}`],
    ['31 bytes', Buffer.alloc(31).toString('base64')],
    ['nothing', ''],
    ['a long text', 'A'.repeat(100_000)],
  ])('is not read from %s', (_, text) => {
    expect(parsePublicKey(text)).toBeUndefined()
  })

  it('is 32 bytes or nothing, whatever the text', () => {
    const near = fc.stringMatching(/^[A-Za-z0-9+/=]{40,48}$/)
    fc.assert(
      fc.property(
        fc.oneof(
          near,
          fc.string(),
          fc.string().map((text) => `-----BEGIN PUBLIC KEY-----\n${text}`),
        ),
        (text) => {
          expect([undefined, 32]).toContain(parsePublicKey(text)?.length)
        },
      ),
    )
  })
})
