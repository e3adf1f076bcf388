import { InMemoryProvider, OpenFeature, ProviderEvents } from '@openfeature/server-sdk'
import { testAudit } from '@trailmark/core/testing'
import { auditOpenFeature } from '@trailmark/integrations/openfeature'
import { afterEach, describe, expect, it } from 'vitest'

afterEach(() => OpenFeature.close())

const flag = (on: boolean) =>
  ({ variants: { on: true, off: false }, defaultVariant: on ? 'on' : 'off', disabled: false }) as const

describe('auditOpenFeature', () => {
  it('records each flag that a provider reports as changed, once, and no evaluation', async () => {
    const audit = testAudit()
    const provider = new InMemoryProvider({ 'new-chart': flag(false) })
    auditOpenFeature(auditOpenFeature(OpenFeature, { audit }), { audit })
    await OpenFeature.setProviderAndWait(provider)
    expect(await OpenFeature.getClient().getBooleanValue('new-chart', true)).toBe(false)
    expect(audit.recordsOf('feature_flag_changed')).toEqual([])
    await provider.putConfiguration({ 'new-chart': flag(true), 'second-opinion': flag(true) })
    expect(await OpenFeature.getClient().getBooleanValue('new-chart', false)).toBe(true)
    expect(audit.recordsOf('feature_flag_changed')).toMatchObject([
      { actor: { type: 'system' }, metadata: { flag: 'new-chart' } },
      { metadata: { flag: 'second-opinion' } },
    ])
    expect(audit.recordsOf('feature_flag_changed')).toHaveLength(2)
  })

  it('bounds how many it names, and records a change without names once', async () => {
    const audit = testAudit()
    const provider = new InMemoryProvider({})
    const client = OpenFeature.getClient()
    auditOpenFeature(client, { audit })
    await OpenFeature.setProviderAndWait(provider)
    await provider.putConfiguration(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`flag-${i}`, flag(true)])))
    expect(audit.recordsOf('feature_flag_changed')).toHaveLength(51)
    audit.clear()
    provider.events.emit(ProviderEvents.ConfigurationChanged, {})
    await new Promise(setImmediate)
    expect(audit.recordsOf('feature_flag_changed')).toHaveLength(1)
  })

  it('refuses what has no handlers', () => {
    expect(() => Reflect.apply(auditOpenFeature, undefined, [{}])).toThrow(
      expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditOpenFeature') }),
    )
  })
})
