/**
 * One record, by its id or by its place, and the ledger it is bound to.
 *
 * An id tells when it was made, so only the segments of that time are read; a place is gone to directly.
 */
import type { StreamInfo } from '@trailmark/ledger'
import { entriesFrom, type ReadOptions } from './entries-from.ts'
import { lineHead } from './line-head.ts'
import { parseRecord } from './parse-record.ts'
import type { StoredRecord } from './record.ts'
import { clockStepMsMax, startFor } from './segments.ts'
import { type NamedStream, streamsIn } from './streams.ts'

/** `ledger` as `Position.dir` says it, or its end from a `/` on: the writer alone will do. */
export type RecordPlace = { readonly id: string } | { readonly ledger: string; readonly n: number }

export interface FoundRecord {
  readonly record: StoredRecord
  /** The origin of its ledger, without the writer: what its envelopes are bound to. */
  readonly origin: string
}

/**
 * The record at `place` in any ledger below `root`; undefined where there is none. A line there that is no record is told to
 * `onMalformed`. Throws QUERY_NO_STREAMS.
 */
export async function findRecord(
  root: string,
  place: RecordPlace,
  options: ReadOptions = {},
): Promise<FoundRecord | undefined> {
  for (const stream of await streamsIn(root, options.onMalformed)) {
    const record = 'id' in place ? await byId(stream, place.id, options) : await byPlace(stream, place, options)
    if (record !== undefined) return { record, origin: originOf(stream.info) }
  }
  return undefined
}

/** A ledger's origin as records are bound to it: its own without the writer behind it. */
export function originOf({ origin, writer }: StreamInfo): string {
  const end = `/${writer}`
  return origin.endsWith(end) ? origin.slice(0, -end.length) : origin
}

async function byId(stream: NamedStream, id: string, options: ReadOptions): Promise<StoredRecord | undefined> {
  const madeMs = Number(`0x${id.slice(0, 8)}${id.slice(9, 13)}`)
  const start = await startFor(stream.info.dir, Number.isNaN(madeMs) ? Number.NEGATIVE_INFINITY : madeMs)
  if (start === undefined) return undefined
  const needle = `"id":${JSON.stringify(id)}`
  for await (const { line, n } of entriesFrom(stream, start, options)) {
    if ((lineHead(line)?.recordedMs ?? 0) > madeMs + clockStepMsMax) return undefined
    if (!line.includes(needle)) continue
    const record = parse(stream, line, n)
    // Elsewhere in a line the same text may stand for something else.
    if (record?.id === id) return record
  }
  return undefined
}

async function byPlace(
  stream: NamedStream,
  { ledger, n }: { readonly ledger: string; readonly n: number },
  options: ReadOptions,
): Promise<StoredRecord | undefined> {
  if (stream.name !== ledger && !stream.name.endsWith(`/${ledger}`)) return undefined
  for await (const entry of entriesFrom(stream, n, options)) {
    if (entry.n === n) return parse(stream, entry.line, n)
    if (entry.n > n) return undefined
  }
  return undefined
}

function parse({ name, info }: NamedStream, line: string, n: number): StoredRecord | undefined {
  const record = parseRecord(line, { dir: name, writer: info.writer, n })
  return typeof record === 'string' ? undefined : record
}
