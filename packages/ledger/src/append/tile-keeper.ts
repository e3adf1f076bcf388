/**
 * Writes the tiles of the tree while it grows: every 256 leaves one on level 0, and every 256 of those one on level 1.
 *
 * Tiles are derived and nobody trusts them, so they are written beside the appending, never synced, and dropped when the disk
 * is slow. What is missing when a segment is sealed is then written from what was read back (`tile-completion.ts`).
 */
import { dirname, join } from 'node:path'
import type { Disk } from '../disk.ts'
import { formatTile, hashBytes, type TilePlace, tileFile, tileHeight, tileWidth } from '../tile.ts'
import type { Hash, Tree } from '../tree.ts'
import { writeAllLater } from './small-file.ts'
import { completeTiles } from './tile-completion.ts'
import { inTurn } from './turns.ts'

/** Tiles that wait for the disk, 2 MiB of them. */
const waitingMax = 256

interface WaitingTile extends TilePlace {
  readonly bytes: Buffer
}

export class TileKeeper {
  readonly #disk: Disk
  readonly #dir: string
  readonly #tree: Tree
  /** The tile that is filling on level 0, unless its first leaves were before this process. */
  #leaves: Hash[] | undefined
  /** The same on level 1. */
  #hashes: Hash[] | undefined
  readonly #waiting: WaitingTile[] = []
  /** Who waits for the tiles that were waiting when they asked: how many are still before them. */
  #askers: { before: number; answer(): void }[] = []
  #writing: Promise<void> | undefined
  /** Tiles on levels 0 and 1 that this process wrote, until what they cover is sealed. */
  readonly #written: readonly [Set<number>, Set<number>] = [new Set(), new Set()]
  #lastDirectory = ''
  #stopped = false
  /** Leaves of segments that were read back, by the index of the first. */
  readonly #collected = new Map<number, Buffer>()

  constructor(disk: Disk, dir: string, tree: Tree) {
    this.#disk = disk
    this.#dir = dir
    this.#tree = tree
  }

  /** The leaf that the tree got last. */
  add(leaf: Hash): void {
    const { size } = this.#tree
    const at = (size - 1) % tileWidth
    if (at === 0) this.#leaves = []
    if (!this.#leaves) return
    this.#leaves.push(leaf)
    if (at < tileWidth - 1) return
    const index = size / tileWidth - 1
    this.#put({ level: 0, index, width: tileWidth, bytes: formatTile(this.#leaves) })
    this.#leaves = undefined
    this.#addUpper(index)
  }

  /** Whether every tile on level 0 that ends in a segment was written by this process; waits for those that are about to be. */
  async hasLeaves(first: number, next: number): Promise<boolean> {
    if (!this.#stopped && this.#writing && !this.#areWritten(first, next)) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#askers.push({ before: this.#waiting.length + 1, answer: resolve })
      await promise
    }
    return this.#areWritten(first, next)
  }

  /** Takes the leaves of a segment that is read back, if a tile that ends in it is missing. */
  collect(first: number, next: number): ((leaf: Hash) => void) | undefined {
    this.#collected.delete(first)
    if (this.#areWritten(first, next)) return undefined
    const leaves = Buffer.allocUnsafe((next - first) * hashBytes)
    this.#collected.set(first, leaves)
    let at = 0
    return (leaf) => {
      leaves.write(leaf, at, hashBytes, 'latin1')
      at += hashBytes
    }
  }

  /** Writes what is missing up to the end of a segment that was sealed. Rejects only with what `pause` rejects with. */
  async complete(first: number, next: number, pause: () => Promise<void>): Promise<void> {
    const leaves = this.#collected.get(first)
    this.#collected.delete(first)
    await completeTiles({
      ...{ disk: this.#disk, dir: this.#dir, first, next, leaves, pause },
      isThere: (level, index) => this.#written[level]?.has(index) === true,
      write: (place, bytes) => this.#write({ ...place, bytes }),
    })
    for (const [level, written] of this.#written.entries()) {
      const end = Math.floor(next / tileWidth ** (level + 1))
      for (const index of written) if (index < end) written.delete(index)
    }
  }

  /** Resolves when nothing waits for the disk. */
  async finish(): Promise<void> {
    await this.#writing
  }

  stop(): void {
    this.#stopped = true
    this.#waiting.length = 0
    for (const { answer } of this.#askers.splice(0)) answer()
  }

  #areWritten(first: number, next: number): boolean {
    let index = Math.floor(first / tileWidth)
    while (this.#written[0].has(index)) index += 1
    return (index + 1) * tileWidth > next
  }

  #addUpper(index: number): void {
    const at = index % tileWidth
    if (at === 0) this.#hashes = []
    if (!this.#hashes) return
    this.#hashes.push(this.#tree.newestOf(tileHeight))
    if (at < tileWidth - 1) return
    const bytes = formatTile(this.#hashes)
    this.#put({ level: 1, index: (index + 1) / tileWidth - 1, width: tileWidth, bytes })
    this.#hashes = undefined
  }

  #put(tile: WaitingTile): void {
    if (this.#stopped || this.#waiting.length >= waitingMax) return
    this.#waiting.push(tile)
    this.#writing ??= this.#writeWaiting()
  }

  async #writeWaiting(): Promise<void> {
    for (let tile = this.#waiting.shift(); tile; tile = this.#waiting.shift()) {
      if (await this.#write(tile)) this.#written[tile.level]?.add(tile.index)
      for (const asker of this.#askers) if (--asker.before === 0) asker.answer()
      this.#askers = this.#askers.filter((asker) => asker.before > 0)
    }
    this.#writing = undefined
  }

  /** False when it could not be written: it is missing then, or shorter than it should be. */
  async #write({ bytes, ...place }: WaitingTile): Promise<boolean> {
    if (this.#stopped) return false
    const path = join(this.#dir, tileFile(place))
    try {
      await inTurn(async () => {
        this.#makeDirectory(dirname(path))
        const fd = await this.#disk.later.open(path, 'make')
        try {
          await writeAllLater(this.#disk, fd, bytes, 0)
        } finally {
          await this.#disk.later.close(fd)
        }
      })
      return true
    } catch {
      return false
    }
  }

  /** Blocking, and once for a thousand tiles. */
  #makeDirectory(path: string): void {
    if (path === this.#lastDirectory) return
    this.#disk.makeDirectory(path)
    this.#lastDirectory = path
  }
}
