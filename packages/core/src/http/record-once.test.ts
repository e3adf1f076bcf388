import { expect, test } from 'vitest'
import { RequestContext, runInContext } from '../context.ts'
import { testAudit } from '../testing.ts'
import { recordOnce } from './record-once.ts'

const context = (): RequestContext =>
  new RequestContext({ requestId: 'r', traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0, startMs: 0 })

test('one record for one key in one request, and every time outside of any', async () => {
  const audit = testAudit()
  runInContext(context(), () => {
    expect(recordOnce(audit, 'login', 'login_success', {})).toBeDefined()
    expect(recordOnce(audit, 'login', 'login_failure', {})).toBeUndefined()
    expect(recordOnce(audit, 'token', 'invalid_token_presented', {})).toBeDefined()
  })
  runInContext(context(), () => recordOnce(audit, 'login', 'login_success', {}))
  for (let times = 0; times < 2; times++) recordOnce(audit, 'login', 'logout', {})
  expect(audit.records.map((record) => record.event_type)).toEqual([
    'login_success',
    'invalid_token_presented',
    'login_success',
    'logout',
    'logout',
  ])
  await audit.close()
})
