/** Sigstore's verifier of entries in a transparency log, asked about entries of ours. */
import { createPublicKey } from 'node:crypto'
import { verifyTLogInclusion } from '@sigstore/verify/dist/tlog/index.js'

export interface SigstoreCase {
  /** 32 bytes, Ed25519. */
  readonly key: Uint8Array
  readonly keyId: Uint8Array
  readonly origin: string
  readonly line: Buffer
  readonly index: string
  readonly hashes: readonly Buffer[]
  /** The signed note. */
  readonly checkpoint: string
}

/** An empty text where the proof holds, else why not. */
export function askSigstore({ key, keyId, origin, line, index, hashes, checkpoint }: SigstoreCase): string {
  const x = Buffer.from(key).toString('base64url')
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const logID = Buffer.from(keyId)
  const [, size = '', root = ''] = checkpoint.split('\n')
  const entry = {
    logIndex: index,
    logId: { keyId: logID },
    kindVersion: { kind: 'line', version: '1' },
    integratedTime: '0',
    inclusionPromise: undefined,
    inclusionProof: {
      logIndex: index,
      rootHash: Buffer.from(root, 'base64'),
      treeSize: size,
      hashes: [...hashes],
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: line,
  }
  const always = { start: new Date(0), end: new Date(8.64e15) }
  try {
    verifyTLogInclusion(entry, [{ logID, baseURL: origin, publicKey, validFor: always }])
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : 'refused'
  }
}
