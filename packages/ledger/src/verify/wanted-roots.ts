/**
 * Roots the log has to have had at certain sizes, compared while it is read: at the moment the tree has that size, so that
 * nothing is kept for each of them, however many there are.
 *
 * Where such a root comes from (kept by a person, stated by a key epoch, held by an anchor) is its label's business.
 */
import type { LedgerErrorCode } from '../errors.ts'
import { type Hash, hashToHex } from '../tree.ts'
import type { Break } from './report.ts'

export interface WantedRoot {
  readonly size: number
  /** Of the first `size` entries, 64 hex digits. */
  readonly root: string
  /** What a difference is called. */
  readonly code: LedgerErrorCode
  /** Whose root it is, as in "its first 7 entries had the root … that you kept". */
  readonly label: string
  /** The file that says so, relative to the writer directory; `checkpoint` by default. */
  readonly file?: string
}

export class WantedRoots {
  readonly #wanted: readonly WantedRoot[]
  /** Sizes that no log can have, from a caller that did not look. */
  readonly #impossible: readonly WantedRoot[]
  #at = 0
  /** Those that were compared and are others. */
  readonly #different: WantedRoot[] = []

  constructor(wanted: readonly WantedRoot[]) {
    this.#wanted = wanted.filter(({ size }) => isSize(size)).sort((a, b) => a.size - b.size)
    this.#impossible = wanted.filter(({ size }) => !isSize(size))
    this.reach(0, () => emptyRoot)
  }

  /** The next size to call `reach` at; infinite when there is none. */
  get nextSize(): number {
    return this.#wanted[this.#at]?.size ?? Number.POSITIVE_INFINITY
  }

  /** The sizes above `after` and up to `last` that have not been reached, each once. */
  sizesWithin(after: number, last: number): number[] {
    const sizes: number[] = []
    for (let at = this.#at; at < this.#wanted.length; at++) {
      const size = this.#wanted[at]?.size ?? last
      if (size > last) break
      if (size > after && size !== sizes.at(-1)) sizes.push(size)
    }
    return sizes
  }

  /** The tree has this size. Sizes only grow; one that was passed over counts as different. */
  reach(size: number, rootNow: () => Hash): void {
    let found: string | undefined
    for (; this.nextSize <= size; this.#at++) {
      const one = this.#wanted[this.#at]
      if (!one) return
      if (one.size === size) found ??= hashToHex(rootNow())
      if (one.size < size || one.root !== found) this.#different.push(one)
    }
  }

  /** A break for each root that a log of so many entries does not, or no longer, have. By size. */
  breaks(entries: number): Break[] {
    const others = this.#different.filter(({ size }) => size <= entries)
    const unreached = this.#wanted.slice(this.#at).filter(({ size }) => size <= entries)
    const beyond = [...this.#wanted.filter(({ size }) => size > entries), ...this.#impossible]
    return [
      ...[...others, ...unreached].map((one) => asBreak(one, entries, 'these are others')),
      ...beyond.map((one) => asBreak(one, entries, `there are ${entries}`)),
    ]
  }
}

function asBreak({ size, root, code, label, file = 'checkpoint' }: WantedRoot, entries: number, is: string): Break {
  const message = `its first ${size} entries had the root ${root} ${label}, ${is}`
  return { code, n: isSize(size) ? Math.min(size, entries) : entries, file, offset: 0, message }
}

function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0
}

const emptyRoot: Hash = Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex').toString(
  'latin1',
)
