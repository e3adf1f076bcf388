/** A log without files that anchors can be shown: it grows, signs, and answers for its tree. */
import { formatCheckpoint } from '../checkpoint.ts'
import { formatNote } from '../note.ts'
import { consistencyProof } from '../prove/consistency.ts'
import type { Subtrees } from '../prove/subtrees.ts'
import { testSigner } from '../signer.fixture.ts'
import { hashToHex, leafOf, nodeOf, Tree } from '../tree.ts'
import type { AnchorTree, PublishedCheckpoint } from './anchor.ts'

export interface GrowingLog {
  readonly tree: AnchorTree
  /** The checkpoint of its first `size` entries. */
  at(size: number): PublishedCheckpoint
}

/** Entries from index `forkedAt` on are others than those of a log that was not forked. */
export function growingLog(
  origin = 'clinic/anchor.long/w-0123456789ab',
  forkedAt = Number.POSITIVE_INFINITY,
): GrowingLog {
  const leaf = (n: number): string => leafOf(n < forkedAt ? `entry ${n}` : `another entry ${n}`)
  const subtrees: Subtrees = {
    async subtree(level, index) {
      if (level === 0) return leaf(index)
      return nodeOf(await subtrees.subtree(level - 1, index * 2), await subtrees.subtree(level - 1, index * 2 + 1))
    },
  }
  return {
    tree: { consistency: (from, to) => consistencyProof(subtrees, from, to) },
    at(size) {
      const tree = new Tree()
      for (let n = 0; n < size; n++) tree.push(leaf(n))
      const root = tree.root()
      return { origin, size, root: hashToHex(root), note: signed(origin, formatCheckpoint({ origin, size, root })) }
    },
  }
}

function signed(origin: string, text: string): string {
  const signer = testSigner()
  const signature = signer.sign(Buffer.from(text))
  if (!(signature instanceof Uint8Array)) throw new Error('the signer of tests answers at once')
  return formatNote(text, { name: origin, publicKey: signer.publicKey }, signature)
}
