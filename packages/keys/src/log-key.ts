/**
 * The Ed25519 key that signs checkpoints (RFC 8032), kept as PKCS#8 in PEM so that openssl reads it too. Hands on a
 * `LogSigner`; the private half never leaves its `KeyObject`.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { LogSigner } from './ports.ts'

/** A new private key as it stands in its file. */
export function generateLogKey(): Buffer {
  const { privateKey } = generateKeyPairSync('ed25519')
  return Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' }))
}

/** The signer of a PEM file's content, or undefined when that is not an unencrypted Ed25519 private key. */
export function parseLogKey(pem: Buffer): LogSigner | undefined {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'ed25519' ? logSigner(key) : undefined
  } catch {
    return undefined
  }
}

function logSigner(key: KeyObject): LogSigner {
  // The raw key is the last 32 bytes of its SubjectPublicKeyInfo (RFC 8410, section 4).
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return {
    publicKey: new Uint8Array(spki.subarray(-32)),
    sign: (message) => sign(null, message, key),
  }
}
