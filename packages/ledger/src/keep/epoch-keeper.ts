/**
 * Who makes epoch keys and destroys them, as the ledger asks it: `@trailmark/keys` does it with files.
 *
 * A checkpoint is signed twice: by the log key, which stays, and by the key of its epoch, which is destroyed when the epoch
 * ends. Whoever gets hold of everything later can sign with the log key, and nobody can sign for an epoch that is over.
 */

/** Whose key it is. */
export interface EpochWriter {
  /** The checkpoint origin, `<origin>/<writer>`. */
  readonly origin: string
  readonly stream: string
  /** `w-<12 hex>`. */
  readonly writer: string
}

/** The key of one epoch: Ed25519, in memory. */
export interface EpochKey {
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array
  /** 64 raw bytes over exactly `message`. */
  sign(message: Uint8Array): Uint8Array
}

/**
 * Keeps at most two keys of a writer: the one in use and the one for the epoch that is about to begin. Synchronous, and
 * called twice an hour. Only the process that holds the writer's lock asks.
 */
export interface EpochKeeper {
  /**
   * A new key, which would be found again after a crash; the one in use stays. A key that was made before and never kept is
   * forgotten. Throws what the place it is written to throws.
   */
  next(writer: EpochWriter): EpochKey
  /** The key with this public half; every other key of this writer is destroyed. Undefined when it is lost: then nothing is. */
  keep(writer: EpochWriter, publicKey: Uint8Array): EpochKey | undefined
}
