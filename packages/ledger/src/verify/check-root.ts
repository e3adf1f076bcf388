/** Compares the tree over the lines found with what was signed, and narrows a difference down as far as the files allow. */
import type { Checkpoint } from '../checkpoint.ts'
import { type Frontier, formatFrontiers, parseFrontiers, treeOf } from '../frontier.ts'
import { checkpointFile } from '../layout.ts'
import { frontierRanges, hashToHex, Tree } from '../tree.ts'
import type { LineCheck } from './line-check.ts'
import type { Break } from './report.ts'

/** Breaks of the signed root. A difference that another break already explains is not reported a second time. */
export function checkRoot(lines: LineCheck, checkpoint: Checkpoint, frontiers: readonly Frontier[]): Break[] {
  const { size, root } = checkpoint
  if (lines.entries < size) {
    const message = `the log ends after ${lines.entries} entries, ${size} were signed`
    return [{ code: 'LEDGER_CHECKPOINT_REWOUND', n: lines.entries, file: checkpointFile, offset: 0, message }]
  }
  const found = lines.findSnapshot(size)
  if (found && Tree.from(size, found.hashes).root() === root) return []
  const kept = frontiers.find((one) => one.size === size && treeOf(one).root() === root)
  const ranges =
    found && kept ? frontierRanges(size).filter((_, i) => found.hashes[i] !== kept.hashes[i]) : [{ first: 0, size }]
  return ranges
    .filter((range) => !lines.breaks.some(({ n }) => n >= range.first && n < range.first + range.size))
    .map((range) => ({
      code: 'LEDGER_ROOT_MISMATCH',
      n: range.first,
      file: checkpointFile,
      offset: 0,
      message: `entries ${range.first} to ${range.first + range.size - 1} do not hash to what was signed (root ${hashToHex(root)})`,
    }))
}

/** Why the file beside the checkpoint cannot be used, or undefined. It is derived, so this is no break. */
export function describeStale(bytes: Buffer | undefined, lines: LineCheck): string | undefined {
  if (!bytes) return 'missing: the next opening reads the whole log'
  const frontiers = parseFrontiers(bytes)
  if (formatFrontiers(frontiers) !== bytes.toString('utf8')) return 'not as this format writes it'
  for (const { size, hashes, segment, offset, h } of frontiers) {
    const found = lines.findSnapshot(size)
    const { place } = found ?? {}
    const same =
      found?.hashes.length === hashes.length &&
      found.hashes.every((hash, i) => hash === hashes[i]) &&
      place?.segment === segment &&
      place.offset === offset &&
      place.h === h
    if (!same) return `does not agree with the log at ${size} entries`
  }
  return undefined
}
