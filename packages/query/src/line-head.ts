/**
 * The front of a stored line, read without parsing it: `{"n":…,"d":…,"schema":"audit/1","timestamp":"…","id":"…",…`.
 *
 * The serialiser and the ledger's framing fix these places, so the time range of a query is judged by two substring reads.
 * The id is a UUIDv7 made when the event was recorded; its time orders a writer's log even where an event is told late.
 */

export interface LineHead {
  /** When it happened, as stored; compares as text. */
  readonly timestamp: string
  /** When it was recorded, in milliseconds since 1970. */
  readonly recordedMs: number
}

/** Two indexes of at most 16 digits stand before the timestamp. */
const headCharsMax = 96
const timestampKey = '"schema":"audit/1","timestamp":"'
const idKey = '","id":"'

/** The head of a line, or undefined when the line is not framed like a record. Looks at no more than 160 characters. */
export function lineHead(line: string): LineHead | undefined {
  if (!line.startsWith('{"n":')) return undefined
  const key = line.slice(0, headCharsMax).indexOf(timestampKey)
  if (key < 0) return undefined
  const at = key + timestampKey.length
  const timestamp = line.slice(at, at + 24)
  const id = line.slice(at + 24, at + 24 + idKey.length + 36)
  if (timestamp.charCodeAt(23) !== 0x5a || !id.startsWith(idKey)) return undefined
  const recordedMs = Number(`0x${id.slice(8, 16)}${id.slice(17, 21)}`)
  return Number.isNaN(recordedMs) ? undefined : { timestamp, recordedMs }
}
