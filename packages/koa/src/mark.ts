/**
 * What a declaring middleware says of its route, for whoever looks at the route without running it: the coverage, and the
 * record of a request that a guard in front of the declaration refused.
 */

/** What the route does and needs, or why it needs no record. */
export interface Mark {
  readonly verb?: string
  readonly reason?: string
  readonly permission?: string
}

const marks = new WeakMap<object, Mark>()

/** The mark of a middleware; undefined for one that declares nothing. */
export function markOf(middleware: unknown): Mark | undefined {
  return typeof middleware === 'function' ? marks.get(middleware) : undefined
}

/** Marks a middleware. Returns the same one. */
export function marked<M extends object>(middleware: M, mark: Mark): M {
  marks.set(middleware, mark)
  return middleware
}
