import cookie from '@fastify/cookie'
import fastifyCsrf from '@fastify/csrf-protection'
import { testAudit } from '@trailmark/core/testing'
import auditPlugin from '@trailmark/fastify'
import { auditCsrfCsrf } from '@trailmark/integrations/csrf-csrf'
import { auditFastifyCsrf } from '@trailmark/integrations/fastify-csrf'
import cookieParser from 'cookie-parser'
import { type DoubleCsrfUtilities, doubleCsrf } from 'csrf-csrf'
import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { serveExpress } from './audited-express.ts'

function utilities(): DoubleCsrfUtilities {
  return doubleCsrf({
    getSecret: () => 'a secret of this test',
    getSessionIdentifier: () => 'session',
    cookieName: 'csrf',
    cookieOptions: { secure: false },
  })
}

async function serveProtected(twice = false) {
  const once = auditCsrfCsrf(utilities())
  const { doubleCsrfProtection, generateCsrfToken, validateRequest } = twice ? auditCsrfCsrf(once) : once
  return serveExpress((app) => {
    app.use(cookieParser())
    app.get('/token', (req, res) => void res.send(generateCsrfToken(req, res)))
    app.post('/ask', (req, res) => void res.send(String(validateRequest(req))))
    app.post('/both', (req, _res, next) => {
      validateRequest(req)
      next()
    })
    app.use(doubleCsrfProtection)
    app.post(['/save', '/both'], (_req, res) => void res.send('saved'))
  })
}

describe('auditCsrfCsrf', () => {
  it('records a request without a token, and one with a wrong token, and no other', async () => {
    const { send, post, told, audit, close } = await serveProtected()
    const token = await (await send('/token')).text()
    const headers = { 'x-csrf-token': token, origin: 'https://planted.example' }
    expect((await post('/save', {}, { headers })).status).toBe(200)
    expect((await post('/save', {})).status).toBe(403)
    expect((await post('/save', {}, { headers: { ...headers, 'x-csrf-token': 'planted-token' } })).status).toBe(403)
    expect(told()).toEqual(['csrf_validation_failed missing_token', 'csrf_validation_failed invalid_token'])
    expect(audit.records.at(-1)).toMatchObject({
      outcome: 'denied',
      metadata: { status: 403, origin: expect.stringMatching(/^p1_/) },
    })
    expect(JSON.stringify(audit.records)).not.toMatch(/planted/)
    await close()
  })

  it('sees validateRequest asked by the application, and makes both one record', async () => {
    const { post, told, close } = await serveProtected(true)
    expect(await (await post('/ask', {})).text()).toBe('false')
    expect(told()).toEqual(['csrf_validation_failed missing_token'])
    expect((await post('/both', {})).status).toBe(403)
    expect(told()).toEqual(['csrf_validation_failed missing_token'])
    await close()
  })

  it('is applied once', async () => {
    const { post, told, close } = await serveProtected(true)
    await post('/save', {})
    expect(told()).toEqual(['csrf_validation_failed missing_token'])
    await close()
  })

  it('refuses what is no protection', () => {
    for (const wrong of [undefined, null, {}, { doubleCsrfProtection: () => undefined }])
      expect(() => Reflect.apply(auditCsrfCsrf, undefined, [wrong])).toThrow(
        expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditCsrfCsrf') }),
      )
    expect(() => Reflect.apply(auditCsrfCsrf, undefined, [utilities(), { token: 'x' }])).toThrow(/option token/)
  })
})

describe('auditFastifyCsrf', () => {
  it('records refusals once, and lets everything else pass', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    await app.register(cookie)
    await app.register(fastifyCsrf)
    auditFastifyCsrf(auditFastifyCsrf(app))
    app.get('/token', async (_request, reply) => reply.generateCsrf())
    await app.register(async (child) => {
      child.post('/save', { onRequest: child.csrfProtection }, async () => 'saved')
    })
    const made = await app.inject('/token')
    const cookies = { _csrf: made.cookies[0]?.value ?? '' }
    const post = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/save', cookies, headers })
    expect((await post({ 'csrf-token': made.body })).statusCode).toBe(200)
    expect((await post({ 'csrf-token': 'planted-token' })).statusCode).toBe(403)
    expect((await app.inject({ method: 'POST', url: '/save' })).statusCode).toBe(403)
    await app.close()
    const told = audit.records.filter(({ category }) => category === 'authz' || category === 'security')
    expect(told).toMatchObject([
      { event_type: 'csrf_validation_failed', reason: 'invalid_token', metadata: { status: 403 } },
      { event_type: 'csrf_validation_failed', reason: 'missing_token' },
    ])
    expect(told).toHaveLength(2)
    expect(JSON.stringify(audit.records)).not.toContain('planted')
    await audit.close()
  })

  it('refuses an instance without the plugin', () => {
    expect(() => Reflect.apply(auditFastifyCsrf, undefined, [fastify()])).toThrow(
      expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditFastifyCsrf') }),
    )
  })
})
