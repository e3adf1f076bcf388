/**
 * At most two disk operations at a time, over all ledgers of the process.
 *
 * The thread pool has four threads by default, and DNS look-ups and the application's own file access need them too: three
 * threads stuck on a hanging disk do no harm, four freeze the process.
 */
const together = 2

let free = together
const waiting: (() => void)[] = []

/** Does one piece of work when it is its turn. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free -= 1
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
}
