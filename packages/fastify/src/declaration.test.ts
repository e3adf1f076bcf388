import { testAudit } from '@trailmark/core/testing'
import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { readDeclaration } from './declaration.ts'
import auditPlugin, { type RouteAudit } from './index.ts'

describe('config.audit', () => {
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['no object', 'read', 'must be an object'],
    ['null', null, 'must be an object'],
    ['no verb', { id: () => 1 }, 'names nothing'],
    ['two verbs', { read: 'a', delete: 'a' }, 'read and delete'],
    ['a verb and an exemption', { read: 'a', exempt: 'no data' }, 'read and exempt'],
    ['a resource without a name', { read: '' }, 'config.audit.read of'],
    ['a resource that is no text', { read: 7 }, 'config.audit.read of'],
    ['an id that is no function', { read: 'a', id: 'p1' }, 'config.audit.id of'],
    ['a purpose that is no text', { read: 'a', purpose: 1 }, 'config.audit.purpose of'],
    ['a member nobody knows', { read: 'a', subjects: () => 1 }, 'config.audit.subjects of'],
    ['an event that needs a purpose', { read: 'a', event: 'break_glass_access' }, 'purpose is missing'],
    ['a login with members beside it', { login: true, user: () => 'ann' }, 'config.audit.user of'],
    ['a login that is a text', { login: 'yes' }, 'config.audit.login of'],
    ['a login with a member nobody knows', { login: { users: () => 'ann' } }, 'config.audit.login.users of'],
    ['a question on an exempt route', { exempt: 'no data', id: () => 1 }, 'config.audit.id of'],
  ]
  for (const [what, config, message] of wrong) {
    it(`that is ${what} stops the start, naming route and member`, () => {
      expect(() => readDeclaration(config, 'GET /patients')).toThrow(
        expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining(message) }),
      )
      expect(() => readDeclaration(config, 'GET /patients')).toThrow('GET /patients')
    })
  }

  it('takes members that are undefined for absent', () => {
    expect(readDeclaration({ read: 'patient', delete: undefined, id: undefined }, 'GET /')).toMatchObject({
      verb: 'read',
    })
  })

  it('takes a login, a logout and any other event', () => {
    const user = (): string => 'ann'
    expect(readDeclaration({ login: true }, 'POST /')).toEqual({ kind: 'login', options: {} })
    expect(readDeclaration({ login: { user } }, 'POST /')).toEqual({ kind: 'login', options: { user } })
    expect(readDeclaration({ logout: true }, 'POST /')).toMatchObject({ kind: 'logout' })
    expect(readDeclaration({ event: 'password_change', subject: user }, 'PUT /')).toMatchObject({
      kind: 'event',
      type: 'password_change',
    })
  })

  it('with an event nobody knows stops the start', async () => {
    const app = fastify()
    await app.register(auditPlugin, { audit: testAudit() })
    expect(() => app.get('/x', { config: { audit: { event: 'passwrod_change' } } }, async () => 'ok')).toThrow(
      'there is no event "passwrod_change"',
    )
  })

  it('is a compile error with two verbs', () => {
    // @ts-expect-error one verb only
    const both: RouteAudit = { read: 'patient', delete: 'patient' }
    // @ts-expect-error an exempt route has no identifier
    const exempt: RouteAudit = { exempt: 'no data', id: () => 1 }
    expect([both, exempt]).toHaveLength(2)
  })

  it('refuses at registration, before the first request', async () => {
    const app = fastify()
    await app.register(auditPlugin, { audit: testAudit() })
    // @ts-expect-error not a verb
    expect(() => app.get('/x', { config: { audit: { peek: 'patient' } } }, async () => 'ok')).toThrow('GET /x')
  })
})

describe('a declared route', () => {
  it('registered before the plugin is recorded all the same', async () => {
    const audit = testAudit()
    const app = fastify()
    app.get('/patients/:id', { config: { audit: { export: 'patient' } } }, async () => 'ok')
    await app.register(auditPlugin, { audit })
    expect((await app.inject('/patients/7')).statusCode).toBe(200)
    expect(audit.recordsOf('data_export')).toMatchObject([
      { phase: 'attempt' },
      { phase: 'result', outcome: 'success' },
    ])
  })

  it('under a prefix is recorded once, with and without a slash behind it', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    await app.register(
      async (child) => void child.get('/', { config: { audit: { read: 'ward' } } }, async () => 'ok'),
      {
        prefix: '/wards',
      },
    )
    await app.inject('/wards')
    await app.inject('/wards/')
    expect(audit.recordsOf('data_access')).toHaveLength(2)
  })

  it('that its own preHandler refuses is a denial and no access', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    const preHandler = async (): Promise<never> => {
      throw Object.assign(new Error('no'), { statusCode: 403 })
    }
    app.get('/patients', { config: { audit: { export: 'patient' } }, preHandler }, async () => 'ok')
    expect((await app.inject('/patients')).statusCode).toBe(403)
    // What the ledgers say of themselves aside.
    const told = audit.records.filter(({ category }) => category !== 'audit_meta')
    expect(told.map((record) => record.event_type)).toEqual(['authz_deny'])
  })
})

describe('the coverage', () => {
  it('lists every route when it is registered, HEAD included, before any request', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    app.get('/patients/:id', { config: { audit: { read: 'patient' } } }, async () => 'ok')
    app.get('/health', { config: { audit: { exempt: 'no personal data' } } }, async () => 'ok')
    app.post('/forgotten', async () => 'ok')
    await app.ready()
    expect(audit.coverage().routes).toEqual([
      { method: 'POST', route: '/forgotten', status: 'unaudited' },
      { method: 'GET', route: '/health', status: 'exempt', reason: 'no personal data' },
      { method: 'HEAD', route: '/health', status: 'exempt', reason: 'no personal data' },
      { method: 'GET', route: '/patients/:id', status: 'audited', verb: 'read' },
      { method: 'HEAD', route: '/patients/:id', status: 'audited', verb: 'read' },
    ])
  })
})
