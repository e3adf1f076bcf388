/** A witness's key that is the same in every process. Never one for anything real. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { Cosigner } from './cosignature.ts'

export function testCosigner(name: string, seed: number): Cosigner {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: Buffer.concat([prefix, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return { name, publicKey: Buffer.from(x ?? '', 'base64url'), sign: (message) => sign(null, message, key) }
}
