import { afterEach, describe, expect, expectTypeOf, it } from 'vitest'
import { type Audit, createAudit } from './audit.ts'
import { defaultAudit } from './default-audit.ts'
import { defineEvents } from './define-events.ts'
import { runtimeOf } from './runtime.ts'
import { testAudit } from './testing.ts'

describe('the default audit', () => {
  afterEach(() => defaultAudit().close())

  it('is one per process, until it is closed', async () => {
    const first = defaultAudit()
    expect(defaultAudit()).toBe(first)
    await first.close()
    expect(defaultAudit()).not.toBe(first)
  })

  it('is found by another copy of this package', () => {
    const made = defaultAudit()
    expect(Reflect.get(globalThis, Symbol.for('@trailmark/core/audit/1'))).toBe(made)
  })
})

describe('an audit', () => {
  it('closes once, however often it is asked', async () => {
    const audit = testAudit()
    expect(audit.close()).toBe(audit.close())
    await audit.close()
    expect(audit.recordsOf('application_shutdown')).toHaveLength(1)
    expect(audit.recordsOf('stream_close')).toHaveLength(2)
  })

  it('with events of its own is still an audit for adapters', () => {
    const events = defineEvents({ ward_changed: { code: 'CLN001', category: 'data', action: 'update' } })
    const audit = createAudit({ events })
    expectTypeOf(audit).toExtend<Audit>()
    expect(runtimeOf(audit).options.service).toBe(audit.service)
    return audit.close()
  })

  it('names itself', () => {
    const audit = testAudit({ service: { name: 'clinic', env: 'staging' } })
    expect(audit.service).toMatchObject({ name: 'clinic', env: 'staging' })
    expect(audit.service.instance).toContain(String(process.pid))
  })

  it('says what is weak about it', () => {
    expect(createAudit().health().weak).toEqual(['memory_ledger', 'no_anchor', 'no_second_copy', 'no_proxies'])
    expect(createAudit({ proxies: ['10.0.0.0/8'] }).health().weak).not.toContain('no_proxies')
  })

  it('keeps grants for seven years and the rest for two, in ledgers of their own', () => {
    const audit = createAudit()
    audit.record('role_assigned')
    audit.record('logout')
    const [standard, long] = audit.health().ledgers
    // stream_open and application_startup; stream_open.
    expect([standard?.stream, standard?.entries]).toEqual(['audit.standard', 3])
    expect([long?.stream, long?.entries]).toEqual(['audit.long', 2])
  })

  it('opens further streams when they are first used', () => {
    const events = defineEvents({
      seen_by_owner: { code: 'CLN001', category: 'data', action: 'read', stream: 'activity' },
    })
    const audit = createAudit({ events })
    expect(audit.health().ledgers).toHaveLength(2)
    audit.record('seen_by_owner')
    expect(audit.health().ledgers.map((one) => one.stream)).toContain('activity.standard')
  })

  it('is only what createAudit() made', () => {
    expect(() => runtimeOf({})).toThrow(TypeError)
  })
})
