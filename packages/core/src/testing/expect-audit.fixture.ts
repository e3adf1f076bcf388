/** A test of an application in Node's own runner: one that holds, and one that does not. */
import { test } from 'node:test'
import { expectAudit, testAudit } from '../testing.ts'

test('an export is on record', () => {
  const audit = testAudit()
  audit.record('data_export', { volume: { records: 3 } })
  expectAudit(audit).toHaveRecorded('data_export', { volume: { records: 3 } })
  expectAudit(audit).not.toHaveRecorded('login_failure')
})

test('another one is not', () => {
  const audit = testAudit()
  audit.record('data_export', { volume: { records: 2 }, metadata: { format: 'csv' } })
  expectAudit(audit).toHaveRecorded('data_export', { volume: { records: 3 }, metadata: { format: 'csv' } })
})
