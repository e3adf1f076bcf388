/**
 * Tells of responses that are open for long, so that a stream of hours is in the log before it ends.
 *
 * One timer serves every exchange: they are kept in the order they began, so the oldest is always first, and the timer only
 * ever waits for that one. It never keeps the process alive.
 *
 * A list whose links are cleared, and no Set: each table that a Set outgrows points to its next one, so once a dead table is
 * old, every later table, and each exchange that was in one, lives on until the next full collection.
 */
export interface Opened {
  /** Milliseconds on the monotonic clock. */
  readonly startedMs: number
  /** Neighbours in the list; undefined at its ends and outside it. */
  earlier: Opened | undefined
  later: Opened | undefined
  tellOpening(): void
}

/** The links of what can be listed, where nobody sees them who prints or copies a request. */
export class Listed {
  #earlier: Opened | undefined
  #later: Opened | undefined

  get earlier(): Opened | undefined {
    return this.#earlier
  }

  set earlier(opened: Opened | undefined) {
    this.#earlier = opened
  }

  get later(): Opened | undefined {
    return this.#later
  }

  set later(opened: Opened | undefined) {
    this.#later = opened
  }
}

export interface Openings {
  add(opened: Opened): void
  remove(opened: Opened): void
}

/** `monotonicMs` is the clock that `startedMs` was read from; `openingMs` the age at which an exchange is told, once. */
export function createOpenings(monotonicMs: () => number, openingMs: number): Openings {
  let oldest: Opened | undefined
  let newest: Opened | undefined
  let armed = false

  function arm(delayMs: number): void {
    armed = true
    setTimeout(sweep, delayMs).unref()
  }

  function sweep(): void {
    armed = false
    const nowMs = monotonicMs()
    while (oldest !== undefined) {
      const leftMs = oldest.startedMs + openingMs - nowMs
      if (leftMs > 0) {
        arm(Math.max(leftMs, 1))
        return
      }
      const told = oldest
      remove(told)
      told.tellOpening()
    }
  }

  function remove(opened: Opened): void {
    const { earlier, later } = opened
    if (earlier === undefined && opened !== oldest) return
    if (earlier === undefined) oldest = later
    else earlier.later = later
    if (later === undefined) newest = earlier
    else later.earlier = earlier
    opened.earlier = undefined
    opened.later = undefined
  }

  return {
    add(opened) {
      opened.earlier = newest
      if (newest === undefined) oldest = opened
      else newest.later = opened
      newest = opened
      if (!armed) arm(openingMs)
    },
    remove,
  }
}
