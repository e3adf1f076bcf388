/**
 * The hashes that seals keep: where a segment was purged, tiles and all, its seal still says what the tree over it is.
 *
 * Like tiles they are taken as they lie there. What they lead to is compared with a signed root, so their signatures need no look.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sealFile, sealsAmong, segmentDirectory, segmentsAmong } from '../layout.ts'
import { noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import { parseSeal, rangeSubtrees } from '../seal.ts'
import type { Hash } from '../tree.ts'

/** Seals kept in memory, of 40 hashes at most. */
const keptMax = 64

/** Hashes by the first leaf and the size of their subtree. */
type Parts = ReadonlyMap<string, Hash>

export class SealFiles {
  readonly #dir: string
  #names: { readonly seals: readonly number[]; readonly segments: readonly number[] } | undefined
  readonly #kept = new Map<number, Parts>()

  constructor(dir: string) {
    this.#dir = dir
  }

  /** The hash of a subtree that is one of a seal's own; `purged`: only where the entries themselves are gone. */
  async find(level: number, index: number, purged: boolean): Promise<Hash | undefined> {
    this.#names ??= await this.#list()
    const size = 2 ** level
    const first = index * size
    const seal = this.#names.seals.findLast((one) => one <= first)
    if (seal === undefined || (purged && this.#names.segments.includes(seal))) return undefined
    const parts = this.#kept.get(seal) ?? (await this.#read(seal))
    this.#kept.set(seal, parts)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest)
    return parts.get(`${first}:${size}`)
  }

  async #list(): Promise<{ seals: number[]; segments: number[] }> {
    const names = await readdir(join(this.#dir, segmentDirectory)).catch(() => [])
    return { seals: sealsAmong(names), segments: segmentsAmong(names) }
  }

  async #read(first: number): Promise<Parts> {
    const bytes = await readSmallFile(join(this.#dir, sealFile(first)), noteBytesMax).catch(() => undefined)
    const note = bytes && parseNote(bytes)
    const seal = note && parseSeal(note.text)
    if (seal?.first !== first) return new Map()
    return new Map(rangeSubtrees(seal).map((part, i) => [`${part.first}:${part.size}`, seal.hashes[i] ?? '']))
  }
}
