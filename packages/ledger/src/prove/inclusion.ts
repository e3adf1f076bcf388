/**
 * Inclusion proofs of RFC 6962 section 2.1.1: that one leaf stands at one index of a tree of a known size and root.
 *
 * The proof is what the leaf was hashed with on its way to the root, the nearest first.
 */
import { LedgerError } from '../errors.ts'
import { type Hash, nodeOf } from '../tree.ts'
import { isHash, type LeafRange, rangeRoot, type Subtrees, splitOf } from './subtrees.ts'

/**
 * The proof for the leaf at `index` in the tree of the first `size` leaves, at most 53 hashes.
 *
 * It is not checked against a root: whoever hands it on compares with a signed one (`verifyInclusion`). Rejects with
 * LEDGER_OPTION_INVALID unless 0 ≤ index < size, and with what `subtrees` rejects with.
 *
 *     const proof = await inclusionProof(await TreeReader.open(dir), 7, 1000)
 */
export async function inclusionProof(subtrees: Subtrees, index: number, size: number): Promise<Hash[]> {
  if (!isInside(index, size)) throw new LedgerError('LEDGER_OPTION_INVALID', `index ${index} is not below size ${size}`)
  const siblings: LeafRange[] = []
  let here: LeafRange = { first: 0, end: size }
  while (here.end - here.first > 1) {
    const middle = here.first + splitOf(here.end - here.first)
    const left = { first: here.first, end: middle }
    const right = { first: middle, end: here.end }
    siblings.unshift(index < middle ? right : left)
    here = index < middle ? left : right
  }
  const proof: Hash[] = []
  for (const sibling of siblings) proof.push(await rangeRoot(subtrees, sibling))
  return proof
}

export interface InclusionClaim {
  readonly index: number
  readonly size: number
  readonly leaf: Hash
  readonly root: Hash
  readonly proof: readonly Hash[]
}

/**
 * Whether `leaf` stands at `index` of the tree of `size` leaves with this root. False for anything malformed; never throws.
 *
 *     verifyInclusion({ index: 7, size: 1000, leaf: leafOf(line), root, proof })
 */
export function verifyInclusion({ index, size, leaf, root, proof }: InclusionClaim): boolean {
  if (!isInside(index, size) || ![leaf, root, ...proof].every(isHash)) return false
  // `here` and `last` are the leaf's and the last leaf's places on the current level; both are 0 at the root.
  let here = index
  let last = size - 1
  let found = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (here % 2 === 1 || here === last) {
      found = nodeOf(sibling, found)
      // A last node without a sibling rises as it is, to the first level where it is somebody's right one.
      while (here % 2 === 0 && here > 0) {
        here /= 2
        last = Math.floor(last / 2)
      }
    } else {
      found = nodeOf(found, sibling)
    }
    here = Math.floor(here / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && found === root
}

function isInside(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size
}
