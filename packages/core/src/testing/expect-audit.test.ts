import { AssertionError } from 'node:assert'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineEvents } from '../define-events.ts'
import { testAudit } from '../testing.ts'
import { differences } from './differences.ts'
import { auditMatchers, expectAudit } from './expect-audit.ts'

function trail() {
  const audit = testAudit()
  audit.record('data_export', { outcome: 'success', volume: { records: 2 }, targets: [{ type: 'patient' }] })
  audit.record('data_export', { outcome: 'failure', reason: 'forbidden' })
  audit.record('login_failure', { actor: { id: 'ann' }, reason: 'rate_limited' })
  return audit
}

function failure(work: () => unknown): AssertionError {
  try {
    work()
  } catch (error) {
    if (error instanceof AssertionError) return error
    throw error
  }
  throw new Error('it held')
}

describe('expectAudit', () => {
  it('finds what was recorded by the members that are named', () => {
    const audit = expectAudit(trail())
    expect(
      audit.toHaveRecorded('data_export', { volume: { records: 2 }, targets: [{ type: 'patient' }] }).outcome,
    ).toBe('success')
    audit.toHaveRecorded('data_export', { outcome: /^fail/, reason: expect.any(String) })
    audit.toHaveRecorded('EXPORT_DATA')
    audit.toHaveRecordedTimes(2, 'data_export')
    audit.toHaveRecordedTimes(1, 'login_failure', { reason: 'rate_limited' })
    audit.toHaveRecordedTimes(0, 'logout')
    audit.not.toHaveRecorded('logout')
    audit.not.toHaveRecorded('data_export', { volume: { records: 3 } })
  })

  it('says what was recorded instead, and how the nearest record differs', () => {
    const error = failure(() =>
      expectAudit(trail()).toHaveRecorded('data_export', {
        outcome: 'success',
        volume: { records: 3 },
        purpose: 'care',
      }),
    )
    expect(error.message).toBe(
      [
        'expected a data_export with',
        '  {"outcome":"success","volume":{"records":3},"purpose":"care"}',
        'the nearest differs in',
        '  volume.records: expected 3, recorded 2',
        '  purpose: expected "care", recorded nothing',
        'recorded was',
        '  data_export success',
        '  data_export failure forbidden',
        '  login_failure failure rate_limited',
      ].join('\n'),
    )
    expect(error).toMatchObject({ actual: { volume: { records: 2 } }, expected: { volume: { records: 3 } } })
    expect(error.stack).toMatch(/^[^\n]*(?:\n(?! {4}at )[^\n]*)*\n {4}at [^\n]*expect-audit\.test/)
  })

  it('says which record should not be there, and how many there are', () => {
    const audit = trail()
    expect(failure(() => expectAudit(audit).not.toHaveRecorded('login_failure')).message).toMatch(
      /^expected no login_failure, but there is\n {2}\{.*rate_limited/,
    )
    expect(failure(() => expectAudit(audit).toHaveRecordedTimes(3, 'data_export')).message).toMatch(
      /^expected 3 times data_export\nand there are 2; recorded was\n/,
    )
    expect(failure(() => expectAudit(audit).toHaveRecordedNothing()).message).toMatch(/^expected that nothing/)
    expect(failure(() => expectAudit(testAudit()).toHaveRecorded('logout')).message).toBe(
      'expected a logout\nrecorded was\n  nothing',
    )
  })

  it('holds of an audit that was cleared, or has told nothing but of itself', () => {
    const audit = trail()
    audit.clear()
    expectAudit(audit).toHaveRecordedNothing()
  })

  it('refuses an event that does not exist, of which `not` would hold for ever', () => {
    // @ts-expect-error misspelt
    const misspelt = (): void => expectAudit(trail()).not.toHaveRecorded('data_exports')
    expect(misspelt).toThrow(/there is no event "data_exports"/)
    // @ts-expect-error no member of a record
    expectAudit(trail()).not.toHaveRecorded('data_export', { volumes: 3 })
    const events = defineEvents({ ward_moved: { code: 'CLN001', category: 'data', action: 'update' } })
    const audit = testAudit({ events })
    audit.record('ward_moved')
    expectAudit(audit).toHaveRecorded('ward_moved')
  })

  it('waits for what is recorded when an answer is on its way', async () => {
    const audit = testAudit()
    setTimeout(() => audit.record('logout'), 30)
    expect((await expectAudit(audit).eventually.toHaveRecorded('logout')).outcome).toBe('success')
    await expectAudit(audit).eventually.toHaveRecordedTimes(1, 'logout')
    await expect(expectAudit(audit).eventually.toHaveRecorded('login_success')).rejects.toThrow(AssertionError)
  })

  it('works in the runner of Node', async () => {
    const file = fileURLToPath(new URL('./expect-audit.fixture.ts', import.meta.url))
    const args = ['--conditions=@trailmark/source', '--test', '--test-reporter=tap', file]
    // A runner inside a runner reports to the outer one, if it finds it.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const ended = await promisify(execFile)(process.execPath, args, { env }).catch((error: unknown) => error)
    expect(ended).toMatchObject({ code: 1 })
    const { stdout } = Object(ended)
    expect(stdout).toMatch(/^ok 1 - an export is on record/m)
    expect(stdout).toMatch(/^not ok 2 - another one is not/m)
    expect(stdout).toMatch(/volume\.records: expected 3, recorded 2/)
  })
})

describe('the matchers', () => {
  const extended = (
    audit: unknown,
  ): Record<string, (...given: unknown[]) => void> & { not: Record<string, (...given: unknown[]) => void> } =>
    Object(expect(audit))
  expect.extend(auditMatchers)

  it('are the same for expect.extend()', () => {
    const audit = trail()
    extended(audit)['toHaveRecorded']?.('data_export', { volume: { records: 2 } })
    extended(audit).not['toHaveRecorded']?.('logout')
    extended(audit)['toHaveRecordedTimes']?.(2, 'data_export')
    extended(testAudit())['toHaveRecordedNothing']?.()
    expect(() => extended(audit)['toHaveRecorded']?.('logout')).toThrow(/expected a logout\nrecorded was/)
    expect(() => extended(audit).not['toHaveRecorded']?.('data_export')).toThrow(/expected no data_export/)
    expect(() => extended(audit).not['toHaveRecordedTimes']?.(2, 'data_export')).toThrow(/expected not 2 times/)
    expect(() => extended(audit)['toHaveRecordedNothing']?.()).toThrow(/nothing was recorded, but there is/)
    expect(() => extended(testAudit()).not['toHaveRecordedNothing']?.()).toThrow(/something was recorded/)
  })
})

describe('differences', () => {
  it('are none between a value and itself, and some where one member is another', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(differences(value, structuredClone(value))).toEqual([])
        expect(differences({ ...value, added: 1 }, { ...value, added: 2 })).toHaveLength(1)
      }),
    )
  })
})
