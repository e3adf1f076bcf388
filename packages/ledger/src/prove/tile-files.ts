/**
 * The tile files of one writer directory, as they lie there: missing, cut short or wrong, for all it knows.
 *
 * A full tile is looked for first, then the widest partial one. What is not exactly as long as its name says is passed over.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readSmallFile } from '../read/small-file.ts'
import { hashBytes, parseTile, partialDirectory, tileFile, tileWidth } from '../tile.ts'
import type { Hash } from '../tree.ts'

/** Tiles kept in memory, missing ones included: the way from a leaf to the root meets seven at most. */
const keptMax = 32

export class TileFiles {
  readonly #dir: string
  /** The one used last stands last. No hashes: no such file. */
  readonly #kept = new Map<string, readonly Hash[]>()

  constructor(dir: string) {
    this.#dir = dir
  }

  /** At least the first `count` hashes of a tile, or undefined where no such tile is found. */
  async read(level: number, index: number, count: number): Promise<readonly Hash[] | undefined> {
    const key = `${level}/${index}`
    const found =
      this.#kept.get(key) ??
      (await this.#readWidth(level, index, tileWidth)) ??
      (await this.#readPartial(level, index)) ??
      []
    this.#kept.delete(key)
    this.#kept.set(key, found)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest)
    return found.length >= count ? found : undefined
  }

  forget(): void {
    this.#kept.clear()
  }

  async #readPartial(level: number, index: number): Promise<Hash[] | undefined> {
    const names = await readdir(join(this.#dir, partialDirectory(level, index))).catch(() => [])
    const widths = names.filter((name) => /^[1-9][0-9]{0,2}$/.test(name)).map(Number)
    for (const width of widths.filter((one) => one < tileWidth).sort((a, b) => b - a)) {
      const found = await this.#readWidth(level, index, width)
      if (found) return found
    }
    return undefined
  }

  async #readWidth(level: number, index: number, width: number): Promise<Hash[] | undefined> {
    const path = join(this.#dir, tileFile({ level, index, width }))
    const bytes = await readSmallFile(path, width * hashBytes).catch(() => undefined)
    return bytes && parseTile(bytes, width)
  }
}
