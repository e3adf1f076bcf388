/** What anchoring is to whoever starts it: its options, its state, and what it tells. `anchorer.ts` does the work. */
import type { OpenOptions } from '../ledger.ts'
import type { Anchor } from './anchor.ts'
import type { AnchorState } from './anchor-delivery.ts'

export interface AnchoringOptions {
  /** `<root>/<service>`: all writers in the streams below it are anchored, and `anchor.long` is made there. */
  readonly serviceDir: string
  /** Signs the anchor log. */
  readonly signer: OpenOptions['signer']
  /** Keys of its epochs, and how long those last: as for any other ledger. */
  readonly epochs?: OpenOptions['epochs']
  readonly epochMs?: OpenOptions['epochMs']
  /** At least one; each has a name of its own. */
  readonly anchors: readonly Anchor[]
  /** Milliseconds between two publications, 100 to 86,400,000. Default 60,000. */
  readonly everyMs?: number
  /** How long one anchor may take, in milliseconds, 10 to 600,000. Default 10,000. */
  readonly deadlineMs?: number
  readonly clock?: { now(): number }
  /** Called with what happens. It must not throw; what it throws is ignored. */
  readonly onFact?: (fact: AnchorFact) => void
}

/**
 * What happened. `holding`: this process holds the anchor log now. `anchored`: an anchor took a checkpoint, for the first time
 * that is known of or after it failed. `failed`: it did not. `rollback`: it holds a larger or another tree than this one. `rewound`, `gone`, `unusable`: a
 * writer's checkpoint went back, vanished, or is not one. `log`: the anchor log itself could not be opened or written.
 * Each is told when it begins, not every time it is still so.
 */
export interface AnchorFact {
  readonly kind: 'holding' | 'anchored' | 'failed' | 'rollback' | 'rewound' | 'gone' | 'unusable' | 'log'
  readonly code?: string
  readonly message?: string
  /** The name of the anchor. */
  readonly anchor?: string
  /** The origin of the writer or of the anchor log; the directory of a writer that does not tell. */
  readonly origin?: string
  /** Size of the anchor log that the anchor has. */
  readonly size?: number
}

export interface AnchoringState {
  /** `holder`: this process publishes. `passive`: another one does. `starting`, `stopped`: nobody here. */
  readonly role: 'starting' | 'holder' | 'passive' | 'stopped'
  /** The size of the anchor log's newest checkpoint, as far as this process knows. */
  readonly size: number
  readonly anchors: readonly AnchorState[]
  /** Entries of the anchor log from here on are with no anchor. Absent when the newest checkpoint is with one. */
  readonly unanchored?: number
}

/** Anchoring that goes on until it is stopped. Its timers do not keep a process alive. */
export interface Anchoring {
  readonly state: AnchoringState
  /** Publishes now. Resolves when every anchor has answered, or has had its time. Never rejects: the state tells. */
  now(event?: 'tick' | 'seal'): Promise<AnchoringState>
  /** Publishes a last time, for at most `budgetMs` (default 10,000), and lets go of the anchor log. Never rejects. */
  stop(budgetMs?: number): Promise<void>
  /** Lets go at once, blocking, for the end of a process: the anchor log says `stop`, nobody outside is told. */
  stopNow(): void
}
