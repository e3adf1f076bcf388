/** What a writer begins with: where the directory stands, and whom it works with. */
import type { Disk } from '../disk.ts'
import type { AckLevel, BeforeCommit, LedgerFact } from '../ledger.ts'
import type { Chain } from '../line.ts'
import type { Checkpointer } from './checkpointer.ts'
import type { Lock } from './lock.ts'
import type { Sealer } from './sealer.ts'
import type { Segment } from './segment.ts'
import type { TileKeeper } from './tile-keeper.ts'

export interface WriterStart {
  readonly disk: Disk
  readonly dir: string
  readonly writer: string
  readonly ack: AckLevel
  readonly chain: Chain
  readonly segment: Segment | undefined
  readonly lock: Lock
  readonly beforeCommit: BeforeCommit | undefined
  readonly sealer: Sealer
  readonly tiles: TileKeeper
  /** How long an entry may wait for others that nobody waits for either. */
  readonly commitDelayMs: number
  /** Space that is held for the day the disk is full; 0 for none. */
  readonly reserveBytes: number
  makeCheckpointer(ready: () => void): Checkpointer
  now(): number
  onFact(fact: LedgerFact): void
}
