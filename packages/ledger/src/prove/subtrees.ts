/**
 * The perfect subtrees a proof is made of, and the root of any part of a tree that a proof can ask for.
 *
 * A perfect subtree has a level and an index: level 0 are the leaves, and subtree `index` of `level` covers the leaves from
 * index × 2^level to (index + 1) × 2^level. Its hash never changes, whatever is appended later.
 */
import { frontierRanges, type Hash, nodeOf } from '../tree.ts'

/** Whoever knows the hashes of perfect subtrees: tiles, lines, or both (`tree-reader.ts`). */
export interface Subtrees {
  /** Rejects with LEDGER_TREE_INCOMPLETE where the hash cannot be found. */
  subtree(level: number, index: number): Promise<Hash>
}

/** The leaves from `first` up to, not including, `end`. */
export interface LeafRange {
  readonly first: number
  readonly end: number
}

/** The root over a part of the tree that RFC 6962 splits off: `first` is divisible by the power of two not below its length. */
export async function rangeRoot(subtrees: Subtrees, { first, end }: LeafRange): Promise<Hash> {
  const parts: Hash[] = []
  for (const part of frontierRanges(end - first)) {
    parts.push(await subtrees.subtree(Math.log2(part.size), (first + part.first) / part.size))
  }
  return parts.reduceRight((right, left) => nodeOf(left, right))
}

/** The largest power of two below `count`, where RFC 6962 cuts a tree of `count` leaves in two. */
export function splitOf(count: number): number {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

/** Whether a text is a hash: 32 characters of one byte each. */
export function isHash(value: Hash): boolean {
  return value.length === 32 && hashCharacters.test(value)
}

const hashCharacters = /^[\u0000-\u00ff]*$/
