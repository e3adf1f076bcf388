/**
 * The newest records that match, without reading a log from its beginning: segment by segment from the back, until enough
 * were found. What is found is held in memory, so the number is bounded.
 */

import { entriesFrom, type ReadOptions } from './entries-from.ts'
import { QueryError } from './errors.ts'
import type { Matcher } from './filter.ts'
import { before } from './order.ts'
import { lineGate } from './read-stream.ts'
import type { StoredRecord } from './record.ts'
import { segmentStarts, startFor } from './segments.ts'
import type { NamedStream } from './streams.ts'

export const lastMax = 100_000

/** The newest `count` records of all `streams`, oldest first. Throws QUERY_FILTER_INVALID when `count` is out of bounds. */
export async function* lastRecords(
  streams: readonly NamedStream[],
  matcher: Matcher,
  count: number,
  options: ReadOptions = {},
): AsyncGenerator<StoredRecord, void, undefined> {
  if (!Number.isInteger(count) || count < 0 || count > lastMax)
    throw new QueryError('QUERY_FILTER_INVALID', `last must be 0 to ${lastMax}`)
  const newest: StoredRecord[] = []
  for (const stream of streams) {
    newest.push(...(await lastOf(stream, matcher, count, options)).records)
    keepLast(newest, count)
  }
  yield* newest
}

/** The newest `count` matching records of one log, and the index behind the last entry read. */
export async function lastOf(
  stream: NamedStream,
  matcher: Matcher,
  count: number,
  options: ReadOptions = {},
): Promise<{ readonly records: StoredRecord[]; readonly next: number }> {
  const { dir } = stream.info
  const first = (await startFor(dir, matcher.from)) ?? 0
  const starts = (await segmentStarts(dir)).filter((start) => start >= first)
  const gate = lineGate(matcher)
  const records: StoredRecord[] = []
  let end = Number.POSITIVE_INFINITY
  let next = starts.at(-1) ?? 0
  for (const start of starts.toReversed()) {
    const found: StoredRecord[] = []
    for await (const entry of entriesFrom(stream, start, options)) {
      if (entry.n >= end) break
      next = Math.max(next, entry.n + 1)
      const answer = gate(entry, stream.name)
      if (typeof answer === 'string') continue
      if ('message' in answer) options.onMalformed?.(answer)
      else found.push(answer)
    }
    records.push(...found)
    keepLast(records, count)
    end = start
    if (records.length >= count) break
  }
  return { records, next }
}

function keepLast(records: StoredRecord[], count: number): void {
  records.sort((a, b) => (before(a, b) ? -1 : 1))
  if (records.length > count) records.splice(0, records.length - count)
}
