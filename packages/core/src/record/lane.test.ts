import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Audit, openAudit } from '../audit.ts'
import { oneOf, token } from '../catalogue-kinds.ts'
import { defineEvents } from '../define-events.ts'
import { type ParsedRecord, recordsIn, StuckLog } from './stuck-log.fixture.ts'

const events = defineEvents({
  urgent_thing: {
    code: 'TST001',
    category: 'data',
    action: 'other',
    failureClass: 'block',
    metadata: { kind: oneOf('a') },
  },
  plain_thing: { code: 'TST002', category: 'data', action: 'other', metadata: { value: token('test') } },
})

/** An audit whose `audit.standard` is in the test's hands. */
function stuckAudit(queueBytesMax = 65_536) {
  const logs: StuckLog[] = []
  const printed: string[] = []
  let refuse = 0
  const audit = openAudit(
    {
      service: 'test',
      events,
      queueBytesMax,
      ledger(open) {
        const log = new StuckLog(open)
        if (open.retentionClass === 'standard') {
          if (logs.length > 0 && refuse-- > 0) throw new Error('no disk')
          logs.push(log)
        }
        return log
      },
    },
    { print: (line) => printed.push(line) },
  )
  return {
    audit,
    logs,
    printed,
    log: () => logs.at(-1)!,
    refuseOpenings(times: number) {
      refuse = times
    },
  }
}

function fill(audit: Audit<typeof events & object>, times: number) {
  return Array.from({ length: times }, () => audit.record('plain_thing'))
}

/** Every number from 0 to the last is there, or in a gap that a record names: exactly once. */
function expectAccounted(records: readonly ParsedRecord[]): void {
  const numbers: number[] = []
  for (const record of records) {
    numbers.push(record.seq)
    if (record.event_type !== 'audit_gap') continue
    const { first_seq: first, last_seq: last, count } = record.metadata ?? {}
    expect(Number(last) - Number(first) + 1).toBe(count)
    for (let seq = Number(first); seq <= Number(last); seq++) numbers.push(seq)
  }
  numbers.sort((a, b) => a - b)
  expect(numbers).toEqual(numbers.map((_, i) => i))
}

describe('a lane', () => {
  it('numbers records from 0 at stream_open, without holes', async () => {
    const { audit, log } = stuckAudit()
    fill(audit, 5)
    await audit.close()
    const records = recordsIn(log())
    expect(records.map((one) => one.seq)).toEqual(records.map((_, i) => i))
    expect(records[0]?.event_type).toBe('stream_open')
    expect(records.at(-1)?.event_type).toBe('stream_close')
  })

  it('drops what a full queue cannot take and names exactly the lost numbers', async () => {
    const { audit, log } = stuckAudit()
    const receipts = fill(audit, 400)
    const { dropped } = audit.health().counts
    expect(dropped).toBeGreaterThan(100)
    expect(audit.health().queueBytes).toBeLessThan(65_536 + 4_096)
    log().write()
    fill(audit, 3)
    log().write()
    const gaps = recordsIn(log()).filter((one) => one.event_type === 'audit_gap')
    expect(gaps).toHaveLength(1)
    expect(gaps[0]?.metadata).toMatchObject({ count: dropped, cause: 'queue_full' })
    expectAccounted(recordsIn(log()))
    await expect(receipts.at(-1)?.durable).rejects.toMatchObject({ code: 'AUDIT_RECORD_DROPPED' })
    await expect(receipts[0]?.durable).resolves.toMatchObject({ writer: log().writer })
  })

  it('is not ready while it drops, and ready again afterwards', () => {
    const { audit, log } = stuckAudit()
    fill(audit, 400)
    expect(audit.ready()).toEqual({ ready: false, reasons: ['records are being dropped'] })
    expect(audit.health().status).toBe('failing')
    log().write()
    expect(audit.ready()).toEqual({ ready: true, reasons: [] })
  })

  it('goes on dropping until the queue is half empty, so that freed bytes do not bring a gap each', () => {
    const { audit, log } = stuckAudit()
    fill(audit, 400)
    const before = audit.health().counts.dropped
    log().write(3)
    fill(audit, 3)
    expect(audit.health().counts.dropped).toBe(before + 3)
  })

  it('tells a gap also when no further record comes', async () => {
    const { audit, log } = stuckAudit()
    fill(audit, 400)
    log().write()
    await expect.poll(() => log().queue.length, { timeout: 5_000 }).toBe(1)
    log().write()
    expect(recordsIn(log()).at(-1)?.event_type).toBe('audit_gap')
    expectAccounted(recordsIn(log()))
  })

  it('tells a gap at the latest when it is closed', async () => {
    const { audit, log } = stuckAudit()
    fill(audit, 400)
    await audit.close()
    expect(recordsIn(log()).filter((one) => one.event_type === 'audit_gap')).toHaveLength(1)
    expectAccounted(recordsIn(log()))
  })

  it('puts records of class block before what is queued, but never before its stream_open', () => {
    const { audit, log } = stuckAudit()
    fill(audit, 10)
    const receipt = audit.record('urgent_thing', { metadata: { kind: 'a' } })
    log().write(2)
    expect(recordsIn(log()).map((one) => one.event_type)).toEqual(['stream_open', 'urgent_thing'])
    expect(recordsIn(log())[1]?.id).toBe(receipt.id)
  })

  it('still takes a record of class block when the queue is full for others, and no number is lost', async () => {
    const { audit, log } = stuckAudit()
    fill(audit, 400)
    const receipt = audit.record('urgent_thing', { metadata: { kind: 'a' } })
    fill(audit, 5)
    log().write()
    fill(audit, 5)
    await audit.close()
    expectAccounted(recordsIn(log()))
    expect(recordsIn(log()).some((one) => one.id === receipt.id)).toBe(true)
  })

  it('records that its disk is full and that it can write again', () => {
    const { audit, log } = stuckAudit()
    log().tell({ kind: 'full', code: 'LEDGER_FULL', message: 'no space' })
    expect(log().queue[1]?.body).toContain('"event_type":"ledger_full"')
    log().tell({ kind: 'writable' })
    log().write()
    const last = recordsIn(log()).at(-1)
    expect(last?.metadata).toMatchObject({ writable_again: true })
    void audit
  })

  it('refuses records after close with a code', async () => {
    const { audit } = stuckAudit()
    await audit.close()
    await expect(audit.record('plain_thing').durable).rejects.toMatchObject({ code: 'AUDIT_CLOSED' })
  })
})

describe('a lane whose log failed for good', () => {
  it('goes on in a new writer, where nothing unacknowledged is missing and the receipts resolve', async () => {
    const { audit, logs, log } = stuckAudit()
    fill(audit, 3)
    log().write()
    const receipts = fill(audit, 4)
    logs[0]!.fail()
    const late = audit.record('plain_thing')
    await expect.poll(() => logs.length).toBe(2)
    log().write()
    const moved = recordsIn(log())
    expect(moved[0]).toMatchObject({ event_type: 'stream_open', metadata: { replaces_writer: logs[0]!.writer } })
    expect(moved.slice(1).map((one) => one.id)).toEqual([...receipts, late].map((one) => one.id))
    expect(moved.every((one) => one.service.writer === logs[1]!.writer)).toBe(true)
    expectAccounted(moved)
    await expect(receipts[0]!.durable).resolves.toMatchObject({ writer: logs[1]!.writer })
    expect(logs[0]!.closed).toBe(true)
    expect(audit.health().ledgers[0]).toMatchObject({ healthy: true, reopened: 1 })
  })

  it('keeps the exact count of what it had dropped, under the numbers of the new writer', async () => {
    const { audit, logs, log } = stuckAudit()
    log().write()
    fill(audit, 400)
    const { dropped } = audit.health().counts
    logs[0]!.fail()
    await expect.poll(() => logs.length).toBe(2)
    log().write()
    fill(audit, 1)
    log().write()
    const gaps = recordsIn(log()).filter((one) => one.event_type === 'audit_gap')
    expect(gaps.map((one) => one.metadata?.['count'])).toEqual([dropped])
    expectAccounted(recordsIn(log()))
  })

  it('renumbers a gap that was told but not yet written', async () => {
    const { audit, logs, log } = stuckAudit()
    fill(audit, 400)
    const { dropped } = audit.health().counts
    // Enough is written for the gap to be told, and then nothing more.
    log().write(log().queue.length - 1)
    fill(audit, 2)
    logs[0]!.fail()
    await expect.poll(() => logs.length).toBe(2)
    log().write()
    const gaps = recordsIn(log()).filter((one) => one.event_type === 'audit_gap')
    expect(gaps.map((one) => one.metadata)).toMatchObject([{ count: dropped, writer: logs[1]!.writer }])
    expectAccounted(recordsIn(log()))
  })

  it('says so when not even its stream_open was written, and opens the next one only once', async () => {
    const { logs, log } = stuckAudit()
    logs[0]!.fail()
    await expect.poll(() => logs.length).toBe(2)
    log().write()
    const types = recordsIn(log()).map((one) => one.event_type)
    expect(types).toEqual(['stream_open', 'audit_gap', 'application_startup'])
    expectAccounted(recordsIn(log()))
  })

  it('tries again until a writer can be opened, and keeps what arrives meanwhile', async () => {
    const { audit, logs, log, refuseOpenings, printed } = stuckAudit()
    refuseOpenings(2)
    logs[0]!.fail()
    const receipt = audit.record('plain_thing')
    await expect.poll(() => logs.length, { timeout: 5_000 }).toBe(2)
    log().write()
    expect(recordsIn(log()).some((one) => one.id === receipt.id)).toBe(true)
    expect(printed.filter((line) => line.includes('LEDGER_REOPEN_FAILED'))).toHaveLength(1)
  })

  it('does not bring a new writer every few milliseconds when none of them works', async () => {
    const { logs } = stuckAudit()
    const failing = setInterval(() => logs.at(-1)!.failure ?? logs.at(-1)!.fail(), 1)
    await wait(1_000)
    clearInterval(failing)
    // 100, 200, 400 ms: the fourth pause is not over.
    expect(logs.length).toBeGreaterThan(1)
    expect(logs.length).toBeLessThan(6)
  })

  it('is flushed when its successor is', async () => {
    const { audit, logs, log } = stuckAudit()
    log().flush = () => Promise.reject(new Error('failed for good'))
    logs[0]!.fail()
    await audit.flush()
    expect(logs).toHaveLength(2)
  })

  it('is tried once more when the audit closes', async () => {
    const { audit, logs, log } = stuckAudit()
    const receipt = audit.record('plain_thing')
    logs[0]!.fail()
    await audit.close()
    expect(logs).toHaveLength(2)
    expect(recordsIn(log()).some((one) => one.id === receipt.id)).toBe(true)
    expect(recordsIn(log()).at(-1)?.event_type).toBe('stream_close')
  })

  it('does not open a new writer after it was closed', async () => {
    const { audit, logs } = stuckAudit()
    await audit.close()
    logs[0]!.fail()
    await wait(50)
    expect(logs).toHaveLength(1)
  })
})

describe('whatever happens to its log', () => {
  it('accounts for every number', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('record' as const), times: fc.integer({ min: 1, max: 150 }) }),
      fc.record({ kind: fc.constant('urgent' as const), times: fc.integer({ min: 1, max: 10 }) }),
      fc.record({ kind: fc.constant('write' as const), times: fc.integer({ min: 1, max: 150 }) }),
      fc.record({ kind: fc.constant('full' as const), times: fc.constant(1) }),
      fc.record({ kind: fc.constant('fail' as const), times: fc.constant(1) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { audit, log, logs } = stuckAudit()
        for (const { kind, times } of steps) {
          if (kind === 'record') fill(audit, times)
          else if (kind === 'urgent') for (let i = 0; i < times; i++) audit.record('urgent_thing')
          else if (kind === 'write') log().write(times)
          else if (kind === 'full') log().tell({ kind: 'full', code: 'LEDGER_FULL' })
          else {
            const count = logs.length
            // One that made something durable is followed at once; the pauses after others have a test of their own.
            log().write(1)
            log().fail()
            await expect.poll(() => logs.length, { interval: 1 }).toBe(count + 1)
          }
        }
        await audit.close()
        expectAccounted(recordsIn(log()))
        // A gap is told behind it, so only the newest writer, which was closed in good order, must be complete.
        const dropped = logs.flatMap(recordsIn).filter((one) => one.event_type === 'audit_gap')
        if (logs.length === 1) {
          const told = dropped.reduce((sum, one) => sum + Number(one.metadata?.['count']), 0)
          expect(told).toBe(audit.health().counts.dropped)
        }
      }),
      { numRuns: 60 },
    )
  })
})
