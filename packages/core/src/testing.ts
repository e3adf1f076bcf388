/**
 * What tests of an application use: `@trailmark/core/testing`. An audit in memory whose records can be read at once, a
 * clock that stands still, ids that count, and a search for values that arrived where they must not. Works with every test
 * runner; nothing here touches a disk or a listener.
 */
import { memoryKeys } from '@trailmark/keys'
import { type Audit, openAudit } from './audit.ts'
import type { BuiltInEvents, Catalogue } from './catalogue.ts'
import type { Clock } from './clock.ts'
import type { Redaction } from './draft.ts'
import type { AuditOptions } from './options.ts'
import { openMemoryLog } from './record/memory-log.ts'
import type { OpenRecordLog } from './record/record-log.ts'

export { type AuditExpectation, auditMatchers, expectAudit, type RecordedPartial } from './testing/expect-audit.ts'
export { findLeaks, type Leak, type LeakFinder, leakFinder } from './testing/find-leaks.ts'
export {
  expectNoLeak,
  type FetchApplication,
  type NoLeakOptions,
  type NoLeakReport,
  type PlantedWork,
  type WatchedAudit,
} from './testing/no-leak.ts'
export type { NoLeakRequest, Plant } from './testing/plant.ts'

/** A record as it stands in the ledger: `audit/1`, parsed. */
export interface RecordedEvent {
  readonly n: number
  readonly seq: number
  readonly id: string
  readonly timestamp: string
  readonly event_type: string
  readonly event_code: string
  readonly category: string
  readonly outcome: string
  readonly stream: string
  readonly user_id?: string
  readonly subjects?: readonly string[]
  readonly privacy?: { readonly redactions?: readonly Redaction[] }
  readonly [member: string]: unknown
}

/** An audit whose work can be looked at. */
export interface TestAudit<E extends Catalogue = BuiltInEvents> extends Audit<E> {
  /**
   * What was recorded since the start, over all ledgers but that of activity, in the order it was recorded. Without the
   * start's own records, and without births of keys.
   */
  readonly records: readonly RecordedEvent[]
  /** What the people it is about may see of it: the records of the activity ledger. */
  readonly activity: readonly RecordedEvent[]
  /** What the trail told of the keys of people: births and aliases, before the first record that uses a key. */
  readonly births: readonly RecordedEvent[]
  /** The records of one event, by its name. */
  recordsOf(type: string): readonly RecordedEvent[]
  /** The records the audit wrote of its own start: `stream_open`, `application_startup`. */
  readonly startRecords: readonly RecordedEvent[]
  /** The operational lines, parsed; one for every finished request. Empty where the option `operational` says otherwise. */
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  /** What would have been printed to stderr. */
  readonly notices: readonly string[]
  /** Forgets records, lines and notices, for instance between two tests. */
  clear(): void
}

/**
 * An audit in memory for tests; takes every option. Without a `service` it is called `test`.
 *
 *     const audit = testAudit()
 *     app.use(auditMiddleware({ audit }))
 *     await fetch(`${url}/patients/7`)
 *     expect(audit.recordsOf('data_access')).toHaveLength(1)
 *
 * Throws as `createAudit()` does.
 */
export function testAudit<const E extends Catalogue = Record<never, never>>(
  options: AuditOptions<E> = {},
  ids?: (nowMs: number) => string,
): TestAudit<BuiltInEvents & E> {
  const written: string[] = []
  const activity: string[] = []
  const births: string[] = []
  const lines: Record<string, unknown>[] = []
  const notices: string[] = []
  const ledger: OpenRecordLog = (open) => {
    const log = openMemoryLog(open)
    return {
      ...log,
      get state() {
        return log.state
      },
      append(body) {
        const receipt = log.append(body)
        const line = log.lines.at(-1)!
        if (open.stream === 'activity') activity.push(line)
        else if (open.stream === 'keys' && ofKeys.test(body)) births.push(line)
        else written.push(line)
        return receipt
      },
    }
  }
  const audit = openAudit<E>(
    {
      service: 'test',
      ledger,
      keys: memoryKeys(),
      signals: false,
      metrics: false,
      operational: (line) => lines.push(JSON.parse(line)),
      ...options,
    },
    { print: (line) => notices.push(line), ...(ids && { newId: ids }) },
  )
  const startRecords = written.splice(0).map(parse)
  return Object.defineProperties(audit, {
    records: { get: () => written.map(parse) },
    activity: { get: () => activity.map(parse).filter((one) => one.category !== 'audit_meta') },
    births: { get: () => births.map(parse).filter((one) => one.event_type !== 'stream_open') },
    recordsOf: { value: (type: string) => written.map(parse).filter((one) => one.event_type === type) },
    startRecords: { value: startRecords },
    lines: { get: () => [...lines] },
    notices: { get: () => [...notices] },
    clear: {
      value: () => {
        written.length = 0
        activity.length = 0
        births.length = 0
        lines.length = 0
        notices.length = 0
      },
    },
  }) as TestAudit<BuiltInEvents & E>
}

/** What the ledger of the keys says of itself and of new keys. */
const ofKeys = /"event_type":"(?:stream_open|stream_close|subject_key_born|alias)"/

function parse(line: string): RecordedEvent {
  return JSON.parse(line)
}

/** A clock that stands still until it is told. */
export interface FixedClock extends Clock {
  /** Time passes: both clocks go on. */
  advance(ms: number): void
  /** Somebody sets the wall clock; the monotonic one does not care. */
  jump(ms: number): void
}

/** A clock that shows `start` (default 2026-01-15T12:00:00.000Z) until `advance()` or `jump()` is called. */
export function fixedClock(start: Date | number = Date.UTC(2026, 0, 15, 12)): FixedClock {
  let nowMs = Number(start)
  let monotonicMs = 1_000
  return {
    now: () => nowMs,
    monotonic: () => monotonicMs,
    advance(ms) {
      nowMs += ms
      monotonicMs += ms
    },
    jump(ms) {
      nowMs += ms
    },
  }
}

/** Ids that count: `00000000-0000-7000-8000-000000000001` and so on. For snapshots of records. */
export function countingIds(): () => string {
  let last = 0
  return () => `00000000-0000-7000-8000-${(++last).toString().padStart(12, '0')}`
}
