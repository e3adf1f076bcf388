/**
 * What an anchor is: somebody outside of the directory who is shown a checkpoint and keeps it, or signs that he saw it.
 *
 * Whoever can write the files can cut them, or put them back to an older state, and nothing inside tells. An anchor can:
 * it holds a size and a root that the log must still lead to.
 */

import type { Hash } from '../tree.ts'

/** A checkpoint as the log signed it. */
export interface PublishedCheckpoint {
  /** The log's name: first line of the note. */
  readonly origin: string
  /** How many entries the signed tree has. */
  readonly size: number
  /** Its root, in hex. */
  readonly root: string
  /** The signed note, exact. */
  readonly note: string
  /** Where the log lies, for an anchor that wants to know whether it lies elsewhere. Never sent anywhere. */
  readonly dir?: string
}

/** Answers for the log's tree, so that an anchor can be shown that the log only grew. */
export interface AnchorTree {
  /** The consistency proof between two sizes (RFC 6962 section 2.1.2). */
  consistency(from: number, to: number): Promise<readonly Hash[]>
}

/** What an anchor gave in return. */
export interface AnchorEvidence {
  /** How the evidence file's name ends, without the dot: `[a-z0-9]{1,8}`. */
  readonly suffix: string
  /** The evidence, exact: a cosignature, a token. Without it no file is written. */
  readonly bytes?: Uint8Array
  /** A few words for people. */
  readonly detail?: string
}

/**
 * Somebody outside who is shown the anchor log's checkpoints. `trailmark anchor` and the options of core take a list of them.
 *
 * An anchor may be slow, dead or hostile: it is called with a deadline, never from the way of a record, and what it
 * answers is checked when a trail is verified.
 */
export interface Anchor {
  /** `[a-z0-9-]{1,40}`: names its evidence files. */
  readonly name: string
  /**
   * Shows one checkpoint. Resolves when the anchor has it for good.
   *
   * Rejects with a LedgerError: LEDGER_ANCHOR_ROLLBACK when the anchor already holds a larger or another tree,
   * LEDGER_ANCHOR_UNREACHABLE when it did not answer, LEDGER_ANCHOR_REFUSED otherwise.
   */
  publish(checkpoint: PublishedCheckpoint, tree: AnchorTree, signal: AbortSignal): Promise<AnchorEvidence>
}
