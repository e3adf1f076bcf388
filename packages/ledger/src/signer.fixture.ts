/** A signing key that is the same in every run and every process. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { Signer } from './ledger.ts'

/** An Ed25519 key made from one byte. Never one for anything real. */
export function testSigner(seed = 7): Signer {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: Buffer.concat([prefix, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return { publicKey: Buffer.from(x ?? '', 'base64url'), sign: (message) => sign(null, message, key) }
}
