/** Rows that a driver streams: counted as they arrive in the stream, which nothing else is done to. */
import { memberOf } from '../member.ts'
import type { SentStatement } from '../statement-watch.ts'

const rowsMax = 20

/** Tells `sent` when `readable` is closed, with the rows that had arrived. A listener for data would start it. */
export function watchReadable(readable: unknown, sent: SentStatement): void {
  const push = memberOf(readable, 'push')
  const once = memberOf(readable, 'once')
  if (typeof readable !== 'object' || readable === null || typeof push !== 'function' || typeof once !== 'function') {
    sent.succeeded({})
    return
  }
  const rows: unknown[] = []
  let count = 0
  const counting = function (this: unknown, ...given: unknown[]): unknown {
    if (given[0] !== null) {
      count++
      if (rows.length < rowsMax) rows.push(given[0])
    }
    return Reflect.apply(push, this, given)
  }
  Reflect.set(readable, 'push', counting)
  const closed = (): void => {
    if (count === 0 && memberOf(readable, 'errored')) sent.failed()
    else sent.succeeded({ rows, countOf: () => count })
  }
  Reflect.apply(once, readable, ['close', closed])
}
