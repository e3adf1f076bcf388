import { OpenFgaClient } from '@openfga/sdk'
import { testAudit } from '@trailmark/core/testing'
import { auditOpenFga } from '@trailmark/integrations/openfga'
import { afterEach, describe, expect, it } from 'vitest'
import { decisionsOf, inRequest, told } from './decisions.ts'
import { type PolicyAnswer, type PolicyServer, servePolicies } from './policy-server.ts'

const storeId = '01JDF00000000000000000ST0R'
const authorizationModelId = '01JDF00000000000000000M0DE'

interface Tuple {
  readonly user: string
  readonly relation: string
  readonly object: string
}

/** Who may what; the documented answers of the server's API to the questions about it. */
const tuples = new Set(['user:planted-anne viewer document:planted-7', 'team:eng#member editor document:planted-8'])
const holds = ({ user, relation, object }: Tuple): boolean => tuples.has(`${user} ${relation} ${object}`)

function fga(path: string, body: unknown): PolicyAnswer {
  const of = (name: string): unknown => Reflect.get(Object(body), name)
  if (path.endsWith('/check')) return check(of('tuple_key') as Tuple)
  if (path.endsWith('/batch-check')) {
    const checks = of('checks') as { correlation_id: string; tuple_key: Tuple }[]
    if (checks.some(({ tuple_key: one }) => one.relation === 'broken')) return { status: 500, body: failure }
    const result = checks.map(({ correlation_id: id, tuple_key: one }) => {
      if (one.relation === 'lost') return []
      if (one.relation === 'unknown')
        return [[id, { allowed: false, error: { input_error: 'validation_error', message: 'planted words' } }]] as const
      return [[id, { allowed: holds(one) }]] as const
    })
    return { body: { result: Object.fromEntries(result.flat()) } }
  }
  const objects = of('user') === 'user:planted-anne' ? ['document:planted-7', 'document:planted-9'] : []
  return of('relation') === 'broken' ? { status: 500, body: failure } : { body: { objects } }
}

const failure = { code: 'internal_error', message: 'planted words' }

function check(tuple: Tuple): PolicyAnswer {
  if (tuple.relation === 'broken') return { status: 500, body: failure }
  if (tuple.relation === 'unknown') return { status: 400, body: { code: 'validation_error', message: 'planted words' } }
  if (tuple.relation === 'slow') return 'never'
  return tuple.relation === 'cut' ? 'cut' : { body: { allowed: holds(tuple), resolution: '' } }
}

let server: PolicyServer | undefined
afterEach(() => server?.close())

async function client(): Promise<OpenFgaClient> {
  server = await servePolicies(fga)
  const retryParams = { maxRetry: 0, minWaitInMs: 1 }
  return new OpenFgaClient({
    apiUrl: server.url,
    storeId,
    authorizationModelId,
    retryParams,
    baseOptions: { timeout: 200 },
  })
}

const anne = { user: 'user:planted-anne', relation: 'viewer', object: 'document:planted-7' }
const bob = { ...anne, user: 'user:planted-bob' }

describe('auditOpenFga', () => {
  it('records a check with relation and types in clear, ids as tokens, store and model as the policy', async () => {
    const audit = testAudit()
    const watched = auditOpenFga(await client(), { audit })
    expect((await inRequest(() => watched.check(anne))).allowed).toBe(true)
    expect((await inRequest(() => watched.check(bob))).allowed).toBe(false)
    expect(told(audit)).toEqual(['allow viewer:document policy', 'deny viewer:document policy'])
    expect(decisionsOf(audit)[0]).toMatchObject({
      decision: { policy_id: storeId, policy_version: authorizationModelId },
      targets: [
        { type: 'document', id: expect.stringMatching(/^p1_/) },
        { type: 'user', id: expect.stringMatching(/^p1_/) },
      ],
      metadata: { guard: '@openfga/sdk' },
    })
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  it('names the model a check was asked of', async () => {
    const audit = testAudit()
    const watched = auditOpenFga(await client(), { audit })
    const other = '01JDF00000000000000000THER'
    await inRequest(() => watched.check(anne, { authorizationModelId: other }))
    expect(decisionsOf(audit)).toMatchObject([{ decision: { policy_version: other } }])
  })

  it('records each item of a batch once, and those that fail or get no answer as undecided', async () => {
    const audit = testAudit()
    const watched = auditOpenFga(await client(), { audit })
    const team = { user: 'team:eng#member', relation: 'editor', object: 'document:planted-8' }
    const checks = [anne, bob, team, { ...anne, relation: 'unknown' }, { ...anne, relation: 'lost' }]
    const { result } = await inRequest(() => watched.batchCheck({ checks }))
    expect(result).toHaveLength(4)
    expect(told(audit).sort()).toEqual([
      'allow editor:document policy',
      'allow viewer:document policy',
      'deny lost:document undecided!',
      'deny unknown:document undecided!',
      'deny viewer:document policy',
    ])
    expect(JSON.stringify(audit.records)).not.toContain('planted')
    audit.clear()
    const broken = checks.map((one) => ({ ...one, relation: 'broken' })).slice(0, 2)
    await expect(inRequest(() => watched.batchCheck({ checks: broken }))).rejects.toThrow()
    expect(told(audit)).toEqual(['deny broken:document undecided!', 'deny broken:document undecided!'])
  })

  it('records the checks of clientBatchCheck and listRelations, each once', async () => {
    const audit = testAudit()
    const watched = auditOpenFga(await client(), { audit })
    await inRequest(() => watched.clientBatchCheck([anne, bob, { ...anne, relation: 'unknown' }]))
    expect(told(audit).sort()).toEqual([
      'allow viewer:document policy',
      'deny unknown:document undecided!',
      'deny viewer:document policy',
    ])
    audit.clear()
    const asked = { user: anne.user, object: anne.object, relations: ['viewer', 'editor'] }
    expect((await inRequest(() => watched.listRelations(asked))).relations).toEqual(['viewer'])
    expect(told(audit).sort()).toEqual(['allow viewer:document policy', 'deny editor:document policy'])
  })

  it('records a listing as one decision over what it found', async () => {
    const audit = testAudit()
    const watched = auditOpenFga(await client(), { audit })
    const asked = { user: anne.user, relation: 'viewer', type: 'document' }
    expect((await inRequest(() => watched.listObjects(asked))).objects).toHaveLength(2)
    await inRequest(() => watched.listObjects({ ...asked, user: bob.user }))
    await expect(inRequest(() => watched.listObjects({ ...asked, relation: 'broken' }))).rejects.toThrow()
    expect(told(audit)).toEqual([
      'allow viewer:document policy',
      'deny viewer:document policy',
      'deny broken:document undecided!',
    ])
    expect(decisionsOf(audit)[0]).toMatchObject({
      targets: [{ type: 'document' }, { type: 'document' }, { type: 'user' }],
    })
    expect(JSON.stringify(audit.records)).not.toContain('planted')
  })

  for (const relation of ['broken', 'unknown', 'slow', 'cut']) {
    it(`records a check that the server leaves undecided (${relation}), and rejects as the client does`, async () => {
      const audit = testAudit()
      const plain = await client()
      const expected: unknown = await plain.check({ ...anne, relation }).catch((error: unknown) => error)
      const watched = auditOpenFga(plain, { audit })
      const rejected: unknown = await inRequest(() => watched.check({ ...anne, relation })).catch(
        (error: unknown) => error,
      )
      expect(Object(rejected).constructor).toBe(Object(expected).constructor)
      expect(decisionsOf(audit)).toMatchObject([
        {
          event_type: 'authz_deny',
          outcome: 'failure',
          reason: 'undecided',
          metadata: { error_type: expect.any(String) },
        },
      ])
      expect(JSON.stringify(audit.records)).not.toContain('planted')
    })
  }

  it('makes one record of the same check in one request, and is applied once', async () => {
    const audit = testAudit()
    const watched = auditOpenFga(auditOpenFga(await client(), { audit }), { audit })
    await inRequest(async () => {
      for (let times = 0; times < 5; times++) await watched.check(anne)
    })
    expect(told(audit)).toEqual(['allow viewer:document policy'])
  })

  it('refuses what is no client, and options that cannot be, by name', () => {
    for (const wrong of [null, {}, { check: () => true }])
      expect(() => Reflect.apply(auditOpenFga, undefined, [wrong])).toThrow(
        expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditOpenFga') }),
      )
    expect(() => Reflect.apply(auditOpenFga, undefined, [{}, { model: 'x' }])).toThrow(/option model is not known/)
  })
})
