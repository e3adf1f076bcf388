/**
 * Consistency proofs of RFC 6962 section 2.1.2: that one tree is the beginning of another, so nothing in it was changed.
 *
 * A witness, or whoever kept an old root, checks one before believing a newer checkpoint.
 */
import { LedgerError } from '../errors.ts'
import { emptyRoot, type Hash, nodeOf } from '../tree.ts'
import { isHash, type LeafRange, rangeRoot, type Subtrees, splitOf } from './subtrees.ts'

/**
 * The proof that the first `from` of `to` leaves are the tree of size `from`; empty when `from` is 0 or `to`.
 *
 * It is not checked against roots. Rejects with LEDGER_OPTION_INVALID unless 0 ≤ from ≤ to, and with what `subtrees`
 * rejects with.
 *
 *     const proof = await consistencyProof(await TreeReader.open(dir), 700, 1000)
 */
export async function consistencyProof(subtrees: Subtrees, from: number, to: number): Promise<Hash[]> {
  if (!isOrdered(from, to)) throw new LedgerError('LEDGER_OPTION_INVALID', `sizes ${from} and ${to} are not in order`)
  if (from === 0 || from === to) return []
  const parts: LeafRange[] = []
  let here: LeafRange = { first: 0, end: to }
  while (from < here.end) {
    const middle = here.first + splitOf(here.end - here.first)
    const left = { first: here.first, end: middle }
    const right = { first: middle, end: here.end }
    parts.unshift(from <= middle ? right : left)
    here = from <= middle ? left : right
  }
  // Here is where the old tree ends. Beginning at 0 it is the old tree itself, and the verifier has that root.
  if (here.first > 0) parts.unshift(here)
  const proof: Hash[] = []
  for (const part of parts) proof.push(await rangeRoot(subtrees, part))
  return proof
}

export interface ConsistencyClaim {
  readonly from: number
  readonly fromRoot: Hash
  readonly to: number
  readonly toRoot: Hash
  readonly proof: readonly Hash[]
}

/**
 * Whether the tree of size `from` with `fromRoot` is the beginning of the one of size `to` with `toRoot`. False for anything
 * malformed; never throws. The empty tree (its root is SHA-256 of nothing) is the beginning of every tree, by an empty proof.
 *
 *     verifyConsistency({ from: 700, fromRoot: kept, to: 1000, toRoot: root, proof })
 */
export function verifyConsistency({ from, fromRoot, to, toRoot, proof }: ConsistencyClaim): boolean {
  if (!isOrdered(from, to) || ![fromRoot, toRoot, ...proof].every(isHash)) return false
  if (from === to) return proof.length === 0 && fromRoot === toRoot && (from > 0 || fromRoot === emptyRoot)
  if (from === 0) return proof.length === 0 && fromRoot === emptyRoot
  // The place of the old tree's last subtree, and of the new tree's last leaf, on the level of that subtree.
  let here = from - 1
  let last = to - 1
  while (here % 2 === 1) {
    here = Math.floor(here / 2)
    last = Math.floor(last / 2)
  }
  // A size that is a power of two is one subtree, whose root the verifier has already.
  const path = here === 0 ? [fromRoot, ...proof] : proof
  const [first, ...rest] = path
  if (first === undefined) return false
  let old = first
  let found = first
  for (const sibling of rest) {
    if (last === 0) return false
    if (here % 2 === 1 || here === last) {
      old = nodeOf(sibling, old)
      found = nodeOf(sibling, found)
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
  return last === 0 && old === fromRoot && found === toRoot
}

function isOrdered(from: number, to: number): boolean {
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to
}
