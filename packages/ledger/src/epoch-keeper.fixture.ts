/** Epoch keys in memory that a test can look into, lose, and steal. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { EpochKeeper, EpochKey, EpochWriter } from './keep/epoch-keeper.ts'

export class TestKeeper implements EpochKeeper {
  /** By origin: the keys that exist, oldest first. */
  readonly keys = new Map<string, EpochKey[]>()
  /** Makes the next call fail. */
  failing: Error | undefined
  /** How many keys were destroyed. */
  destroyed = 0

  next({ origin }: EpochWriter): EpochKey {
    if (this.failing) throw this.failing
    const key = newEpochKey()
    this.keys.set(origin, [...(this.keys.get(origin) ?? []), key])
    return key
  }

  keep({ origin }: EpochWriter, publicKey: Uint8Array): EpochKey | undefined {
    if (this.failing) throw this.failing
    const all = this.keys.get(origin) ?? []
    const key = all.find((one) => Buffer.compare(one.publicKey, publicKey) === 0)
    if (!key) return undefined
    this.destroyed += all.length - 1
    this.keys.set(origin, [key])
    return key
  }

  /** As the keys of a process that is killed are still there for the next one. */
  copy(): TestKeeper {
    const copy = new TestKeeper()
    for (const [origin, keys] of this.keys) copy.keys.set(origin, [...keys])
    return copy
  }
}

export function newEpochKey(): EpochKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const key = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return { publicKey: Buffer.from(x ?? '', 'base64url'), sign: (message) => sign(null, message, key) }
}
