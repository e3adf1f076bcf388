/**
 * A map that forgets: what was used lately stays, memory stays bounded, and nothing is tracked per use.
 *
 * Two generations: new entries go into the young one; when that is full it becomes the old one and the former old one is
 * dropped. An entry found in the old one moves to the young one, so what is in use survives every turn.
 */
export class BoundedCache<V> {
  readonly #generationMax: number
  #young = new Map<string, V>()
  #old = new Map<string, V>()

  /** Holds at most twice `generationMax` entries. */
  constructor(generationMax: number) {
    this.#generationMax = generationMax
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.set(key, old)
    return old
  }

  set(key: string, value: V): void {
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
  }
}
