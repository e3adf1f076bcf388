/**
 * Leaves of a part of the tree, folded 256 at a time: most of the tree is whole blocks, and a block needs no more than the
 * bytes of its hashes, in cells that are ready to be hashed.
 *
 *     level 0    01 leaf0 leaf1 | 01 leaf2 leaf3 | …      128 cells of 65 bytes
 *     level 1    01 node0 node1 | …                        64 cells
 *     level 7    01 node0 node1                             1 cell, whose hash is the block
 */
import { hash } from 'node:crypto'
import { SubtreeRow } from '../subtree-row.ts'
import type { Hash } from '../tree.ts'

const blockLeaves = 256
const cellBytes = 65

export class LeafBlocks {
  #row: SubtreeRow
  readonly #levels = cellsOfLevels()
  readonly #leaves: Uint8Array
  #next: number
  /** Leaves in the block that is being filled; only whole blocks are filled, from their first leaf on. */
  #filled = 0

  constructor(first: number) {
    this.#row = new SubtreeRow(first)
    this.#next = first
    this.#leaves = this.#levels[0]?.bytes ?? new Uint8Array()
  }

  push(leaf: Hash): void {
    const place = this.#next % blockLeaves
    this.#next += 1
    if (place !== this.#filled) {
      this.#row.push(leaf)
      return
    }
    put(this.#leaves, place, leaf)
    this.#filled += 1
    if (this.#filled < blockLeaves) return
    this.#filled = 0
    this.#row.push(this.#fold(), blockLeaves)
  }

  /** The subtrees of everything pushed so far. What is left of its block is then added leaf by leaf. */
  hashes(): Hash[] {
    for (let at = 0; at < this.#filled; at++) this.#row.push(get(this.#leaves, at))
    this.#filled = 0
    return this.#row.hashes
  }

  #fold(): Hash {
    let found: Hash = ''
    for (const [at, { cells }] of this.#levels.entries()) {
      const above = this.#levels[at + 1]?.bytes
      for (let i = 0; i < cells.length; i++) {
        found = hash('sha256', cells[i] ?? '', 'binary')
        if (above) put(above, i, found)
      }
    }
    return found
  }
}

interface Level {
  readonly bytes: Uint8Array
  /** Views of `bytes`, made once: making one for each node would cost a tenth of hashing it. */
  readonly cells: readonly Uint8Array[]
}

function cellsOfLevels(): Level[] {
  const levels: Level[] = []
  for (let count = blockLeaves / 2; count >= 1; count /= 2) {
    const bytes = new Uint8Array(count * cellBytes)
    const cells = Array.from({ length: count }, (_, i) => bytes.subarray(i * cellBytes, (i + 1) * cellBytes))
    for (const cell of cells) cell[0] = 1
    levels.push({ bytes, cells })
  }
  return levels
}

function startOf(index: number): number {
  return (index >>> 1) * cellBytes + 1 + (index & 1) * 32
}

function put(bytes: Uint8Array, index: number, value: Hash): void {
  const at = startOf(index)
  for (let i = 0; i < 32; i++) bytes[at + i] = value.charCodeAt(i)
}

function get(bytes: Uint8Array, index: number): Hash {
  const at = startOf(index)
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, 32).toString('latin1')
}
