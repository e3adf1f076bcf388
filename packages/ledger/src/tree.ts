/**
 * The Merkle tree of RFC 6962 section 2.1, grown one leaf at a time and holding only its right edge.
 *
 *     leaf = SHA-256(0x00 ‖ line)     node = SHA-256(0x01 ‖ left ‖ right)     empty tree = SHA-256()
 *
 * Hashes are strings of 32 Latin-1 characters: one call gives one string, where a Buffer would cost three times as much.
 */
import { hash } from 'node:crypto'

/** 32 bytes, one character each. */
export type Hash = string

/** The root of a tree without leaves. */
export const emptyRoot: Hash = hash('sha256', '', 'binary')

/** The leaf of a line given as text, without its line feed. */
export function leafOf(line: string): Hash {
  return hash('sha256', `\0${line}`, 'binary')
}

/** The leaf of a line given as bytes. The byte in front of it is overwritten, so that nothing has to be copied. */
export function leafIn(bytes: Buffer, start: number, end: number): Hash {
  bytes[start - 1] = 0
  // A plain view: half the price of a Buffer's.
  return hash('sha256', new Uint8Array(bytes.buffer, bytes.byteOffset + start - 1, end - start + 1), 'binary')
}

/** A growing tree. Its frontier is one hash for each 1 bit of its size, largest subtree first: seven leaves are a four, a two and a one. */
export class Tree {
  #size = 0
  #frontier: Hash[] = []
  /** The newest node of each level, closed here. */
  readonly #newest: Hash[] = []

  /** Continues a tree whose frontier was kept. The caller checks the root before trusting it. */
  static from(size: number, frontier: readonly Hash[]): Tree {
    const tree = new Tree()
    tree.#size = size
    tree.#frontier = [...frontier]
    return tree
  }

  get size(): number {
    return this.#size
  }

  get frontier(): readonly Hash[] {
    return this.#frontier
  }

  /** The last whole subtree of 2^level leaves that was closed here; empty before the first. */
  newestOf(level: number): Hash {
    return this.#newest[level] ?? ''
  }

  /** Adds a leaf. It closes as many subtrees as the old size has 1 bits at its end. */
  push(leaf: Hash): void {
    let right = leaf
    let level = 0
    this.#newest[0] = leaf
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      right = nodeOf(this.#frontier.pop() ?? '', right)
      level += 1
      this.#newest[level] = right
    }
    this.#frontier.push(right)
    this.#size += 1
  }

  /** Only the joins between the subtrees are still open, so the root folds in from the right: root(7) = H(four, H(two, one)). */
  root(): Hash {
    return foldFrontier(this.#frontier)
  }
}

/** The root of the tree that has this frontier. */
export function foldFrontier(frontier: readonly Hash[]): Hash {
  return frontier.length === 0 ? emptyRoot : frontier.reduceRight((right, left) => nodeOf(left, right))
}

/** The first index and the size of each subtree in the frontier of a tree of `size` leaves, largest first. */
export function frontierRanges(size: number): { first: number; size: number }[] {
  const ranges: { first: number; size: number }[] = []
  let first = 0
  while (first < size) {
    let part = 1
    while (part * 2 <= size - first) part *= 2
    ranges.push({ first, size: part })
    first += part
  }
  return ranges
}

/** How many 1 bits a size has, and so how many hashes its frontier. Exact up to 2^53 - 1. */
export function frontierLength(size: number): number {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}

export function hashToHex(value: Hash): string {
  return Buffer.from(value, 'latin1').toString('hex')
}

export function hashToBase64(value: Hash): string {
  return Buffer.from(value, 'latin1').toString('base64')
}

/** The hash a canonical base64 text of 32 bytes stands for, or undefined. */
export function parseHash(text: string): Hash | undefined {
  if (text.length !== 44) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === 32 && bytes.toString('base64') === text ? bytes.toString('latin1') : undefined
}

const node = Buffer.alloc(65)
node[0] = 1

/** The hash over two subtrees, each exactly 32 bytes long. */
export function nodeOf(left: Hash, right: Hash): Hash {
  node.write(left, 1, 32, 'latin1')
  node.write(right, 33, 32, 'latin1')
  return hash('sha256', node, 'binary')
}
