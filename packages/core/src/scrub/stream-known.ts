/**
 * What was found out about names and values of log lines: a bounded table from bytes to a verdict. Bytes are compared in full;
 * the hash only finds the place.
 */

/** A name in its place (within the names around it), or a name with a value. */
export interface Known {
  readonly bytes: Uint8Array
  readonly text: string
  readonly around: Known | undefined
  /** For a name: numbers and words of JSON come back. For a pair: this value does. */
  readonly harmless: boolean
  /** For a name: ids and times come back too. */
  readonly shapes: boolean
  readonly next: Known | undefined
}

const knownMax = 8_192

export class KnownTable {
  #table = new Map<number, Known>()
  #size = 0

  find(bytes: Uint8Array, start: number, end: number, around: Known | undefined): Known | undefined {
    for (let one = this.#table.get(hashOf(bytes, start, end)); one !== undefined; one = one.next)
      if (one.around === around && equals(one.bytes, bytes, start, end)) return one
    return undefined
  }

  learn(
    bytes: Uint8Array,
    start: number,
    end: number,
    around: Known | undefined,
    text: string,
    harmless: boolean,
    shapes = false,
  ): Known {
    if (this.#size >= knownMax) this.clear()
    this.#size += 1
    const hash = hashOf(bytes, start, end)
    const known: Known = { bytes: bytes.slice(start, end), text, around, harmless, shapes, next: this.#table.get(hash) }
    this.#table.set(hash, known)
    return known
  }

  clear(): void {
    this.#table = new Map()
    this.#size = 0
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193)
  return hash | 0
}

function equals(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let i = start; i < end; i++) if (known[i - start] !== bytes[i]) return false
  return true
}
