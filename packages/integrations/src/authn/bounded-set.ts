/** Remembers texts, and forgets the oldest when there are too many: clients decide how many there are. */
export class BoundedSet {
  readonly #sizeMax: number
  readonly #texts = new Set<string>()

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  has(text: string): boolean {
    return this.#texts.has(text)
  }

  /** False when it was there already. */
  add(text: string): boolean {
    if (this.#texts.has(text)) return false
    if (this.#texts.size >= this.#sizeMax) for (const oldest of this.#texts) if (this.#texts.delete(oldest)) break
    this.#texts.add(text)
    return true
  }
}
