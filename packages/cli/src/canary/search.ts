/** Looks for canaries in what came out of a path. */
import { type LeakFinder, leakFinder } from '@trailmark/core/testing'
import type { Canary } from './canaries.ts'

/** One canary that arrived. */
export interface Arrival {
  readonly canary: string
  /** How it was spelled there: `as it is`, `in base64`. */
  readonly spelling: string
  /** What stands around it, without it. */
  readonly excerpt: string
  /** File, or part of the path. */
  readonly where: string
}

/** Long texts are searched in pieces that overlap by more than any spelling of a value is long. */
const pieceChars = 262_144
const overlapChars = 2_048
const arrivalsMax = 200

export class Search {
  readonly #finder: LeakFinder
  readonly #arrivals = new Map<string, Arrival>()

  constructor(canaries: readonly Pick<Canary, 'name' | 'values'>[]) {
    const planted = canaries.flatMap(({ name, values }) =>
      values.map((value, at): [string, string] => [at === 0 ? name : `${name} (${at + 1})`, value]),
    )
    this.#finder = leakFinder(Object.fromEntries(planted))
  }

  /** Searches a text; each canary is told once for each place. */
  look(where: string, text: string): void {
    for (let at = 0; at === 0 || at < text.length - overlapChars; at += pieceChars - overlapChars) {
      for (const { name, spelling, excerpt } of this.#finder.find(text.slice(at, at + pieceChars))) {
        const key = `${where}|${name}`
        if (this.#arrivals.has(key) || this.#arrivals.size >= arrivalsMax) continue
        this.#arrivals.set(key, { canary: name, spelling, excerpt, where })
      }
    }
  }

  get arrivals(): readonly Arrival[] {
    return [...this.#arrivals.values()]
  }
}
