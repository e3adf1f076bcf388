/** Sizes and roots of one log, in 40 bytes each: an anchor log names as many as there were minutes. */
import { hashToHex } from '../tree.ts'
import type { WantedRoot } from './wanted-roots.ts'

const rootBytes = 32

export class RootList {
  #sizes = new Float64Array(16)
  #roots = Buffer.alloc(16 * rootBytes)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** `root` in hex. The same one again, as a restart writes it, is not kept twice. */
  add(size: number, root: string): void {
    const last = this.#count - 1
    if (last >= 0 && this.#sizes[last] === size && this.#rootAt(last) === root) return
    if (this.#count === this.#sizes.length) this.#grow()
    this.#sizes[this.#count] = size
    this.#roots.write(root, this.#count * rootBytes, rootBytes, 'hex')
    this.#count += 1
  }

  /** Everything in it, as something a log is compared with. */
  wanted(label: string): WantedRoot[] {
    return Array.from({ length: this.#count }, (_, i) => {
      return { size: this.#sizes[i] ?? 0, root: this.#rootAt(i), code: 'LEDGER_ROOT_ANCHORED', label }
    })
  }

  #rootAt(i: number): string {
    return hashToHex(this.#roots.toString('latin1', i * rootBytes, (i + 1) * rootBytes))
  }

  #grow(): void {
    const sizes = new Float64Array(this.#count * 2)
    sizes.set(this.#sizes)
    this.#sizes = sizes
    this.#roots = Buffer.concat([this.#roots], this.#count * 2 * rootBytes)
  }
}
