/**
 * The hashes of a log on disk: from its tiles where they are, else from its lines.
 *
 * Nothing read here is trusted. Whoever builds a proof compares it with a signed root, and where a tile was wrong begins
 * again with `TreeReader.open(dir, { tiles: false })`, which believes the lines only.
 */

import { foldTile, tileHeight, tileWidth } from '../tile.ts'
import { type Hash, nodeOf } from '../tree.ts'
import { LeafReader } from './leaf-reader.ts'
import type { Subtrees } from './subtrees.ts'
import { TileFiles } from './tile-files.ts'

export interface TreeReaderOptions {
  /** Default true. False computes every hash from the entries, which takes as long as reading them. */
  readonly tiles?: boolean
}

/** Answers with the hash of any perfect subtree of one writer's log. Close it when done. */
export class TreeReader implements Subtrees {
  readonly #tiles: TileFiles | undefined
  readonly #leaves: LeafReader
  readonly #known: ReadonlyMap<string, Hash>

  private constructor(tiles: TileFiles | undefined, leaves: LeafReader, known: ReadonlyMap<string, Hash>) {
    this.#tiles = tiles
    this.#leaves = leaves
    this.#known = known
  }

  /** Opens a writer directory for reading; it may be written to meanwhile. Never rejects: what is missing shows in `subtree`. */
  static async open(writerDir: string, { tiles = true }: TreeReaderOptions = {}): Promise<TreeReader> {
    const leaves = new LeafReader(writerDir)
    return new TreeReader(tiles ? new TileFiles(writerDir) : undefined, leaves, new Map())
  }

  /** Rejects with LEDGER_TREE_INCOMPLETE where neither a tile nor the entries are there. */
  async subtree(level: number, index: number): Promise<Hash> {
    const known = this.#known.get(`${level}/${index}`)
    if (known !== undefined) return known
    const found = (await this.#fromTile(level, index)) ?? (await this.#fromLines(level, index))
    return found
  }

  async close(): Promise<void> {
    await this.#leaves.close()
  }

  async #fromTile(level: number, index: number): Promise<Hash | undefined> {
    if (!this.#tiles) return undefined
    const inner = level % tileHeight
    const count = 2 ** inner
    const first = (index * count) % tileWidth
    const hashes = await this.#tiles.read(
      (level - inner) / tileHeight,
      Math.floor((index * count) / tileWidth),
      first + count,
    )
    return hashes && foldTile(hashes.slice(first, first + count))
  }

  async #fromLines(level: number, index: number): Promise<Hash> {
    if (level < tileHeight) {
      const count = 2 ** level
      return foldTile(await this.#leaves.read(index * count, count))
    }
    return nodeOf(await this.subtree(level - 1, index * 2), await this.subtree(level - 1, index * 2 + 1))
  }
}
