/**
 * The hashes of a log on disk: from its tiles where they are, else from seals, else from its lines.
 *
 * Nothing read here is trusted. Whoever builds a proof compares it with a signed root; `prove.ts` shows how to begin again
 * without the tiles of one level, or without all, when a tile was wrong.
 */
import { join } from 'node:path'
import { parseCheckpoint } from '../checkpoint.ts'
import { frontierBytesMax, parseFrontiers, treeOf } from '../frontier.ts'
import { checkpointFile, frontierFile } from '../layout.ts'
import { noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import { foldTile, tileHeight, tileWidth } from '../tile.ts'
import { frontierRanges, type Hash, leafIn, nodeOf } from '../tree.ts'
import { EntryLines } from './entry-lines.ts'
import { SealFiles } from './seal-files.ts'
import type { Subtrees } from './subtrees.ts'
import { TileFiles } from './tile-files.ts'

/** Below a tile that is missing, or not full yet, up to 16 tiles are read at once: waiting for each would take longer. */
const togetherLevelMax = 12

export interface TreeReaderOptions {
  /**
   * Whether tiles are used: default true, false for none (every hash then comes from the lines where there are lines, which
   * takes as long as reading them), or a function that says so for each level of tiles.
   */
  readonly tiles?: boolean | ((tileLevel: number) => boolean)
}

/**
 * Answers with the hash of any perfect subtree of one writer's log. What it holds is small: open one for each proof, so
 * that it sees the newest files.
 *
 *     const reader = await TreeReader.open('/var/audit/clinic/audit.standard/w-3f9c1e7a22b0')
 *     const half = await reader.subtree(3, 0) // the root over entries 0 to 7
 */
export class TreeReader implements Subtrees {
  readonly #tiles: TileFiles
  readonly #seals: SealFiles
  readonly #lines: EntryLines
  readonly #uses: (tileLevel: number) => boolean
  /** The right edge, by level and index. */
  readonly #edge: ReadonlyMap<string, Hash>
  /** The leaves below one tile, as far as they could be read from lines. */
  #block: { readonly start: number; readonly hashes: readonly Hash[] } = { start: 0, hashes: [] }

  private constructor(dir: string, uses: (tileLevel: number) => boolean, edge: ReadonlyMap<string, Hash>) {
    this.#tiles = new TileFiles(dir)
    this.#seals = new SealFiles(dir)
    this.#lines = new EntryLines(dir)
    this.#uses = uses
    this.#edge = edge
  }

  /** Opens a writer directory for reading; it may be written to meanwhile. Never rejects: what is missing shows in `subtree`. */
  static async open(writerDir: string, { tiles = true }: TreeReaderOptions = {}): Promise<TreeReader> {
    const uses = typeof tiles === 'function' ? tiles : () => tiles
    return new TreeReader(writerDir, uses, tiles === false ? new Map() : await readEdge(writerDir))
  }

  /** Rejects with LEDGER_TREE_INCOMPLETE where neither a tile nor a seal nor the entries have it. */
  async subtree(level: number, index: number): Promise<Hash> {
    const known =
      this.#edge.get(`${level}/${index}`) ??
      (await this.#fromTile(level, index)) ??
      (await this.#seals.find(level, index, !this.#uses(0)))
    if (known !== undefined) return known
    if (level <= tileHeight) {
      const found = await this.#fromLeaves(level, index).catch((error: unknown) => {
        // Where a purged segment ends, a seal may have the one half and lines the other.
        if (level === 0) throw error
      })
      if (found !== undefined) return found
    }
    const left = () => this.subtree(level - 1, index * 2)
    const right = () => this.subtree(level - 1, index * 2 + 1)
    // From lines one after the other, since the next ones stand right behind.
    const together = level > tileHeight && level <= togetherLevelMax && this.#uses(0)
    if (!together) return nodeOf(await left(), await right())
    const [first, second] = await Promise.all([left(), right()])
    return nodeOf(first, second)
  }

  /** The leaf of an entry as its line has it, whatever the tiles say. Rejects with LEDGER_TREE_INCOMPLETE. */
  async leaf(index: number): Promise<Hash> {
    const [leaf = ''] = this.#fromBlock(index, 1) ?? (await this.#visit(index, 1))
    return leaf
  }

  /** Lets go of everything. Nothing is open between calls, so forgetting it does no harm. */
  async close(): Promise<void> {
    this.#tiles.forget()
    this.#block = { start: 0, hashes: [] }
  }

  async #fromTile(level: number, index: number): Promise<Hash | undefined> {
    const inner = level % tileHeight
    const tileLevel = (level - inner) / tileHeight
    if (!this.#uses(tileLevel)) return undefined
    const count = 2 ** inner
    const first = (index * count) % tileWidth
    const hashes = await this.#tiles.read(tileLevel, Math.floor((index * count) / tileWidth), first + count)
    return hashes && foldTile(hashes.slice(first, first + count))
  }

  /** At most a full tile of level 0, which may be there where the one above it is missing. */
  async #fromLeaves(level: number, index: number): Promise<Hash> {
    const tile = level === tileHeight && this.#uses(0) ? await this.#tiles.read(0, index, tileWidth) : undefined
    return foldTile(tile ?? (await this.#leaves(index * 2 ** level, 2 ** level)))
  }

  /** Leaves from lines. Where a tile is missing its siblings will be asked for next, so all of its leaves are read at once. */
  async #leaves(first: number, count: number): Promise<readonly Hash[]> {
    const kept = this.#fromBlock(first, count)
    if (kept) return kept
    const start = first - (first % tileWidth)
    const hashes: Hash[] = []
    // The block may end with the log, or be damaged further on.
    await this.#visit(start, tileWidth, hashes).catch(() => undefined)
    this.#block = { start, hashes }
    return this.#fromBlock(first, count) ?? (await this.#visit(first, count))
  }

  #fromBlock(first: number, count: number): Hash[] | undefined {
    const { start, hashes } = this.#block
    const inside = first >= start && first + count <= start + hashes.length
    return inside ? hashes.slice(first - start, first - start + count) : undefined
  }

  async #visit(first: number, count: number, leaves: Hash[] = []): Promise<Hash[]> {
    await this.#lines.visit(first, count, (bytes, start, end) => leaves.push(leafIn(bytes, start, end)))
    return leaves
  }
}

/** The kept right edge, if its hashes fold to the root of the checkpoint beside it. It saves reading tiles that are not full. */
async function readEdge(dir: string): Promise<ReadonlyMap<string, Hash>> {
  const edge = new Map<string, Hash>()
  const read = (name: string, bytesMax: number) => readSmallFile(join(dir, name), bytesMax).catch(() => undefined)
  const bytes = await read(checkpointFile, noteBytesMax)
  const note = bytes && parseNote(bytes)
  const checkpoint = note && parseCheckpoint(note.text)
  const kept = checkpoint && (await read(frontierFile, frontierBytesMax))
  if (!kept) return edge
  const { size, root } = checkpoint
  const frontier = parseFrontiers(kept).find((one) => one.size === size && treeOf(one).root() === root)
  if (!frontier) return edge
  for (const [i, part] of frontierRanges(size).entries()) {
    edge.set(`${Math.log2(part.size)}/${part.first / part.size}`, frontier.hashes[i] ?? '')
  }
  return edge
}
