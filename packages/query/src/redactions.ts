/**
 * What masking took away, added up over the trail: which events tell something that nobody declared, and where.
 */

import type { ReadOptions } from './entries-from.ts'
import { compileFilter } from './filter.ts'
import { inOrder, merge } from './order.ts'
import { readStream } from './read-stream.ts'
import { namedStreams } from './streams.ts'

export interface RedactionCount {
  readonly event: string
  readonly service: string
  readonly path: string
  readonly rule: string
  /** Values removed, and records they were removed from. */
  readonly values: number
  readonly records: number
}

/** Different places counted at most; a trail with more of them has one cause, which the first ones show. */
const placesMax = 1_000

/** Counts since `fromMs`, most values first. Parses only the lines that lost something. */
export async function countRedactions(
  root: string,
  fromMs: number,
  options: ReadOptions = {},
): Promise<readonly RedactionCount[]> {
  const every = compileFilter({ from: fromMs })
  const matcher = { ...every, mayMatch: (line: string) => line.includes('"redactions":[') }
  const streams = await namedStreams(root)
  const counts = new Map<string, RedactionCount>()
  for await (const record of merge(streams.map((stream) => inOrder(readStream(stream, matcher, options))))) {
    for (const { path, rule, n } of record.privacy?.redactions ?? []) {
      const { event_type: event, service } = record
      const key = JSON.stringify([event, service.name, path, rule])
      const known = counts.get(key)
      if (known === undefined && counts.size >= placesMax) continue
      const { values = 0, records = 0 } = known ?? {}
      counts.set(key, { event, service: service.name, path, rule, values: values + n, records: records + 1 })
    }
  }
  return [...counts.values()].sort((a, b) => b.values - a.values)
}
