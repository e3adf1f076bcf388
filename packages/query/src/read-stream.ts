/**
 * The matching records of one writer's log, in the order they stand there.
 *
 * Each line passes three gates, cheapest first: its time, read at its fixed place; a substring search; and only then the
 * parser. A line that fails as a record is reported and left out; reading goes on behind it.
 */
import type { Entry } from '@trailmark/ledger'
import { entriesFrom, type ReadOptions } from './entries-from.ts'
import type { Matcher } from './filter.ts'
import { lineHead } from './line-head.ts'
import { parseRecord } from './parse-record.ts'
import type { MalformedLine, Position, StoredRecord } from './record.ts'
import { startFor } from './segments.ts'
import type { NamedStream } from './streams.ts'

/**
 * How late an event may be told and still be found by a search with an end: a log is read on until records were made so
 * long after it.
 */
export const toldLateMsMax = 86_400_000

/** Reads the part of the log that can match and yields what does. */
export async function* readStream(
  stream: NamedStream,
  matcher: Matcher,
  options: ReadOptions = {},
): AsyncGenerator<StoredRecord, void, undefined> {
  const from = await startFor(stream.info.dir, matcher.from)
  if (from === undefined) return
  const gate = lineGate(matcher)
  for await (const entry of entriesFrom(stream, from, options)) {
    const answer = gate(entry, stream.name)
    if (answer === 'past') return
    if (answer === 'no') continue
    if ('message' in answer) options.onMalformed?.(answer)
    else yield answer
  }
}

/** What one entry is to the matcher: its record, a complaint, nothing, or the sign that nothing more can match. */
export type LineAnswer = StoredRecord | MalformedLine | 'no' | 'past'

export function lineGate(matcher: Matcher): (entry: Entry, name: string) => LineAnswer {
  const from = isoBound(matcher.from, '')
  const to = isoBound(matcher.to, '~') // sorts behind every digit
  return (entry, name) => {
    const { line, n } = entry
    const head = lineHead(line)
    const position: Position = { dir: name, writer: entry.stream.writer, n }
    if (head === undefined) return malformed(entry, position, 'not framed as an audit/1 record')
    if (head.recordedMs > matcher.to + toldLateMsMax) return 'past'
    if (head.timestamp < from || head.timestamp >= to || !matcher.mayMatch(line)) return 'no'
    const record = parseRecord(line, position)
    if (typeof record === 'string') return malformed(entry, position, record)
    return matcher.matches(record) ? record : 'no'
  }
}

function malformed(entry: Entry, position: Position, message: string): MalformedLine {
  return { code: 'QUERY_LINE_MALFORMED', ...position, file: entry.file, offset: entry.offset, message }
}

/** A bound in the form of stored timestamps, which compare as text; years outside of 0 to 9999 are no bound. */
function isoBound(ms: number, otherwise: string): string {
  return ms > -62_167_219_200_000 && ms < 253_402_300_800_000 ? new Date(Math.ceil(ms)).toISOString() : otherwise
}
