/**
 * At most two disk operations at a time, over all ledgers of the process.
 *
 * The thread pool has four threads by default, and DNS look-ups and the application's own file access need them too: three
 * threads stuck on a hanging disk do no harm, four freeze the process.
 */
const together = 2

let free = together
const waiting: (() => void)[] = []

/** Undefined when it is the caller's turn at once, else the promise of it. Each turn is given back with `giveTurn`. */
export function takeTurn(): Promise<void> | undefined {
  if (free > 0) {
    free -= 1
    return undefined
  }
  return new Promise((resolve) => waiting.push(resolve))
}

export function giveTurn(): void {
  const next = waiting.shift()
  if (next) next()
  else free += 1
}
