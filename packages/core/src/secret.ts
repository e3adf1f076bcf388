/**
 * Values that must not be printed, wrapped so that they are not: whatever writes them down gets a placeholder.
 *
 * A brand that exists only for the compiler prints in full, so these are objects with a private field.
 */

/** What is written in a wrapper's place. */
export type Placeholder = '[secret]' | '[personal]'

abstract class Hidden<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** The value. `reason` says in the code why it is needed here; it is not kept. */
  expose(reason: string): T {
    if (typeof reason !== 'string' || reason === '') throw new TypeError('expose() needs a reason')
    return this.#value
  }

  static placeholderOf(value: unknown): Placeholder | undefined {
    if (typeof value !== 'object' || value === null || !(#value in value)) return undefined
    return value instanceof Personal ? '[personal]' : '[secret]'
  }
}

/** A credential: password, key, token. */
export class Secret<T> extends Hidden<T> {}

/** Something about a person. */
export class Personal<T> extends Hidden<T> {}

/** The placeholder of a `Secret` or `Personal`; undefined for everything else. Runs no code of the value. */
export function placeholderOf(value: unknown): Placeholder | undefined {
  return Hidden.placeholderOf(value)
}
