/** The tree of one writer, as an anchor may ask about it: proofs that the checkpoint it is shown continues what it holds. */
import { LedgerError } from '../errors.ts'
import { consistencyProof, verifyConsistency } from '../prove/consistency.ts'
import { rangeRoot } from '../prove/subtrees.ts'
import { TreeReader } from '../prove/tree-reader.ts'
import type { Hash } from '../tree.ts'
import type { AnchorTree, PublishedCheckpoint } from './anchor.ts'

/** An anchor that asks more often than this for one checkpoint has something else in mind. */
const questionsMax = 64

/**
 * Answers for the log in `dir` up to `checkpoint`. A proof is handed out only if it leads to the signed root: tiles may be
 * damaged, and then the lines are asked.
 */
export function anchorTree(dir: string, checkpoint: PublishedCheckpoint): AnchorTree {
  const { size, root } = checkpoint
  let questions = 0
  return {
    async consistency(from, to) {
      questions += 1
      const sound = Number.isSafeInteger(from) && from >= 0 && from <= size && to === size && questions <= questionsMax
      if (!sound) throw new LedgerError('LEDGER_OPTION_INVALID', `no proof from ${from} to ${to} in a tree of ${size}`)
      const toRoot = Buffer.from(root, 'hex').toString('latin1')
      for (const tiles of [true, false]) {
        const proof = await prove(dir, { from, to, toRoot, tiles })
        if (proof) return proof
      }
      throw new LedgerError('LEDGER_ROOT_MISMATCH', `the entries in ${dir} do not lead to the signed root at ${size}`)
    },
  }
}

interface Question {
  readonly from: number
  readonly to: number
  readonly toRoot: Hash
  readonly tiles: boolean
}

async function prove(dir: string, { from, to, toRoot, tiles }: Question): Promise<Hash[] | undefined> {
  const reader = await TreeReader.open(dir, { tiles })
  try {
    const proof = await consistencyProof(reader, from, to)
    const fromRoot = from === 0 || from === to ? undefined : await rangeRoot(reader, { first: 0, end: from })
    if (fromRoot === undefined) return proof
    return verifyConsistency({ from, fromRoot, to, toRoot, proof }) ? proof : undefined
  } catch (error) {
    if (!tiles) throw error
    return undefined
  } finally {
    await reader.close()
  }
}
