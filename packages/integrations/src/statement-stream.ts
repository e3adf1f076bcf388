/** Rows that are fetched bit by bit: reported when the stream ends, however it ends, with what was fetched until then. */
import type { SentStatement, StatementResult } from './statement-watch.ts'

const rowsMax = 20

/** Passes `stream` on. `read` says what one piece of it holds. */
export async function* watchStream(
  sent: SentStatement,
  stream: AsyncIterable<unknown>,
  read: (piece: unknown) => StatementResult,
): AsyncGenerator<unknown> {
  const first: unknown[] = []
  let count = 0
  let affected: number | undefined
  let failed = false
  try {
    for await (const piece of stream) {
      const { rows = [], affected: changed } = read(piece)
      count += rows.length
      affected = changed ?? affected
      if (first.length < rowsMax) first.push(...rows.slice(0, rowsMax - first.length))
      yield piece
    }
  } catch (error) {
    failed = count === 0
    throw error
  } finally {
    if (failed) sent.failed()
    else sent.succeeded({ rows: first, affected: affected ?? count, countOf: () => affected ?? count })
  }
}
