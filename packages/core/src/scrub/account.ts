/**
 * The account of what was removed: where, by which rule, how often. Places are paths of names; data is never in them.
 */
import type { Redaction } from './scrubber.ts'

const entriesMax = 100
const pathCharsMax = 200

/** Collects removals. Bounded: what comes after 100 different ones is counted under the path `*` as `overflow`. */
export class Account {
  readonly #path: string[] = []
  readonly #counts = new Map<string, { readonly path: string; readonly rule: string; n: number }>()
  #overflow = 0

  /** Steps into a member; `name` is a plain name, `*` or `[]`. */
  enter(name: string): void {
    this.#path.push(name)
  }

  leave(): void {
    this.#path.pop()
  }

  /** Counts one removal at the current place. */
  add(rule: string): void {
    const path = this.#path.join('.').replaceAll('.[]', '[]').slice(0, pathCharsMax)
    const key = `${rule} ${path}`
    const found = this.#counts.get(key)
    if (found !== undefined) found.n += 1
    else if (this.#counts.size >= entriesMax) this.#overflow += 1
    else this.#counts.set(key, { path, rule, n: 1 })
  }

  redactions(): readonly Redaction[] {
    const all: Redaction[] = [...this.#counts.values()]
    if (this.#overflow > 0) all.push({ path: '*', rule: 'overflow', n: this.#overflow })
    return all
  }
}
