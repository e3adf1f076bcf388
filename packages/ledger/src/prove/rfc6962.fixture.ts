/** RFC 6962 section 2.1 as it is written there, with lists of leaves: slow, and independent of the code under test. */
import { createHash } from 'node:crypto'
import type { Hash } from '../tree.ts'
import type { Subtrees } from './subtrees.ts'

export interface Reference {
  root(size: number): Hash
  /** PATH(m, D[0:n]) */
  path(m: number, size: number): Hash[]
  /** PROOF(m, D[0:n]) */
  proof(m: number, size: number): Hash[]
  leaf(index: number): Hash
  readonly subtrees: Subtrees
}

/** What is said here about a list never changes, so each MTH is worked out once. */
export function reference(entries: readonly string[]): Reference {
  const known = new Map<string, Hash>()
  const mth = (from: number, to: number): Hash => {
    const key = `${from}:${to}`
    const found = known.get(key) ?? work(from, to)
    known.set(key, found)
    return found
  }
  const work = (from: number, to: number): Hash => {
    const n = to - from
    if (n === 0) return sha256()
    if (n === 1) return sha256('\x00', utf8(entries[from] ?? ''))
    return sha256('\x01', mth(from, from + k(n)), mth(from + k(n), to))
  }
  const path = (m: number, from: number, to: number): Hash[] => {
    const n = to - from
    if (n === 1) return []
    const cut = k(n)
    return m < cut
      ? [...path(m, from, from + cut), mth(from + cut, to)]
      : [...path(m - cut, from + cut, to), mth(from, from + cut)]
  }
  const subproof = (m: number, from: number, to: number, whole: boolean): Hash[] => {
    const n = to - from
    if (m === n) return whole ? [] : [mth(from, to)]
    const cut = k(n)
    return m <= cut
      ? [...subproof(m, from, from + cut, whole), mth(from + cut, to)]
      : [...subproof(m - cut, from + cut, to, false), mth(from, from + cut)]
  }
  return {
    root: (size) => mth(0, size),
    path: (m, size) => path(m, 0, size),
    proof: (m, size) => subproof(m, 0, size, true),
    leaf: (index) => mth(index, index + 1),
    subtrees: { subtree: async (level, index) => mth(index * 2 ** level, (index + 1) * 2 ** level) },
  }
}

/** The largest power of two smaller than n. */
function k(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

function sha256(...parts: readonly string[]): Hash {
  return createHash('sha256').update(parts.join(''), 'latin1').digest('binary')
}

function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** A hash with one bit of it turned over. */
export function flipped(hash: Hash, bit: number): Hash {
  const bytes = Buffer.from(hash, 'latin1')
  const at = Math.floor(bit / 8) % bytes.length
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 8))
  return bytes.toString('latin1')
}

/** Every list of hashes that is one change away from `proof`: a bit, a hash more or less, two in the other order. */
export function mutations(proof: readonly Hash[]): Hash[][] {
  const all: Hash[][] = [
    [...proof, '\0'.repeat(32)],
    ['\0'.repeat(32), ...proof],
  ]
  for (const [i, hash] of proof.entries()) {
    all.push(proof.toSpliced(i, 1), proof.toSpliced(i, 0, hash))
    all.push(proof.with(i, flipped(hash, i * 37)), proof.with(i, hash.slice(1)), proof.with(i, `${hash}\0`))
    const other = proof[i + 1]
    if (other !== undefined) all.push(proof.toSpliced(i, 2, other, hash))
  }
  return all
}
