import { describe, expect, it } from 'vitest'
import { catalogue } from '../catalogue.ts'
import { testAudit } from '../testing.ts'

const addressOf = { id: 'usr_1' }

describe("a person's own activity", () => {
  it('tells them what they did, from where in mask, and names the record it tells of', () => {
    const audit = testAudit()
    audit.record('login_success', { actor: { ...addressOf, mfa: true }, metadata: { method: 'passkey' } })
    const [record] = audit.recordsOf('login_success')
    const [shown] = audit.activity
    expect(shown).toMatchObject({
      stream: 'activity',
      event_type: 'login_success',
      event_code: 'ATN001S',
      user_id: record?.user_id,
      causation_id: record?.id,
      actor: { type: 'user', mfa: true },
      metadata: { method: 'passkey' },
    })
    expect(shown?.id).not.toBe(record?.id)
  })

  it('tells the people whose data it was what somebody else did, and not who', () => {
    const audit = testAudit()
    audit.record('data_export', {
      actor: { id: 'dr_house', roles: ['physician'], sessionRef: 's1' },
      subjects: ['pat_1', 'pat_2'],
      targets: [{ type: 'patient', id: 'pat_1' }],
      volume: { records: 2 },
      purpose: 'treatment',
    })
    const [record] = audit.recordsOf('data_export')
    const [own, ...theirs] = audit.activity
    expect(own).toMatchObject({ user_id: record?.user_id })
    expect(own?.subjects).toBeUndefined()
    expect(theirs).toHaveLength(2)
    for (const [i, shown] of theirs.entries()) {
      expect(shown).toMatchObject({
        subjects: [record?.subjects?.[i]],
        actor: { type: 'user', roles: ['physician'] },
        targets: [{ type: 'patient' }],
        volume: { records: 2 },
        purpose: 'treatment',
      })
      expect(JSON.stringify(shown)).not.toContain(String(record?.user_id))
      expect(Object.keys(shown.actor ?? {})).toEqual(['type', 'roles'])
    }
  })

  it('names nobody but the one person it is for, whatever the event', () => {
    const audit = testAudit()
    const people = ['pat_1', 'pat_2', 'pat_3']
    for (const [type, { activity }] of Object.entries(catalogue)) {
      if (activity !== true) continue
      const targets = [{ type: 'record', id: 'r1', owner: 'pat_3' }]
      const event = { actor: { id: 'dr_house', onBehalfOf: 'pat_1', sessionRef: 's1' }, subjects: people, targets }
      Reflect.apply(audit.record, audit, [type, event])
    }
    expect(audit.activity.length).toBeGreaterThan(40)
    const names = audit.records.flatMap(({ user_id, subjects = [] }) => [user_id, ...subjects])
    const everybody = [...new Set(names)].filter((name) => name !== undefined)
    for (const shown of audit.activity) {
      const text = JSON.stringify(shown)
      expect(everybody.filter((name) => text.includes(name))).toEqual([shown.user_id ?? shown.subjects?.[0]])
    }
  })

  it('tells somebody who exports their own data once', () => {
    const audit = testAudit()
    audit.record('data_export', { actor: addressOf, subjects: ['usr_1'] })
    expect(audit.activity).toHaveLength(1)
  })

  it('leaves out attempts, events of the operator, and what the policy leaves out', () => {
    const audit = testAudit({ policy: [{ match: { event: 'logout' }, activity: false }] })
    audit.record('data_export', { actor: addressOf, phase: 'attempt' })
    audit.record('authz_deny', { actor: addressOf })
    audit.record('data_access', { actor: addressOf })
    audit.record('logout', { actor: addressOf })
    expect(audit.activity).toEqual([])
  })

  it('shows what a policy rule adds, and nothing where the option is off', () => {
    const rule = [{ match: { event: 'data_access' }, activity: true }]
    const shown = testAudit({ policy: rule })
    const hidden = testAudit({ policy: rule, activity: false })
    for (const audit of [shown, hidden])
      audit.record('data_access', { actor: { type: 'service' }, subjects: ['pat_1'] })
    expect(shown.activity.map((one) => one.event_type)).toEqual(['data_access'])
    expect(hidden.activity).toEqual([])
  })

  it('never shows tokens, decisions, routes or ids of things', () => {
    const audit = testAudit()
    audit.record('new_device_seen', { actor: addressOf, metadata: { device: 'laptop-of-ann', notified: true } })
    audit.record('role_assigned', {
      actor: { id: 'admin_1', roles: ['admin'] },
      subjects: ['usr_1'],
      decision: { effect: 'allow', policyId: 'p7' },
      targets: [{ type: 'user', id: 'usr_1', owner: 'usr_1' }],
    })
    for (const one of audit.activity) {
      const text = JSON.stringify({ ...one, user_id: undefined, subjects: undefined })
      expect(text).not.toMatch(/p1_|policy_id|"http"|"decision"/)
    }
    expect(audit.activity[0]?.metadata).toEqual({ notified: true })
  })
})
