/**
 * Operations that were announced and never concluded: an `attempt` without its `result`.
 *
 * A `block` class operation records its attempt before the handler runs and its result before the answer leaves. When the
 * second is missing the process died, or the log failed, between the two, and whether the operation happened is unknown.
 */

import type { ReadOptions } from './entries-from.ts'
import { compileFilter } from './filter.ts'
import { inOrder, merge } from './order.ts'
import { readStream } from './read-stream.ts'
import type { Position, StoredRecord } from './record.ts'
import { namedStreams } from './streams.ts'

export interface UnfinishedOperation {
  readonly operationId: string
  readonly event: string
  readonly timestamp: string
  readonly service: string
  readonly position: Position
  /** True while the attempt is younger than the longest time a result may take: it may simply be running. */
  readonly running: boolean
}

/** Results remembered whose attempt was not seen: purged ones never will be, so this is bounded. */
const concludedMax = 100_000
/** An operation that began less than this long ago may still be under way. */
const runningMsMax = 600_000

/**
 * Every attempt without a result below `root`, in order of time. `nowMs` judges which may still be running.
 * Reads everything once; parses only the lines that carry a phase.
 */
export async function findUnfinished(
  root: string,
  nowMs: number,
  options: ReadOptions = {},
): Promise<readonly UnfinishedOperation[]> {
  const every = compileFilter({})
  const matcher = { ...every, mayMatch: (line: string) => line.includes('"phase":"') }
  const open = new Map<string, Omit<UnfinishedOperation, 'running'> & { readonly timeMs: number }>()
  const concluded = new Set<string>()
  const streams = await namedStreams(root)
  for await (const record of merge(streams.map((stream) => inOrder(readStream(stream, matcher, options))))) {
    const id = record.operation_id
    if (id === undefined) continue
    if (record.phase === 'attempt' && !concluded.delete(id)) open.set(id, announced(id, record))
    // Two logs can disagree by a millisecond about which came first, so a result may be seen before its attempt.
    if (record.phase === 'result' && !open.delete(id) && concluded.size < concludedMax) concluded.add(id)
  }
  return [...open.values()].map(({ timeMs, ...rest }) => ({ ...rest, running: nowMs - timeMs < runningMsMax }))
}

/** What is kept of an attempt: not its line, since there may be many. */
function announced(operationId: string, record: StoredRecord) {
  const { event_type: event, timestamp, service, position, timeMs } = record
  return { operationId, event, timestamp, service: service.name, position, timeMs }
}
