import { createRequire } from 'node:module'
import { testAudit } from '@trailmark/core/testing'
import { auditCasbin } from '@trailmark/integrations/casbin'
import type * as casbin from 'casbin'
import {
  type Enforcer,
  newCachedEnforcer,
  newEnforceContext,
  newEnforcer,
  newModelFromString,
  StringAdapter,
} from 'casbin'
import { describe, expect, it } from 'vitest'
import { decisionsOf, inRequest, told } from './decisions.ts'

const rbac = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && keyMatch(r.obj, p.obj) && r.act == p.act
`
const policy = `
p, nurse, patient:*, read
p, planted-alice, patient:planted-9, write
g, planted-alice, nurse
`

const resource = (object: unknown): string | undefined => String(object).split(':', 1)[0]

function model() {
  return { model: newModelFromString(rbac), adapter: new StringAdapter(policy) }
}

async function enforcer(): Promise<Enforcer> {
  const { model: made, adapter } = model()
  return newEnforcer(made, adapter)
}

describe('auditCasbin', () => {
  it('records each way to enforce once, and the answers stay the same', async () => {
    const audit = testAudit()
    const watched = auditCasbin(await enforcer(), { audit, resource })
    const asked = ['planted-alice', 'patient:planted-7', 'read'] as const
    const refused = ['planted-bob', 'patient:planted-7', 'read'] as const
    const matcher = 'r.sub == p.sub'
    await inRequest(async () => expect(await watched.enforce(...asked)).toBe(true))
    await inRequest(async () => expect(await watched.enforce(...refused)).toBe(false))
    inRequest(() => expect(watched.enforceSync(...asked)).toBe(true))
    inRequest(() => expect(watched.enforceWithSyncCompile(...refused)).toBe(false))
    await inRequest(async () =>
      expect(await watched.enforceEx(...asked)).toEqual([true, ['nurse', 'patient:*', 'read']]),
    )
    inRequest(() => expect(watched.enforceExSync(...refused)).toEqual([false, []]))
    await inRequest(async () => expect(await watched.enforceWithMatcher(matcher, ...asked)).toBe(true))
    await inRequest(async () => expect((await watched.enforceExWithMatcher(matcher, ...refused))[0]).toBe(false))
    expect(told(audit)).toEqual(
      Array.from({ length: 4 }, () => ['allow read:patient policy', 'deny read:patient missing_permission']).flat(),
    )
    expect(decisionsOf(audit)[0]).toMatchObject({
      resource_type: 'patient',
      targets: [
        { type: 'patient', id: expect.stringMatching(/^p1_/) },
        { type: 'subject', id: expect.stringMatching(/^p1_/) },
      ],
      metadata: { guard: 'casbin' },
    })
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('names the policy line that matched by a token, and the role it speaks of', async () => {
    const audit = testAudit()
    const watched = auditCasbin(await enforcer(), { audit, resource })
    await inRequest(() => watched.enforceEx('planted-alice', 'patient:planted-7', 'read'))
    await inRequest(() => watched.enforceEx('planted-alice', 'patient:planted-8', 'read'))
    await inRequest(() => watched.enforceEx('planted-alice', 'patient:planted-9', 'write'))
    const [first, second, third] = decisionsOf(audit).map(({ decision }) => Object(decision))
    expect(first).toMatchObject({ policy_id: expect.stringMatching(/^p1_/), roles_evaluated: ['nurse'] })
    expect(second.policy_id).toBe(first.policy_id)
    expect(third.policy_id).not.toBe(first.policy_id)
    expect(third.roles_evaluated).toBeUndefined()
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('records each request of a batch once', async () => {
    const audit = testAudit()
    const watched = auditCasbin(await enforcer(), { audit, resource })
    const answers = await inRequest(() =>
      watched.batchEnforce([
        ['planted-alice', 'patient:planted-7', 'read'],
        ['planted-alice', 'patient:planted-9', 'write'],
        ['planted-bob', 'patient:planted-7', 'read'],
      ]),
    )
    expect(answers).toEqual([true, true, false])
    expect(told(audit).sort()).toEqual([
      'allow read:patient policy',
      'allow write:patient policy',
      'deny read:patient missing_permission',
    ])
  })

  it('sees cached and synced enforcers, answers from the cache included', async () => {
    // The synced one of the library's ES module cannot be made: it imports its lock wrongly.
    const { newSyncedEnforcer }: typeof casbin = createRequire(import.meta.url)('casbin')
    for (const open of [newCachedEnforcer, newSyncedEnforcer]) {
      const audit = testAudit()
      const { model: made, adapter } = model()
      const watched = auditCasbin(await open(made, adapter), { audit, resource })
      for (let times = 0; times < 2; times++)
        await inRequest(() => watched.enforce('planted-alice', 'patient:planted-7', 'read'))
      expect(told(audit)).toEqual(['allow read:patient policy', 'allow read:patient policy'])
    }
  })

  it('reads the parts of a request by the names of its definition', async () => {
    const audit = testAudit()
    const made = newModelFromString(`
[request_definition]
r = act, sub, obj
r2 = sub, act, obj
[policy_definition]
p = sub, obj, act
p2 = sub, obj, act
[policy_effect]
e = some(where (p.eft == allow))
e2 = some(where (p.eft == allow))
[matchers]
m = r.sub.id == p.sub && r.obj == p.obj
m2 = r2.sub == p2.sub && r2.obj == p2.obj
`)
    const adapter = new StringAdapter('p, planted-alice, chart, read\np2, planted-alice, chart, read')
    const named = (object: unknown): string => `kind-of-${String(object)}`
    const watched = auditCasbin(await newEnforcer(made, adapter), { audit, resource: named })
    await inRequest(() => watched.enforce('read', { id: 'planted-alice', name: 'Planted Name' }, 'chart'))
    await inRequest(() => watched.enforce(newEnforceContext('2'), 'planted-alice', 'print', 'chart'))
    expect(told(audit)).toEqual(['allow read:kind-of-chart policy', 'allow print:kind-of-chart policy'])
    expect(decisionsOf(audit)[1]).toMatchObject({ targets: [{ type: 'kind-of-chart' }, { type: 'subject' }] })
    expect(JSON.stringify(audit.records)).not.toMatch(/planted/i)
  })

  it('records what cannot be enforced as undecided, and throws the same', async () => {
    const audit = testAudit()
    const watched = auditCasbin(await enforcer(), { audit, resource })
    await inRequest(() => expect(watched.enforce('planted-alice', 'patient:7')).rejects.toThrow('invalid request size'))
    inRequest(() => expect(() => watched.enforceSync('planted-alice')).toThrow('invalid request size'))
    expect(decisionsOf(audit)).toMatchObject([
      { outcome: 'failure', reason: 'undecided' },
      { outcome: 'failure', reason: 'undecided' },
    ])
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('says nothing of objects nobody named, and takes no name for a role that a rule compared otherwise', async () => {
    const audit = testAudit()
    const watched = auditCasbin(await enforcer(), { audit })
    await inRequest(() => watched.enforce('planted-alice', 'planted:calendar', 'read'))
    const rules = rbac.replace('[role_definition]\ng = _, _\n', '').replace('g(r.sub, p.sub)', 'r.sub.name == p.sub')
    const adapter = new StringAdapter('p, planted-alice, patient:*, read')
    const other = auditCasbin(await newEnforcer(newModelFromString(rules), adapter), { audit })
    const subject = { name: 'planted-alice' }
    await inRequest(async () => expect((await other.enforceEx(subject, 'patient:7', 'read'))[0]).toBe(true))
    expect(told(audit)).toEqual(['deny read missing_permission', 'allow read policy'])
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('makes one record of the same question in one request, and is applied once', async () => {
    const audit = testAudit()
    const watched = auditCasbin(auditCasbin(await enforcer(), { audit, resource }), { audit, resource })
    await inRequest(async () => {
      for (let times = 0; times < 10; times++) await watched.enforce('planted-alice', 'patient:planted-7', 'read')
    })
    expect(told(audit)).toEqual(['allow read:patient policy'])
  })

  it('refuses what is no enforcer, and options that cannot be, by name', async () => {
    expect(() => Reflect.apply(auditCasbin, undefined, [{ enforce: () => true }])).toThrow(
      expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditCasbin') }),
    )
    const made = await enforcer()
    expect(() => Reflect.apply(auditCasbin, undefined, [made, { resource: 'x' }])).toThrow(/option resource/)
  })
})
