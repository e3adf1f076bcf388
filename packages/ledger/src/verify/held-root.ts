/**
 * Roots that somebody kept outside of the directory. A log that was rewritten and signed again, or put back to an older state,
 * is sound in itself; it is not the one that had such a root.
 */
import { hashToHex, Tree } from '../tree.ts'
import type { LineCheck } from './line-check.ts'
import type { Break } from './report.ts'

/** What a checkpoint said of a log at some time: `root` is that of its first `size` entries, 64 hex digits. */
export interface HeldRoot {
  readonly origin: string
  readonly size: number
  readonly root: string
}

/** A break for each root that the log does not, or no longer, have. */
export function checkHeld(lines: LineCheck, held: readonly HeldRoot[]): Break[] {
  return held.flatMap(({ size, root }) => {
    const found = lines.entries < size ? undefined : lines.findSnapshot(size)
    if (found && hashToHex(Tree.from(size, found.hashes).root()) === root) return []
    const is = lines.entries < size ? `there are ${lines.entries}` : 'these are others'
    const message = `its first ${size} entries had the root ${root} that you kept, ${is}`
    return [{ code: 'LEDGER_ROOT_HELD', n: Math.min(size, lines.entries), file: 'checkpoint', offset: 0, message }]
  })
}
