import { describe, expect, it } from 'vitest'
import { oneOf } from './catalogue-kinds.ts'
import { defineEvents } from './define-events.ts'
import { runtimeOf } from './runtime.ts'
import { countingIds, fixedClock, testAudit } from './testing.ts'

describe('a test audit', () => {
  it('shows what was recorded since the start, over all ledgers, in order', () => {
    const audit = testAudit()
    audit.record('login_success', { actor: { id: 'usr_1' } })
    audit.record('role_assigned', { actor: { id: 'usr_1' }, targets: [{ type: 'user', id: 'usr_2' }] })
    audit.record('logout', { actor: { id: 'usr_1' } })
    expect(audit.records.map((one) => one.event_type)).toEqual(['login_success', 'role_assigned', 'logout'])
    expect(audit.recordsOf('logout')).toHaveLength(1)
    expect(audit.startRecords.map((one) => one.event_type)).toEqual([
      'stream_open',
      'stream_open',
      'application_startup',
    ])
    audit.clear()
    expect(audit.records).toEqual([])
  })

  it('gives the same records every time with a fixed clock and counting ids', () => {
    const run = () => {
      const audit = testAudit(
        { clock: fixedClock(), service: { name: 'test', version: '1', env: 'test', instance: 'i' } },
        countingIds(),
      )
      audit.record('logout')
      const { service: _service, ...record } = audit.records[0]!
      return record
    }
    expect(run()).toEqual(run())
    expect(run().id).toBe('00000000-0000-7000-8000-000000000004')
  })

  it('takes events of the application', () => {
    const events = defineEvents({
      ward_changed: { code: 'CLN001', category: 'data', action: 'update', metadata: { ward: oneOf('north', 'south') } },
    })
    const audit = testAudit({ events })
    audit.record('ward_changed', { metadata: { ward: 'north' } })
    expect(audit.records[0]).toMatchObject({ event_type: 'ward_changed', metadata: { ward: 'north' } })
  })

  it('keeps notices instead of printing them, once per code', () => {
    const audit = testAudit()
    runtimeOf(audit).notice('ORDER', 'mount the audit first')
    runtimeOf(audit).notice('ORDER', 'mount the audit first')
    expect(audit.notices).toEqual(['trailmark: mount the audit first [ORDER]'])
  })

  it('answers a probe, and not after it was closed', async () => {
    const audit = testAudit()
    const answers: [number, unknown][] = []
    const probe = () => {
      let status = 0
      audit.readyHandler(
        {},
        {
          writeHead: (code) => {
            status = code
          },
          end: (body) => answers.push([status, JSON.parse(body)]),
        },
      )
    }
    probe()
    await audit.close()
    probe()
    expect(answers).toEqual([
      [200, { ready: true, reasons: [] }],
      [503, { ready: false, reasons: ['the audit is closed'] }],
    ])
  })
})
