import { testAudit } from '@trailmark/core/testing'
import { auditAccessControl } from '@trailmark/integrations/accesscontrol'
import { AccessControl } from 'accesscontrol'
import { describe, expect, it } from 'vitest'
import { decisionsOf, inRequest, told } from './decisions.ts'

function control(): AccessControl {
  const ac = new AccessControl()
  ac.grant('nurse').readAny('patient').updateOwn('patient')
  return ac
}

describe('auditAccessControl', () => {
  it('records each query with roles, possession and the reason of the engine, and answers stay the same', () => {
    const audit = testAudit()
    const ac = auditAccessControl(control(), { audit, policyId: 'clinic', policyVersion: '3' })
    inRequest(() => {
      expect(ac.can('nurse').readAny('patient').granted).toBe(true)
      expect(ac.can('nurse').deleteAny('patient').granted).toBe(false)
      expect(ac.check({ role: ['nurse'], resource: 'patient', action: 'update:any' }).granted).toBe(false)
    })
    expect(told(audit)).toEqual([
      'allow read:any:patient role',
      'deny delete:any:patient missing_permission',
      'deny update:any:patient missing_permission',
    ])
    expect(decisionsOf(audit)[1]).toMatchObject({
      decision: { policy_id: 'clinic', policy_version: '3', roles_evaluated: ['nurse'] },
      resource_type: 'patient',
      metadata: { guard: 'accesscontrol', rule: 'no_grant' },
    })
  })

  it('records nothing of context and attributes', () => {
    const audit = testAudit()
    const ac = auditAccessControl(control(), { audit })
    inRequest(() => ac.can('nurse', { user: { name: 'Planted Name' } }).readAny('patient').granted)
    expect(JSON.stringify(audit.records)).not.toContain('Planted')
  })

  it('records a query that throws as undecided, and throws the same', () => {
    const audit = testAudit()
    const ac = auditAccessControl(control(), { audit })
    inRequest(() => expect(() => ac.can('nobody').readAny('patient')).toThrow('Role not found'))
    expect(decisionsOf(audit)).toMatchObject([{ outcome: 'failure', reason: 'undecided' }])
  })

  it('makes one record of the same query in one request, and is applied once', () => {
    const audit = testAudit()
    const ac = auditAccessControl(auditAccessControl(control(), { audit }), { audit })
    inRequest(() => {
      for (let times = 0; times < 10; times++) ac.can('nurse').readAny('patient')
    })
    expect(told(audit)).toEqual(['allow read:any:patient role'])
  })

  it('records a query of conditions that wait, once, when it is answered', async () => {
    const audit = testAudit()
    const ac = auditAccessControl(new AccessControl(), { audit })
    ac.defineCondition('open', async () => true)
    ac.grant('nurse').where({ fn: 'open' }).readAny('patient')
    await inRequest(async () => {
      const permission = ac.can('nurse').readAny('patient')
      expect(told(audit)).toEqual([])
      expect([await permission.grantedAsync, await permission.grantedAsync]).toEqual([true, true])
    })
    expect(told(audit)).toEqual(['allow read:any:patient role'])
  })

  it('refuses what is no AccessControl, and options that cannot be, by name', () => {
    expect(() => Reflect.apply(auditAccessControl, undefined, [{ can: () => true }])).toThrow(
      expect.objectContaining({
        code: 'AUDIT_LIBRARY_UNKNOWN',
        message: expect.stringContaining('auditAccessControl'),
      }),
    )
    expect(() => Reflect.apply(auditAccessControl, undefined, [control(), { policyId: 7 }])).toThrow(/option policyId/)
  })
})
