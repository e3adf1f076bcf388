/**
 * Evidence against a log: two trees of one size under its signature, `forks/<SHA-256 of origin>-<size>-<SHA-256 of the text>.note`.
 *
 * Nothing else a log does is proof against it: old checkpoints and wrong proofs can be sent by anybody who saw them.
 */
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { type Disk, makeDirectoryDurably, replaceFileDurably } from '@trailmark/ledger'
import { nameOf } from './log-states.ts'

/** One is proof; more than these only fill the disk. */
const forksMax = 1_000

/** Keeps the second note beside the first, which is the log's state. Never rejects: refusing it does not depend on this. */
export async function keepFork(
  disk: Disk,
  dir: string,
  fork: { origin: string; size: number; note: string },
): Promise<void> {
  try {
    const path = join(dir, 'forks')
    makeDirectoryDurably(disk, path)
    const names = disk.list(path)
    const text = hash('sha256', fork.note).slice(0, 16)
    const name = `${nameOf(fork.origin)}-${fork.size}-${text}.note`
    if (names.length >= forksMax || names.includes(name)) return
    await replaceFileDurably(disk, join(path, name), Buffer.from(fork.note))
  } catch {
    // The disk is full or gone, which the next cosignature will say.
  }
}
