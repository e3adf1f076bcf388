/** Epoch keys that die with the process: a ledger on a disk is then continued by a new writer after every restart. */
import { type EpochKey, generateEpochKey, parseEpochKey } from './epoch-key.ts'
import type { EpochKeys } from './ports.ts'

/** The same promises as the files give, without a disk. */
export function memoryEpochs(clock: { now(): number } = Date): EpochKeys {
  const keys = new Map<string, EpochKey[]>()
  return {
    next({ origin }) {
      const key = parseEpochKey(generateEpochKey(origin, clock.now()), origin)
      if (key === undefined) throw new TypeError('unreadable new key')
      keys.set(origin, [...(keys.get(origin) ?? []).slice(0, 1), key])
      return key
    },
    keep({ origin }, publicKey) {
      const key = keys.get(origin)?.find((one) => Buffer.compare(one.publicKey, publicKey) === 0)
      if (key) keys.set(origin, [key])
      return key
    },
  }
}
