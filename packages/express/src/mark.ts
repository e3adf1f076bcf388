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

const MARK = Symbol.for('@trailmark/express/mark/1')

/** The mark of a handler; undefined for one that declares nothing. */
export function markOf(handler: unknown): Mark | undefined {
  if (typeof handler !== 'function') return undefined
  const mark: unknown = Reflect.get(handler, MARK)
  return typeof mark === 'object' && mark !== null ? mark : undefined
}

/** Marks a handler. Returns the same one. */
export function marked<H extends object>(handler: H, mark: Mark): H {
  Object.defineProperty(handler, MARK, { value: Object.freeze(mark) })
  return handler
}
