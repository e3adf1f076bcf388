/**
 * A query object that brings its own handling of the protocol: `new Query()`, a cursor, a stream, a COPY. What it answers is
 * counted where the client hands it over, message by message, because such an object gives its rows to whom it wants.
 */
import { type AnyFunction, wrapOnce } from '@trailmark/core/integration'
import { listOf, memberOf } from '../member.ts'
import type { SentStatement, StatementResult } from '../statement-watch.ts'

/** As many rows as the trail looks at. */
const rowsMax = 20

/** Reports to `sent` how the query ends, once. A query object that is never ended, as a cursor nobody closes, reports nothing. */
export function watchProtocol(where: string, query: object, sent: SentStatement): void {
  const answered: Answered[] = []
  let current = new Answered()
  let told = false
  const before = (name: string, work: (message: unknown) => void): void => {
    if (typeof memberOf(query, name) !== 'function') return
    wrapOnce(
      where,
      query,
      name,
      (inner): AnyFunction =>
        function handle(this: unknown, ...given) {
          try {
            work(given[0])
          } catch {
            // Whoever watches must not break what is watched.
          }
          return Reflect.apply(inner, this, given)
        },
    )
  }
  before('handleRowDescription', (message) => {
    current.columns = listOf(memberOf(message, 'fields')).map((field) => String(memberOf(field, 'name')))
  })
  before('handleDataRow', (message) => {
    current.count++
    // In binary nothing of a row is readable without its types.
    if (current.rows.length < rowsMax && memberOf(query, 'binary') !== true)
      current.rows.push(listOf(memberOf(message, 'fields')))
  })
  before('handleCommandComplete', (message) => {
    current.affected = countIn(memberOf(message, 'text'))
    answered.push(current)
    current = new Answered()
  })
  before('handleError', () => {
    if (told) return
    told = true
    sent.failed()
  })
  before('handleReadyForQuery', () => {
    if (told) return
    told = true
    // A cursor may be closed before its end: what it has read, it has read.
    if (current.count > 0) answered.push(current)
    sent.succeeded(resultOf(answered))
  })
}

class Answered {
  count = 0
  columns: readonly string[] | undefined
  readonly rows: (readonly unknown[])[] = []
  affected: number | undefined
}

function resultOf(answered: readonly Answered[]): StatementResult {
  const each = answered.map(({ count, columns, rows, affected }): StatementResult => {
    // Of rows that are fetched in portions the answer counts the last portion.
    const records = columns === undefined ? affected : count
    return { rows, columns, affected: records, countOf: () => records }
  })
  return each.length === 1 ? each[0]! : { each }
}

/** `SELECT 5`, `INSERT 0 1`, `COPY 7`: the number at its end. */
function countIn(text: unknown): number | undefined {
  const found = typeof text === 'string' ? /(\d{1,15})$/.exec(text) : null
  return found === null ? undefined : Number(found[1])
}
