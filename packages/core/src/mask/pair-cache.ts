/**
 * Things found lately by two keys, such as a token by what it is for and of what: an HMAC costs thirty times as much as a look-up.
 *
 * The keys are looked up as they are, in a map per first key: joining them into one text would cost more than the rest. It
 * forgets like `BoundedCache`, by generations that all the maps share.
 */
type Generation<K, V> = Map<K, Map<string, V>>

export class PairCache<K, V> {
  readonly #generationMax: number
  #young: Generation<K, V> = new Map()
  #old: Generation<K, V> = new Map()
  #size = 0

  /** Holds at most twice `generationMax` things. */
  constructor(generationMax: number) {
    this.#generationMax = generationMax
  }

  get(first: K, second: string): V | undefined {
    const young = this.#young.get(first)?.get(second)
    if (young !== undefined) return young
    const old = this.#old.get(first)?.get(second)
    if (old !== undefined) this.set(first, second, old)
    return old
  }

  set(first: K, second: string, value: V): void {
    if (this.#size >= this.#generationMax) {
      this.#old = this.#young
      this.#young = new Map()
      this.#size = 0
    }
    let values = this.#young.get(first)
    if (values === undefined) {
      values = new Map()
      this.#young.set(first, values)
    }
    values.set(second, value)
    this.#size += 1
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
    this.#size = 0
  }
}
