import fastifyAuth from '@fastify/auth'
import { type TestAudit, testAudit } from '@trailmark/core/testing'
import auditPlugin from '@trailmark/fastify'
import { auditFastifyAuth } from '@trailmark/integrations/fastify-auth'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { decisionsOf, told } from './decisions.ts'

type Done = (error?: Error) => void
type Auth = (request: FastifyRequest, reply: FastifyReply, done: Done) => unknown

const isNurse: Auth = (_request, _reply, done) => done()
async function isDoctor(): Promise<void> {
  throw Object.assign(new Error('planted words'), { statusCode: 403 })
}
const isAdmin: Auth = (_request, _reply, done) => done(new Error('planted words'))
const isOpen: Auth = async () => undefined
const throws: Auth = () => {
  throw Object.assign(new Error('planted words'), { statusCode: 403 })
}

interface Options {
  readonly relation?: 'and' | 'or'
  readonly run?: 'all'
  readonly headers?: Record<string, string>
  readonly twice?: boolean
}

async function ask(functions: (Auth | Auth[])[], options: Options = {}): Promise<{ status: number; audit: TestAudit }> {
  const { headers = {}, twice = false, ...rest } = options
  const audit = testAudit()
  const app = fastify()
  await app.register(auditPlugin, { audit })
  await app.register(fastifyAuth)
  auditFastifyAuth(app, { policyId: 'ward-door' })
  if (twice) auditFastifyAuth(app)
  app.addHook('onRequest', async (request) => {
    Object.assign(request, { user: { id: 'planted-anne', roles: ['nurse'] } })
  })
  app.get(
    '/ward',
    { config: { audit: { read: 'ward', permission: 'ward:read' } }, preHandler: app.auth(functions, rest) },
    async () => 'ok',
  )
  const { statusCode } = await app.inject({ url: '/ward', headers })
  await app.close()
  expect(JSON.stringify(audit.records)).not.toContain('planted')
  return { status: statusCode, audit }
}

function rules(audit: TestAudit): unknown[] {
  return decisionsOf(audit).map(({ metadata }) => Object(metadata).rule)
}

describe('auditFastifyAuth', () => {
  it('records who was let in, by which function, with the permission the route declares', async () => {
    const { status, audit } = await ask([isAdmin, isNurse])
    expect(status).toBe(200)
    expect(decisionsOf(audit)).toMatchObject([
      {
        event_type: 'authz_allow',
        decision: { effect: 'allow', permission: 'ward:read', policy_id: 'ward-door', roles_evaluated: ['nurse'] },
        metadata: { guard: '@fastify/auth', rule: 'isNurse' },
        http: { route: '/ward' },
      },
    ])
    expect(decisionsOf(audit)).toHaveLength(1)
  })

  it('records who was refused, and by which functions, once', async () => {
    const { status, audit } = await ask([isAdmin, isDoctor])
    expect(status).toBe(403)
    expect(told(audit)).toEqual(['deny ward:read forbidden'])
    expect(rules(audit)).toEqual(['isAdmin/isDoctor'])
  })

  const cases: readonly (readonly [string, (Auth | Auth[])[], Options, number, string, string])[] = [
    ['and, all agree', [isNurse, isOpen], { relation: 'and' }, 200, 'allow', 'isNurse/isOpen'],
    ['and, one refuses', [isNurse, throws, isOpen], { relation: 'and' }, 403, 'deny', 'throws'],
    ['and, asking all', [throws, isNurse], { relation: 'and', run: 'all' }, 403, 'deny', 'throws'],
    ['or, asking all', [isNurse, throws], { run: 'all' }, 200, 'allow', 'isNurse'],
    ['or of a list that agrees', [isAdmin, [isNurse, isOpen]], {}, 200, 'allow', 'isNurse/isOpen'],
    [
      'and of a list of which one agrees',
      [isNurse, [throws, isOpen]],
      { relation: 'and' },
      200,
      'allow',
      'isNurse/isOpen',
    ],
  ]
  for (const [what, functions, options, expected, effect, rule] of cases) {
    it(`follows the relation: ${what}`, async () => {
      const { status, audit } = await ask(functions, options)
      expect(status).toBe(expected)
      expect(told(audit).map((one) => one.split(' ')[0])).toEqual([effect])
      expect(rules(audit)).toEqual([rule])
    })
  }

  it('tells nobody from somebody: a 401 is unauthenticated, and one with a credential is a wrong token', async () => {
    const unknown = await ask([isAdmin])
    expect(unknown.status).toBe(401)
    expect(told(unknown.audit)).toEqual(['deny ward:read unauthenticated'])
    const wrong = await ask([isAdmin], { headers: { authorization: 'Bearer planted' } })
    expect(decisionsOf(wrong.audit)).toEqual([])
    expect(wrong.audit.recordsOf('invalid_token_presented')).toHaveLength(1)
  })

  it('records nothing of a function that answers itself, beyond what the answer says', async () => {
    const answers: Auth = (_request, reply) => void reply.code(403).send('no')
    const { audit } = await ask([answers])
    expect(told(audit)).toEqual(['deny ward:read forbidden'])
    expect(rules(audit)).toEqual([undefined])
  })

  it('is applied once', async () => {
    const { audit } = await ask([isNurse], { twice: true })
    expect(told(audit)).toEqual(['allow ward:read policy'])
  })

  it('keeps many requests at once apart', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    await app.register(fastifyAuth)
    auditFastifyAuth(app)
    const even: Auth = async (request) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10))
      if (Number(Reflect.get(Object(request.query), 'n')) % 2 === 1)
        throw Object.assign(new Error('odd'), { statusCode: 403 })
    }
    app.get('/ward', { preHandler: app.auth([even]) }, async () => 'ok')
    await Promise.all(Array.from({ length: 20 }, (_, n) => app.inject(`/ward?n=${n}`)))
    await app.close()
    expect(audit.recordsOf('authz_allow')).toHaveLength(10)
    expect(audit.recordsOf('authz_deny')).toHaveLength(10)
  })

  it('refuses an instance without the plugin, and options that cannot be, by name', async () => {
    expect(() => Reflect.apply(auditFastifyAuth, undefined, [fastify()])).toThrow(
      expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditFastifyAuth') }),
    )
    const app = fastify()
    await app.register(fastifyAuth)
    expect(() => Reflect.apply(auditFastifyAuth, undefined, [app, { permission: 'x' }])).toThrow(/option permission/)
    await app.close()
  })
})
