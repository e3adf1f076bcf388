/**
 * Roots that somebody kept outside of the directory. A log that was rewritten and signed again, or put back to an older state,
 * is sound in itself; it is not the one that had such a root.
 */
import type { WantedRoot } from './wanted-roots.ts'

/** What a checkpoint said of a log at some time: `root` is that of its first `size` entries, 64 hex digits. */
export interface HeldRoot {
  readonly origin: string
  readonly size: number
  readonly root: string
  /** Base64: the first key in the row of its epochs, as `StreamReport.keys` told it. */
  readonly firstEpochKey?: string
}

/** What a log of this origin has to have been. */
export function wantedOf(held: readonly HeldRoot[], origin: string): WantedRoot[] {
  return held
    .filter((one) => one.origin === origin)
    .map(({ size, root }) => ({ size, root, code: 'LEDGER_ROOT_HELD', label: 'that you kept' }))
}
