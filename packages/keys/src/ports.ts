/**
 * What the rest of Trailmark asks of its keys, and what a key management service implements instead of our files.
 *
 * Key material never crosses these ports: signing is a call, token keys are `KeyObject`s, which print and serialise as
 * nothing.
 */
import type { KeyObject } from 'node:crypto'

/** Signs the ledger's checkpoints with Ed25519 (RFC 8032). Satisfies the ledger's `Signer` by shape. */
export interface LogSigner {
  /** The raw public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The signature, 64 bytes. */
  sign(message: Uint8Array): Uint8Array
}

/** One key for HMAC-SHA-256. */
export interface TokenKey {
  /** Names the key inside tokens: 8 characters of `[a-z0-9]`, random, not derived from the key. */
  readonly kid: string
  readonly key: KeyObject
  /** Milliseconds since the epoch. */
  readonly created: number
}

/**
 * `stable` keys stay, so that what they name can be looked up for as long as the records live. `monthly` keys, for addresses
 * and devices, are destroyed some time after their month, and with them the means of linking such tokens.
 */
export type TokenScope = 'stable' | 'monthly'

export interface TokenKeys {
  /**
   * The key for tokens of something that happened at `timeMs`. Never waits for a disk and never throws; every key it hands
   * out would be found again after a crash.
   */
  current(scope: TokenScope, timeMs: number): TokenKey
  /** Every key that still exists, newest first: what a look-up tries. May read the disk. */
  all(scope: TokenScope): readonly TokenKey[]
}

export interface Keys {
  /** The directory; empty for keys that live in memory. */
  readonly dir: string
  /** True when this call made the log key, so somebody should be told. */
  readonly created: boolean
  readonly log: LogSigner
  readonly tokens: TokenKeys
}
