/**
 * `timeline()`: the trail as a person reads it, one row a record: when, who, what, on which thing, how it ended.
 */
import type { Outcome, Phase } from '@trailmark/core'
import type { Filter } from './filter.ts'
import { type QueryOptions, query } from './query.ts'
import type { StoredRecord } from './record.ts'

/** One row. Absent means that the record does not say. */
export interface TimelineRow {
  readonly time: string
  /** The pseudonym of a person, else what kind of actor it was. */
  readonly actor: string
  readonly action: string
  /** `patient`, or `patient/` and the stored token. */
  readonly resource?: string
  readonly outcome: Outcome
  /** A `block` class operation has two rows: what was about to happen, and what came of it. */
  readonly phase?: Phase
  readonly event: string
  readonly service: string
  readonly request_id?: string
  readonly trace_id?: string
  readonly reason?: string
}

/**
 * The rows of the records that match, over all services, oldest first: with `filter.trace` one story across services.
 * Streams, and fails, like `query()`.
 */
export async function* timeline(
  root: string,
  filter: Filter = {},
  options: QueryOptions = {},
): AsyncGenerator<TimelineRow, void, undefined> {
  for await (const record of query(root, filter, options)) yield timelineRow(record)
}

/** One record as a row. */
export function timelineRow(record: StoredRecord): TimelineRow {
  const { phase, request_id, trace_id, reason } = record
  const resource = resourceOf(record)
  return {
    time: record.timestamp,
    actor: record.user_id ?? record.actor?.type ?? 'unknown',
    action: record.action ?? 'other',
    ...(resource !== undefined && { resource }),
    outcome: record.outcome ?? 'unknown',
    ...(phase && { phase }),
    event: record.event_type,
    service: record.service.name,
    ...(request_id !== undefined && { request_id }),
    ...(trace_id !== undefined && { trace_id }),
    ...(reason !== undefined && { reason }),
  }
}

function resourceOf(record: StoredRecord): string | undefined {
  const target = record.targets?.[0]
  const type = target?.type ?? record.resource_type
  const id = target?.id ?? record.resource_id
  if (type === undefined) return record.http?.route
  return id === undefined ? type : `${type}/${id}`
}
