import { OPAClient } from '@open-policy-agent/opa'
import { testAudit } from '@trailmark/core/testing'
import { auditOpa } from '@trailmark/integrations/opa'
import { afterEach, describe, expect, it } from 'vitest'
import { decisionsOf, inRequest, told } from './decisions.ts'
import { type PolicyAnswer, type PolicyServer, servePolicies } from './policy-server.ts'

const decisionId = '5d4f4d2e-8f5b-4b7c-9d7c-2f2a6f0f2c11'
const nurse = { user: { id: 'planted-anne', roles: ['nurse'] }, action: 'patients:read' }
const guest = { user: { id: 'planted-bob', roles: ['guest'] }, action: 'patients:read' }

/** The documented answers of the server's API. */
function opa(path: string, body: unknown): PolicyAnswer {
  const input: unknown = Reflect.get(Object(body), 'input')
  if (path === '/') return { body: rolesIn(body).includes('nurse') }
  if (path.startsWith('/v1/batch/')) return batch(path, Reflect.get(Object(body), 'inputs') as Record<string, unknown>)
  const result = resultOf(path, input)
  if (result === 'fails')
    return { status: 500, body: { code: 'internal_error', message: 'planted words', decision_id: decisionId } }
  if (result === 'never' || result === 'cut') return result
  return { body: { decision_id: decisionId, ...(result === undefined ? {} : { result }) } }
}

function resultOf(path: string, input: unknown): unknown {
  if (path.endsWith('/undefined')) return undefined
  if (path.endsWith('/fails')) return 'fails'
  if (path.endsWith('/slow')) return 'never'
  if (path.endsWith('/cut')) return 'cut'
  if (path.endsWith('/filters')) return { wards: ['planted-ward'] }
  const allow = rolesIn(input).includes('nurse')
  return path.endsWith('/object') ? { allow, why: 'planted words' } : allow
}

function rolesIn(input: unknown): readonly unknown[] {
  const roles: unknown = Reflect.get(Object(Reflect.get(Object(input), 'user')), 'roles')
  return Array.isArray(roles) ? roles : []
}

function batch(path: string, inputs: Record<string, unknown>): PolicyAnswer {
  if (path.endsWith('/old')) return { status: 404, body: { code: 'not_found', message: 'no such route' } }
  const mixed = path.endsWith('/mixed')
  const responses = Object.entries(inputs).map(([key, input]) => {
    const wrong = mixed && !rolesIn(input).includes('nurse')
    if (wrong) return [key, { http_status_code: '500', code: 'internal_error', message: 'planted words' }] as const
    const status = mixed ? { http_status_code: '200' } : {}
    return [key, { ...status, result: resultOf(path, input), decision_id: `${decisionId.slice(0, -2)}${key}` }] as const
  })
  return {
    status: mixed ? 207 : 200,
    body: { batch_decision_id: decisionId, responses: Object.fromEntries(responses) },
  }
}

let server: PolicyServer | undefined
afterEach(() => server?.close())

async function client(): Promise<OPAClient> {
  server = await servePolicies(opa)
  return new OPAClient(server.url, { sdk: { timeoutMs: 200 } })
}

describe('auditOpa', () => {
  it('records path and id of each decision, and the answers stay the same', async () => {
    const audit = testAudit()
    const watched = auditOpa(await client(), { audit, policyVersion: 'bundle-12' })
    expect(await inRequest(() => watched.evaluate('clinic/allow', nurse))).toBe(true)
    expect(await inRequest(() => watched.evaluate('clinic/allow', guest))).toBe(false)
    expect(await inRequest(() => watched.evaluate('clinic/allow'))).toBe(false)
    expect(await inRequest(() => watched.evaluate('clinic/object', nurse))).toMatchObject({ allow: true })
    expect(told(audit)).toEqual([
      'allow clinic/allow policy',
      'deny clinic/allow policy',
      'deny clinic/allow policy',
      'allow clinic/object policy',
    ])
    expect(decisionsOf(audit)[0]).toMatchObject({
      decision: { policy_id: 'clinic/allow', policy_version: 'bundle-12' },
      metadata: { guard: '@open-policy-agent/opa', decision_id: decisionId },
    })
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('records what the application says of the input, and nothing else of it', async () => {
    const audit = testAudit()
    const watched = auditOpa(await client(), {
      audit,
      question: (path, input) => ({
        permission: `${path}:${String(Reflect.get(Object(input), 'action'))}`,
        roles: rolesIn(input).map(String),
        targets: [{ type: 'patient', id: 'planted-7' }],
        subjects: ['planted-7'],
      }),
    })
    await inRequest(() => watched.evaluate('allow', nurse))
    expect(decisionsOf(audit)).toMatchObject([
      {
        decision: { permission: 'allow:patients:read', roles_evaluated: ['nurse'] },
        resource_type: 'patient',
        subjects: [expect.any(String)],
      },
    ])
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('takes no result for a refusal, and a result that is no answer for none', async () => {
    const audit = testAudit()
    const watched = auditOpa(await client(), { audit })
    expect(await inRequest(() => watched.evaluate('clinic/undefined', nurse))).toBeUndefined()
    await inRequest(() => watched.evaluate('clinic/filters', nurse))
    expect(told(audit)).toEqual(['deny clinic/undefined policy'])
  })

  it('lets the application say what a result means', async () => {
    const audit = testAudit()
    const allowed = (result: unknown): boolean => Reflect.has(Object(result), 'wards')
    const watched = auditOpa(await client(), { audit, allowed })
    await inRequest(() => watched.evaluate('clinic/filters', nurse))
    expect(told(audit)).toEqual(['allow clinic/filters policy'])
  })

  it('survives what the application says badly', async () => {
    const audit = testAudit()
    const fails = (): never => {
      throw new Error('deliberate')
    }
    const watched = auditOpa(await client(), { audit, question: fails })
    expect(await inRequest(() => watched.evaluate('clinic/allow', nurse))).toBe(true)
    expect(told(audit)).toEqual(['allow clinic/allow policy'])
  })

  it('records the default policy', async () => {
    const audit = testAudit()
    const watched = auditOpa(await client(), { audit })
    expect(await inRequest(() => watched.evaluateDefault(nurse))).toBe(true)
    expect(told(audit)).toEqual(['allow default policy'])
  })

  it('records each input of a batch once, with its own id, and those that fail as undecided', async () => {
    const audit = testAudit()
    const watched = auditOpa(await client(), { audit })
    expect(await inRequest(() => watched.evaluateBatch('clinic/allow', { 10: nurse, 20: guest }))).toEqual({
      10: true,
      20: false,
    })
    expect(told(audit)).toEqual(['allow clinic/allow policy', 'deny clinic/allow policy'])
    expect(decisionsOf(audit)[1]).toMatchObject({ metadata: { decision_id: `${decisionId.slice(0, -2)}20` } })
    audit.clear()
    await inRequest(() => watched.evaluateBatch('clinic/mixed', { 10: nurse, 20: guest }))
    expect(told(audit)).toEqual(['allow clinic/mixed policy', 'deny clinic/mixed undecided!'])
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('records what a server without batches is asked one by one, once', async () => {
    const audit = testAudit()
    const watched = auditOpa(await client(), { audit })
    for (let times = 0; times < 2; times++) {
      await inRequest(() => watched.evaluateBatch('clinic/old', { 10: nurse, 20: guest }, { fallback: true }))
      expect(told(audit)).toEqual(['allow clinic/old policy', 'deny clinic/old policy'])
      audit.clear()
    }
    const other = auditOpa(await client(), { audit })
    await expect(inRequest(() => other.evaluateBatch('clinic/old', { 10: nurse }))).rejects.toThrow()
    expect(told(audit)).toEqual(['deny clinic/old undecided!'])
  })

  for (const path of ['clinic/fails', 'clinic/slow', 'clinic/cut']) {
    it(`records what the server leaves undecided (${path}), and rejects as the client does`, async () => {
      const audit = testAudit()
      const plain = await client()
      const expected: unknown = await plain.evaluate(path, nurse).catch((error: unknown) => error)
      const watched = auditOpa(plain, { audit })
      const rejected: unknown = await inRequest(() => watched.evaluate(path, nurse)).catch((error: unknown) => error)
      expect(Object(rejected).constructor).toBe(Object(expected).constructor)
      expect(decisionsOf(audit)).toMatchObject([{ outcome: 'failure', reason: 'undecided' }])
      expect(JSON.stringify(audit.records)).not.toContain('planted')
    })
  }

  it('makes one record of the same answer in one request, and is applied once', async () => {
    const audit = testAudit()
    const watched = auditOpa(auditOpa(await client(), { audit }), { audit })
    await inRequest(async () => {
      for (let times = 0; times < 5; times++) await watched.evaluate('clinic/allow', nurse)
    })
    expect(told(audit)).toEqual(['allow clinic/allow policy'])
  })

  it('refuses what is no client, and options that cannot be, by name', () => {
    for (const wrong of [null, {}, { opa: {} }])
      expect(() => Reflect.apply(auditOpa, undefined, [wrong])).toThrow(
        expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditOpa') }),
      )
    expect(() => Reflect.apply(auditOpa, undefined, [{}, { question: {} }])).toThrow(/option question/)
  })
})
