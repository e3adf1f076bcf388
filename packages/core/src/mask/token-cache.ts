/**
 * Tokens made lately, by what they are for and of what: an HMAC costs thirty times as much as finding one here.
 *
 * Values are looked up as they are, in a map per purpose and tenant: joining the three into one key would cost more than
 * the rest of a look-up. It forgets like `BoundedCache`, by generations that all the maps share.
 */
type Generation = Map<string, Map<string, string>>

export class TokenCache {
  readonly #generationMax: number
  #young: Generation = new Map()
  #old: Generation = new Map()
  #size = 0

  /** Holds at most twice `generationMax` tokens. */
  constructor(generationMax: number) {
    this.#generationMax = generationMax
  }

  get(family: string, value: string): string | undefined {
    const young = this.#young.get(family)?.get(value)
    if (young !== undefined) return young
    const old = this.#old.get(family)?.get(value)
    if (old !== undefined) this.set(family, value, old)
    return old
  }

  set(family: string, value: string, token: string): void {
    if (this.#size >= this.#generationMax) {
      this.#old = this.#young
      this.#young = new Map()
      this.#size = 0
    }
    let tokens = this.#young.get(family)
    if (tokens === undefined) {
      tokens = new Map()
      this.#young.set(family, tokens)
    }
    tokens.set(value, token)
    this.#size += 1
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
    this.#size = 0
  }
}
