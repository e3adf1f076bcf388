/**
 * A second log key, ML-DSA-44 (FIPS 204), for the day on which Ed25519 can be forged. node:crypto knows it from Node 24.6 on.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { join } from 'node:path'
import { KeysError } from './errors.ts'
import { findKeyFile, linkKeyFile } from './key-file.ts'
import type { SecondSigner } from './ports.ts'

export const secondKeyFile = 'log-ml-dsa-44.pem'
const publicKeyBytes = 1_312

/** The second key of a directory, made where there is none. Throws KEYS_ALGORITHM_UNKNOWN on a Node.js without it. */
export function openSecondKey(dir: string, create: boolean): SecondSigner {
  const path = join(dir, secondKeyFile)
  let content = findKeyFile(path)
  if (content === undefined && create) {
    linkKeyFile(path, generate(path))
    content = findKeyFile(path)
  }
  if (content === undefined) throw new KeysError('KEYS_DIR_UNUSABLE', `${path} does not exist`)
  const signer = parse(content)
  if (signer) return signer
  if (!isKnown()) throw unknown(path)
  throw new KeysError('KEYS_FILE_INVALID', `${path} is not an unencrypted ML-DSA-44 private key in PEM`)
}

function generate(path: string): Buffer {
  try {
    return Buffer.from(generateKeyPairSync('ml-dsa-44').privateKey.export({ type: 'pkcs8', format: 'pem' }))
  } catch {
    throw unknown(path)
  }
}

function parse(pem: Buffer): SecondSigner | undefined {
  try {
    const key: KeyObject = createPrivateKey(pem)
    if (key.asymmetricKeyType !== 'ml-dsa-44') return undefined
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
    return { publicKey: new Uint8Array(spki.subarray(-publicKeyBytes)), sign: (message) => sign(null, message, key) }
  } catch {
    return undefined
  }
}

function isKnown(): boolean {
  try {
    generateKeyPairSync('ml-dsa-44')
    return true
  } catch {
    return false
  }
}

function unknown(path: string): KeysError {
  const problem = `option mlDsa44: Node.js ${process.versions.node} cannot sign with ${path}, 24.6 and later can`
  return new KeysError('KEYS_ALGORITHM_UNKNOWN', problem)
}
