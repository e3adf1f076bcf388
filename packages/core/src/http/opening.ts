/**
 * Tells of responses that are open for long, so that a stream of hours is in the log before it ends.
 *
 * One timer serves every exchange: they are kept in the order they began, so the oldest is always first, and the timer only
 * ever waits for that one. It never keeps the process alive.
 */
export interface Opened {
  /** Milliseconds on the monotonic clock. */
  readonly startedMs: number
  tellOpening(): void
}

export interface Openings {
  add(opened: Opened): void
  remove(opened: Opened): void
}

/** `monotonicMs` is the clock that `startedMs` was read from; `openingMs` the age at which an exchange is told, once. */
export function createOpenings(monotonicMs: () => number, openingMs: number): Openings {
  const open = new Set<Opened>()
  let armed = false

  function arm(delayMs: number): void {
    armed = true
    setTimeout(sweep, delayMs).unref()
  }

  function sweep(): void {
    armed = false
    const nowMs = monotonicMs()
    for (const opened of open) {
      const leftMs = opened.startedMs + openingMs - nowMs
      if (leftMs > 0) {
        arm(Math.max(leftMs, 1))
        return
      }
      open.delete(opened)
      opened.tellOpening()
    }
  }

  return {
    add(opened) {
      open.add(opened)
      if (!armed) arm(openingMs)
    },
    remove: (opened) => void open.delete(opened),
  }
}
