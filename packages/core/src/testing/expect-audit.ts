/**
 * What a test of an application says of its trail: that something was recorded, how often, or that nothing was.
 *
 * What does not hold is thrown as Node's own AssertionError, which every runner shows; its message says what was recorded
 * instead and how the nearest record differs. A name that no event has is refused, because `.not` would hold of it for ever.
 */
import { AssertionError } from 'node:assert'
import { aliases, type Catalogue } from '../catalogue.ts'
import { AuditError } from '../errors.ts'
import type { EventName } from '../record-call.ts'
import { runtimeOf } from '../runtime.ts'
import type { RecordedEvent, TestAudit } from '../testing.ts'
import { type Difference, differences } from './differences.ts'

/** The members of a record that a test may name; each as far as it matters, and nested ones likewise. */
export type RecordedPartial = {
  readonly [M in
    | 'outcome'
    | 'reason'
    | 'phase'
    | 'level'
    | 'severity'
    | 'category'
    | 'action'
    | 'stream'
    | 'actor'
    | 'user_id'
    | 'targets'
    | 'subjects'
    | 'decision'
    | 'changes'
    | 'volume'
    | 'purpose'
    | 'legal_basis'
    | 'ticket_ref'
    | 'case_ref'
    | 'tenant'
    | 'metadata'
    | 'http'
    | 'request_id'
    | 'trace_id'
    | 'operation_id'
    | 'correlation_id'
    | 'causation_id'
    | 'ip_address'
    | 'aggregate']?: unknown
}

export interface AuditExpectation<E extends Catalogue> {
  /** At least one record of this event has these members. Gives the first that does. */
  toHaveRecorded(type: EventName<E>, partial?: RecordedPartial): RecordedEvent
  /** Exactly `times` records of this event have these members. */
  toHaveRecordedTimes(times: number, type: EventName<E>, partial?: RecordedPartial): void
  /** Nothing was recorded but what the ledgers say of themselves. */
  toHaveRecordedNothing(): void
  readonly not: {
    /** No record of this event has these members. */
    toHaveRecorded(type: EventName<E>, partial?: RecordedPartial): void
  }
  /** The same, tried for a second: what a request owes is recorded when its answer is on its way, and not before. */
  readonly eventually: {
    toHaveRecorded(type: EventName<E>, partial?: RecordedPartial): Promise<RecordedEvent>
    toHaveRecordedTimes(times: number, type: EventName<E>, partial?: RecordedPartial): Promise<void>
  }
}

const eventuallyMs = 1_000

/**
 * Expectations of what `audit` has recorded since its start, or since `audit.clear()`. Works with every test runner.
 *
 *     expectAudit(audit).toHaveRecorded('data_export', { outcome: 'success', volume: { records: 3 } })
 *     expectAudit(audit).not.toHaveRecorded('authz_deny')
 *     await expectAudit(audit).eventually.toHaveRecorded('data_access')
 *
 * Members are compared as far as they are named: objects by the members given, lists item by item, texts also with a RegExp,
 * and anything with `asymmetricMatch()` (`expect.any(String)`) by that. Identifiers stand as tokens and pseudonyms in records,
 * so compare them with each other. Throws Node's AssertionError, and `AUDIT_OPTION_INVALID` for an event that does not exist.
 */
export function expectAudit<E extends Catalogue>(audit: TestAudit<E>): AuditExpectation<E> {
  const expectation: AuditExpectation<E> = {
    toHaveRecorded(type, partial) {
      const found = look(audit, type, partial)
      const [first] = found.matching
      if (first === undefined) throw failed(notRecorded(audit, found), found, expectation.toHaveRecorded)
      return first
    },
    toHaveRecordedTimes(times, type, partial) {
      const found = look(audit, type, partial)
      const { length } = found.matching
      if (length === times) return
      const message = length === 0 ? notRecorded(audit, found) : otherTimes(audit, found, times)
      throw failed(message, found, expectation.toHaveRecordedTimes)
    },
    toHaveRecordedNothing() {
      if (ofApplication(audit).length === 0) return
      const message = `expected that nothing was recorded, but there is\n${summary(audit)}`
      throw new AssertionError({ message, stackStartFn: expectation.toHaveRecordedNothing })
    },
    not: {
      toHaveRecorded(type, partial) {
        const found = look(audit, type, partial)
        const [first] = found.matching
        if (first === undefined) return
        const message = `expected no ${said(found)}, but there is\n  ${JSON.stringify(first)}`
        throw failed(message, found, expectation.not.toHaveRecorded)
      },
    },
    eventually: {
      toHaveRecorded: (type, partial) => retry(() => expectation.toHaveRecorded(type, partial)),
      toHaveRecordedTimes: (times, type, partial) => retry(() => expectation.toHaveRecordedTimes(times, type, partial)),
    },
  }
  return expectation
}

interface Verdict {
  readonly pass: boolean
  readonly message: () => string
}

/**
 * The same for `expect.extend()` of vitest and jest: `expect(audit).toHaveRecorded('data_export', { … })`, and its `.not`.
 *
 *     expect.extend(auditMatchers)
 */
export const auditMatchers = {
  toHaveRecorded(audit: TestAudit, type: string, partial?: RecordedPartial): Verdict {
    const found = look(audit, type, partial)
    const [first] = found.matching
    if (first === undefined) return { pass: false, message: () => notRecorded(audit, found) }
    return { pass: true, message: () => `expected no ${said(found)}, but there is\n  ${JSON.stringify(first)}` }
  },
  toHaveRecordedTimes(audit: TestAudit, times: number, type: string, partial?: RecordedPartial): Verdict {
    const found = look(audit, type, partial)
    const pass = found.matching.length === times
    return { pass, message: () => otherTimes(audit, found, times, pass) }
  },
  toHaveRecordedNothing(audit: TestAudit): Verdict {
    const pass = ofApplication(audit).length === 0
    const message = pass ? 'expected that something was recorded' : 'expected that nothing was recorded, but there is'
    return { pass, message: () => (pass ? message : `${message}\n${summary(audit)}`) }
  },
} as const

interface Found {
  readonly type: string
  readonly partial: RecordedPartial
  readonly matching: readonly RecordedEvent[]
  /** Of the same event and not matching: the one that differs least, and where. */
  readonly nearest: { readonly record: RecordedEvent; readonly differs: readonly Difference[] } | undefined
}

function look<E extends Catalogue>(audit: TestAudit<E>, name: string, partial: RecordedPartial = {}): Found {
  const type = Object.hasOwn(aliases, name) ? aliases[name as keyof typeof aliases] : name
  if (runtimeOf(audit).definitionOf(name) === undefined && !ofLedgers.has(type)) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      `expectAudit: there is no event ${JSON.stringify(name)}; is it misspelt?`,
    )
  }
  const matching: RecordedEvent[] = []
  let nearest: Found['nearest']
  for (const record of audit.recordsOf(type)) {
    const differs = differences(partial, record)
    if (differs.length === 0) matching.push(record)
    else if (nearest === undefined || differs.length < nearest.differs.length) nearest = { record, differs }
  }
  return { type, partial, matching, nearest }
}

function said({ type, partial }: Found): string {
  return Object.keys(partial).length === 0 ? type : `${type} with\n  ${shown(partial)}`
}

function notRecorded(audit: Recorded, found: Found): string {
  const { nearest } = found
  const differs = nearest?.differs.map(
    ({ path, expected, actual }) => `  ${path}: expected ${expected}, recorded ${actual}`,
  )
  const near = differs === undefined ? '' : `\nthe nearest differs in\n${differs.join('\n')}`
  return `expected a ${said(found)}${near}\nrecorded was\n${summary(audit)}`
}

function otherTimes(audit: Recorded, found: Found, times: number, not = false): string {
  const { length } = found.matching
  return `expected ${not ? 'not ' : ''}${times} times ${said(found)}\nand there ${length === 1 ? 'is' : 'are'} ${length}; recorded was\n${summary(audit)}`
}

function failed(
  message: string,
  { partial, nearest }: Found,
  stackStartFn: (...given: never[]) => unknown,
): AssertionError {
  // Runners that draw differences draw them of these two.
  const both = nearest === undefined ? {} : { expected: partial, actual: pick(nearest.record, partial) }
  return new AssertionError({ message, operator: 'expectAudit', stackStartFn, ...both })
}

function pick(record: RecordedEvent, partial: RecordedPartial): object {
  return Object.fromEntries(Object.keys(partial).map((name) => [name, record[name]]))
}

type Recorded = Pick<TestAudit, 'records'>

/** What the ledgers say of themselves: of no test's concern, unless it names them. */
const ofLedgers: ReadonlySet<string> = new Set([
  'stream_open',
  'stream_close',
  'audit_gap',
  'ledger_full',
  'ledger_recovered',
  'subject_key_born',
  'alias',
])

function ofApplication({ records }: Recorded): readonly RecordedEvent[] {
  return records.filter((record) => !ofLedgers.has(record.event_type))
}

const linesMax = 20

function summary(audit: Recorded): string {
  const records = ofApplication(audit)
  if (records.length === 0) return '  nothing'
  const lines = records.slice(0, linesMax).map((record) => {
    const { event_type, outcome, reason, phase, http } = record
    const where =
      typeof http === 'object' && http !== null
        ? `${Reflect.get(http, 'method')} ${Reflect.get(http, 'route') ?? ''}`
        : ''
    return `  ${[event_type, phase, outcome, reason, where].filter((one) => typeof one === 'string' && one !== '').join(' ')}`
  })
  const more = records.length - lines.length
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n')
}

function shown(value: unknown): string {
  return (
    JSON.stringify(value, (_name, member: unknown) => (member instanceof RegExp ? String(member) : member)) ?? 'nothing'
  )
}

async function retry<T>(attempt: () => T): Promise<T> {
  const deadline = performance.now() + eventuallyMs
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!(error instanceof AssertionError) || performance.now() > deadline) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
