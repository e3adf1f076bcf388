/**
 * A row of perfect subtrees side by side, folded as far as it can be: what stands between two places of a growing tree.
 *
 * Two neighbours become one as soon as they are the two halves of a larger subtree, that is when the left one begins at a
 * multiple of twice its size. A row that begins at 0 is the frontier of a tree.
 */
import { type Hash, nodeOf } from './tree.ts'

interface Part {
  readonly first: number
  readonly size: number
  readonly hash: Hash
}

export class SubtreeRow {
  readonly #first: number
  readonly #parts: Part[] = []

  /** A row that begins at the leaf `first`. */
  constructor(first: number) {
    this.#first = first
  }

  /** The leaf behind the row. */
  get next(): number {
    const last = this.#parts.at(-1)
    return last ? last.first + last.size : this.#first
  }

  get hashes(): Hash[] {
    return this.#parts.map((part) => part.hash)
  }

  /** Adds the subtree of `size` leaves that begins behind the row. */
  push(hash: Hash, size = 1): void {
    let right: Part = { first: this.next, size, hash }
    for (;;) {
      const left = this.#parts.at(-1)
      if (left?.size !== right.size || left.first % (2 * left.size) !== 0) break
      this.#parts.pop()
      right = { first: left.first, size: 2 * left.size, hash: nodeOf(left.hash, right.hash) }
    }
    this.#parts.push(right)
  }

  /** The root of the tree that a row which began at 0 is; undefined for an empty one. */
  root(): Hash | undefined {
    return this.#parts.length === 0
      ? undefined
      : this.#parts.map((part) => part.hash).reduceRight((right, left) => nodeOf(left, right))
  }
}
