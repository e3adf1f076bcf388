/**
 * `query()`: the records of all writers below a root that match a filter, oldest first, as a stream.
 */

import type { ReadOptions } from './entries-from.ts'
import { compileFilter, type Filter } from './filter.ts'
import type { Identities } from './identities.ts'
import { lastRecords } from './last.ts'
import { inOrder, merge } from './order.ts'
import { readStream } from './read-stream.ts'
import type { MalformedLine, StoredRecord } from './record.ts'
import { bytesFrom, startFor } from './segments.ts'
import { type NamedStream, streamsIn } from './streams.ts'

export interface QueryOptions {
  /** Needed where the filter holds clear identifiers: see `identitiesOf()`. */
  readonly identities?: Identities
  /** A further test, asked only of records that match the filter. */
  readonly accept?: (record: StoredRecord) => boolean
  /** At most so many records, the oldest that match. */
  readonly limit?: number
  /** Only the newest so many that match, still oldest first; they are held in memory. At most 100,000. */
  readonly last?: number
  /** Aborting ends the read with the signal's reason. */
  readonly signal?: AbortSignal
  /** Bytes read so far, and bytes there are to read. */
  readonly onProgress?: (done: number, total: number) => void
  /** Called for each line that is not a record; without it such lines are passed over. */
  readonly onMalformed?: (line: MalformedLine) => void
}

/**
 * Finds records. Streams: memory is bounded by the number of writers, not of records.
 *
 * In order of (timestamp, ledger, n); a record that was told more than a thousand matching records late comes late. Reads
 * to the highest durable record of each log at the time, and never changes anything. Throws QUERY_FILTER_INVALID and
 * QUERY_KEYS_NEEDED at once, QUERY_NO_STREAMS at the first record.
 *
 *     for await (const record of query('/var/lib/trailmark', { types: ['login_*'], from: Date.now() - 3_600_000 })) …
 */
export function query(
  root: string,
  filter: Filter = {},
  options: QueryOptions = {},
): AsyncGenerator<StoredRecord, void, undefined> {
  const matcher = compileFilter(filter, options.identities, options.accept)
  return run()

  async function* run(): AsyncGenerator<StoredRecord, void, undefined> {
    const streams = (await streamsIn(root, options.onMalformed)).filter(({ info }) => matcher.streams.has(info.stream))
    const reading = await readOptions(streams, matcher.from, options)
    const records =
      options.last === undefined
        ? merge(streams.map((stream) => inOrder(readStream(stream, matcher, reading))))
        : lastRecords(streams, matcher, options.last, reading)
    let left = options.limit ?? Number.POSITIVE_INFINITY
    if (left <= 0) return
    for await (const record of records) {
      yield record
      left -= 1
      if (left <= 0) return
    }
  }
}

async function readOptions(
  streams: readonly NamedStream[],
  fromMs: number,
  options: QueryOptions,
): Promise<ReadOptions> {
  const { signal, onProgress, onMalformed } = options
  const shared = { ...(signal && { signal }), ...(onMalformed && { onMalformed }) }
  if (onProgress === undefined) return shared
  let total = 0
  for (const { info } of streams) total += await bytesFrom(info.dir, (await startFor(info.dir, fromMs)) ?? 0)
  let done = 0
  return {
    ...shared,
    onProgress: (bytes) => {
      done += bytes
      onProgress(Math.min(done, total), total)
    },
  }
}
