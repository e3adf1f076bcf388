/**
 * Names with dots as a value with members: `user.name`, `items.0.token`. Loggers of flat lines write them; nested again, every
 * rule about structures holds for them too.
 */

/** One name and what stands under it. */
export interface Flat {
  readonly name: string
  readonly value: unknown
}

const levelsMax = 10

/** Objects that hold every pair, and a reader of what became of one of them once those objects were scrubbed. */
export class Nested {
  /** More than one only where two pairs want the same place. */
  readonly roots: Record<string, unknown>[] = []
  readonly #places: { readonly root: number; readonly path: readonly string[] }[] = []
  /** The objects made here. All others are the caller's, and nothing is written into them. */
  readonly #made = new Set<object>()

  constructor(pairs: readonly Flat[]) {
    let dotted = false
    for (const { name, value } of pairs) {
      const path = pathOf(name)
      dotted ||= path.length > 1
      let root = 0
      while (!this.#put(root, path, value)) root += 1
      this.#places.push({ root, path })
    }
    if (dotted) for (const [i, root] of this.roots.entries()) this.roots[i] = asRecord(this.#listed(root))
  }

  /** What pair `i` became; undefined when its name itself is not shown. */
  read(i: number, scrubbed: readonly unknown[]): unknown {
    const place = this.#places[i]
    if (place === undefined) return undefined
    let at = scrubbed[place.root]
    for (const step of place.path) {
      if (typeof at !== 'object' || at === null) return at
      at = Object.hasOwn(at, step) ? Reflect.get(at, step) : undefined
    }
    return at
  }

  #put(root: number, path: readonly string[], value: unknown): boolean {
    if (root > 8) return true
    this.roots[root] ??= this.#make()
    let at = this.roots[root]
    for (let i = 0; i < path.length - 1; i++) {
      const step = path[i] ?? ''
      const inner = Object.hasOwn(at, step) ? at[step] : undefined
      if (inner === undefined) {
        const made = this.#make()
        define(at, step, made)
        at = made
      } else if (this.#isMade(inner)) at = inner
      else return false
    }
    const last = path.at(-1) ?? ''
    if (Object.hasOwn(at, last)) return false
    define(at, last, value)
    return true
  }

  #make(): Record<string, unknown> {
    const made: Record<string, unknown> = {}
    this.#made.add(made)
    return made
  }

  #isMade(value: unknown): value is Record<string, unknown> {
    return isRecord(value) && this.#made.has(value)
  }

  /** Members called 0, 1, 2, … are a list. */
  #listed(value: unknown, top = true): unknown {
    if (!this.#isMade(value)) return value
    const keys = Object.keys(value)
    for (const key of keys) define(value, key, this.#listed(value[key], false))
    if (top || keys[0] !== '0' || !keys.every((key, i) => key === String(i))) return value
    return keys.map((key) => value[key])
  }
}

function pathOf(name: string): readonly string[] {
  if (!name.includes('.')) return [name]
  const path = name.split('.')
  return path.length > levelsMax || path.includes('') ? [name] : path
}

function define(target: Record<string, unknown>, name: string, value: unknown): void {
  // An assignment to the one name that is none would be lost.
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  else target[name] = value
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const asRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})
