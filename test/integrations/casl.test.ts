import { Ability, AbilityBuilder, createMongoAbility, ForbiddenError, type MongoAbility, subject } from '@casl/ability'
import { testAudit } from '@trailmark/core/testing'
import { auditCasl } from '@trailmark/integrations/casl'
import { describe, expect, it } from 'vitest'
import { serveExpress } from './audited-express.ts'
import { decisionsOf, inRequest, told } from './decisions.ts'

function rules(): MongoAbility {
  const { can, cannot, build } = new AbilityBuilder(createMongoAbility)
  can('read', 'Patient', { ward: 'planted-ward-7' }).because('same-ward')
  can('update', 'Patient', ['diagnosis', 'notes'])
  cannot('read', 'Patient', { sealed: true }).because('This record is sealed; ask Dr. Planted')
  return build()
}

const own = subject('Patient', { id: 'planted-1', ward: 'planted-ward-7', owner: 'planted-owner' })
const other = subject('Patient', { id: 'planted-2', ward: 'elsewhere' })
const sealed = subject('Patient', { id: 'planted-3', ward: 'planted-ward-7', sealed: true })

describe('auditCasl', () => {
  it('records permission, rule and a reason for each answer, and the answers stay the same', () => {
    const audit = testAudit()
    const plain = rules()
    const ability = auditCasl(rules(), { audit, policyId: 'clinic', policyVersion: '7' })
    inRequest(() => {
      for (const [action, what, field] of [
        ['read', own],
        ['read', other],
        ['read', sealed],
        ['update', own, 'diagnosis'],
        ['update', own, 'name'],
        ['delete', 'Patient'],
      ] as const)
        expect(ability.can(action, what, field)).toBe(plain.can(action, what, field))
    })
    expect(told(audit)).toEqual([
      'allow read:Patient permission',
      'deny read:Patient missing_permission',
      'deny read:Patient forbidden',
      'allow update:Patient.diagnosis permission',
      'deny update:Patient.name missing_permission',
      'deny delete:Patient missing_permission',
    ])
    expect(decisionsOf(audit)).toMatchObject([
      {
        decision: { policy_id: 'same-ward', policy_version: '7' },
        metadata: { guard: '@casl/ability', rule: 'rule-0' },
      },
      { decision: { policy_id: 'clinic' }, resource_type: 'Patient' },
      { decision: { policy_id: 'clinic' }, metadata: { rule: 'rule-2' } },
      { metadata: { rule: 'rule-1' } },
      {},
      {},
    ])
    expect(JSON.stringify(audit.records)).not.toMatch(/planted|sealed/i)
  })

  it('records cannot() and ForbiddenError once each, and leaves the error as it is', () => {
    const audit = testAudit()
    const ability = auditCasl(rules(), { audit })
    inRequest(() => expect(ability.cannot('read', own)).toBe(false))
    inRequest(() =>
      expect(() => ForbiddenError.from(ability).throwUnlessCan('read', sealed)).toThrow('This record is sealed'),
    )
    inRequest(() => expect(ForbiddenError.from(ability).unlessCan('read', own)).toBeUndefined())
    expect(told(audit)).toEqual([
      'allow read:Patient permission',
      'deny read:Patient forbidden',
      'allow read:Patient permission',
    ])
  })

  it('makes one record of each answer when a list is filtered, and with ids one of each thing', () => {
    const audit = testAudit()
    const list = Array.from({ length: 1_000 }, (_, i) =>
      subject('Patient', {
        id: `planted-${i}`,
        ward: i % 2 === 0 ? 'planted-ward-7' : 'elsewhere',
        owner: `planted-o${i}`,
      }),
    )
    const ability = auditCasl(rules(), { audit })
    inRequest(() => expect(list.filter((one) => ability.can('read', one))).toHaveLength(500))
    expect(decisionsOf(audit)).toHaveLength(2)
    audit.clear()
    const named = auditCasl(rules(), {
      audit,
      id: (one) => Reflect.get(Object(one), 'id'),
      subject: (one) => Reflect.get(Object(one), 'owner'),
    })
    inRequest(() => {
      for (let times = 0; times < 3; times++) list.slice(0, 10).filter((one) => named.can('read', one))
    })
    expect(decisionsOf(audit)).toHaveLength(10)
    expect(decisionsOf(audit)[0]).toMatchObject({ resource_id: expect.any(String), subjects: [expect.any(String)] })
    expect(JSON.stringify([audit.records, audit.births])).not.toContain('planted')
  })

  it('records a question that throws as undecided, and throws the same', () => {
    const audit = testAudit()
    const ability = auditCasl(rules(), { audit })
    const wrong: unknown = { not: 'a field' }
    inRequest(() => expect(() => Reflect.apply(ability.can, ability, ['read', own, wrong])).toThrow('field'))
    expect(decisionsOf(audit)).toMatchObject([
      { outcome: 'failure', reason: 'undecided', metadata: { error_type: 'Error' } },
    ])
  })

  it('survives options that throw, and subjects of classes', () => {
    class Ward {
      readonly id = 7
    }
    const audit = testAudit()
    const fails = (): never => {
      throw new Error('deliberate')
    }
    const ability = auditCasl(new Ability([{ action: 'manage', subject: Ward }]), { audit, id: fails, subject: fails })
    inRequest(() => expect(ability.can('close', new Ward())).toBe(true))
    expect(told(audit)).toEqual(['allow close:Ward permission'])
  })

  it('is applied once, however often and to class and ability alike', () => {
    const audit = testAudit()
    class Own extends Ability {}
    Own.prototype.relevantRuleFor = Ability.prototype.relevantRuleFor
    auditCasl(auditCasl(Own, { audit }), { audit })
    const ability = auditCasl(new Own([{ action: 'read', subject: 'Patient' }]), { audit })
    inRequest(() => ability.can('read', 'Patient'))
    expect(told(audit)).toEqual(['allow read:Patient permission'])
  })

  it('follows rules that are replaced', () => {
    const audit = testAudit()
    const ability = auditCasl(rules(), { audit })
    ability.update([{ action: 'delete', subject: 'Patient' }])
    inRequest(() => expect(ability.can('delete', 'Patient')).toBe(true))
    expect(decisionsOf(audit)).toMatchObject([{ metadata: { rule: 'rule-0' } }])
  })

  it('refuses what is no ability, and options that cannot be, by name', () => {
    expect(() => Reflect.apply(auditCasl, undefined, [{}])).toThrow(
      expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditCasl') }),
    )
    expect(() => Reflect.apply(auditCasl, undefined, [rules(), { id: 'id' }])).toThrow(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining('option id') }),
    )
    expect(() => Reflect.apply(auditCasl, undefined, [rules(), { rules: [] }])).toThrow(/option rules is not known/)
  })

  it('makes the refusal of a request one record, with who asked and the roles they have', async () => {
    const ability = auditCasl(rules())
    const served = await serveExpress((app) => {
      app.use((req, _res, next) => {
        Object.assign(req, { user: { id: 'planted-nurse', roles: ['nurse'] } })
        next()
      })
      app.get('/patients', (_req, res) => {
        if (ability.cannot('delete', 'Patient')) res.sendStatus(403)
        else res.send('ok')
      })
    })
    await served.send('/patients')
    expect(decisionsOf(served.audit)).toMatchObject([
      {
        event_type: 'authz_deny',
        actor: { type: 'user' },
        decision: { effect: 'deny', permission: 'delete:Patient', roles_evaluated: ['nurse'] },
        http: { route: '/patients' },
      },
    ])
    expect(decisionsOf(served.audit)).toHaveLength(1)
    await served.close()
  })
})
