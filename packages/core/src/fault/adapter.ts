/**
 * What a library's errors say besides type, code and message: the port of the adapters.
 *
 * An adapter recognises errors by the names of their classes and by own data properties, and takes only fields that the library
 * fills by itself. It reads through `fields.ts`, so it runs no code of the error. To add one: a file, and a line in `adapters.ts`.
 */

/** A broken rule: where, and which. Parts of the path that may be data are `*`, places in lists `[]`. */
export interface Finding {
  readonly path: string
  readonly rule: string
}

export type Detail = string | number | boolean | readonly string[] | readonly Finding[]

/** Fields that may be written down as they are. */
export type Details = Readonly<Record<string, Detail>>

/** What an adapter says of an error. Each member takes the place of what would be found without it. */
export interface Account {
  readonly code?: string | undefined
  readonly status?: number | undefined
  readonly message?: string | undefined
  readonly details?: Readonly<Record<string, Detail | undefined>>
}

export interface Surroundings {
  /** The names of the error's classes, and what its `name` says: to compare with, never to show. */
  readonly names: ReadonlySet<string>
  /** Hosts that may be shown. */
  readonly hosts: ReadonlySet<string>
  /** The account of an error inside this one. */
  describe(inner: unknown): Account | undefined
}

export interface Adapter {
  readonly library: string
  /** The account of this library's errors; undefined for all others. */
  describe(error: object, around: Surroundings): Account | undefined
}
