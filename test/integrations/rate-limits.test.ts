import { createRequire } from 'node:module'
import rateLimitPlugin from '@fastify/rate-limit'
import { testAudit } from '@trailmark/core/testing'
import auditPlugin from '@trailmark/fastify'
import { auditExpressRateLimit } from '@trailmark/integrations/express-rate-limit'
import { auditFastifyRateLimit } from '@trailmark/integrations/fastify-rate-limit'
import { auditKoaRatelimit } from '@trailmark/integrations/koa-ratelimit'
import { auditMiddleware } from '@trailmark/koa'
import { type Options, rateLimit } from 'express-rate-limit'
import fastify from 'fastify'
import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import { listen } from '../conformance/listen.ts'
import { clientOf, serveExpress } from './audited-express.ts'

/** It has no types of its own. */
const ratelimit: (options: object) => Koa.Middleware = createRequire(import.meta.url)('koa-ratelimit')

describe('auditExpressRateLimit', () => {
  async function flood(times: number, options: Partial<Options> = {}, twice = false) {
    const limiter = auditExpressRateLimit(rateLimit({ windowMs: 60_000, limit: 2, ...options }), { limiter: 'api' })
    const served = await serveExpress((app) => {
      app.use(twice ? auditExpressRateLimit(limiter) : limiter)
      app.get('/ward', (_req, res) => void res.send('ok'))
    })
    const statuses: number[] = []
    for (let i = 0; i < times; i++) statuses.push((await served.send('/ward')).status)
    return { ...served, statuses, records: () => served.audit.recordsOf('rate_limit_exceeded') }
  }

  it('records each request beyond the limit, and no other', async () => {
    const { statuses, records, close } = await flood(4)
    expect(statuses).toEqual([200, 200, 429, 429])
    expect(records()).toMatchObject([
      {
        outcome: 'denied',
        reason: 'per_address',
        metadata: { limiter: 'api', limit: 2, attempt_count: 3, retry_after_s: expect.any(Number) },
      },
      { metadata: { attempt_count: 4 } },
    ])
    await close()
  })

  it('folds a flood: ten of one client each minute, and a count when it is over', async () => {
    const { audit, close } = await flood(40)
    expect(audit.recordsOf('rate_limit_exceeded')).toHaveLength(10)
    await close()
    const [counted] = audit.recordsOf('rate_limit_exceeded').slice(10)
    expect(counted).toMatchObject({ aggregate: { count: 28 }, metadata: { limiter: 'api', limit: 2 } })
  })

  it('records one refusal where the limiter answers 403, hands an error on or lets pass, and is applied once', async () => {
    const handlers: Partial<Options>[] = [
      { statusCode: 403 },
      { handler: (_req, _res, next) => next(Object.assign(new Error('planted'), { status: 403 })) },
      { handler: (_req, _res, next) => next() },
    ]
    const statuses: number[][] = []
    for (const options of handlers) {
      const served = await flood(3, options, true)
      statuses.push(served.statuses)
      expect(served.told().filter((type) => /authz|rate/.test(type))).toEqual(['rate_limit_exceeded per_address'])
      await served.close()
    }
    expect(statuses).toEqual([
      [200, 200, 403],
      [200, 200, 403],
      [200, 200, 200],
    ])
  })

  it('keeps what stands on the limiter, and refuses what is none', () => {
    const limiter = rateLimit({ limit: 1 })
    expect(auditExpressRateLimit(limiter).resetKey).toBe(limiter.resetKey)
    expect(() => Reflect.apply(auditExpressRateLimit, undefined, [() => undefined])).toThrow(
      expect.objectContaining({
        code: 'AUDIT_LIBRARY_UNKNOWN',
        message: expect.stringContaining('auditExpressRateLimit'),
      }),
    )
    expect(() => Reflect.apply(auditExpressRateLimit, undefined, [limiter, { reason: 'x' }])).toThrow(/option reason/)
  })
})

describe('auditKoaRatelimit', () => {
  it('records each request beyond the limit once, answered or thrown', async () => {
    for (const throws of [false, true]) {
      const audit = testAudit()
      const app = new Koa()
      app.on('error', () => undefined)
      app.use(auditMiddleware({ audit }))
      const limiter = ratelimit({ driver: 'memory', db: new Map(), duration: 60_000, max: 1, throw: throws })
      app.use(auditKoaRatelimit(auditKoaRatelimit(limiter)))
      app.use((ctx) => {
        ctx.body = 'ok'
      })
      const serving = await listen(app.callback())
      const client = clientOf(audit, `http://127.0.0.1:${serving.port}`)
      const statuses = [(await client.send('/')).status, (await client.send('/')).status]
      await serving.close()
      expect(statuses).toEqual([200, 429])
      expect(audit.recordsOf('rate_limit_exceeded')).toMatchObject([
        { reason: 'per_address', metadata: { limiter: 'koa-ratelimit', limit: 1 } },
      ])
      await audit.close()
    }
  })

  it('refuses what is no limiter', () => {
    expect(() => Reflect.apply(auditKoaRatelimit, undefined, [{}])).toThrow(/auditKoaRatelimit: expected/)
  })
})

describe('auditFastifyRateLimit', () => {
  it('records each request beyond the limit once, and calls the onExceeded that was there', async () => {
    const audit = testAudit()
    const seen: string[] = []
    const app = fastify()
    await app.register(auditPlugin, { audit })
    const settings = { max: 1, timeWindow: 60_000, onExceeded: (_request: unknown, key: string) => void seen.push(key) }
    await app.register(rateLimitPlugin, auditFastifyRateLimit(auditFastifyRateLimit(settings)))
    app.get('/a', async () => 'ok')
    app.get('/b', { config: { rateLimit: { max: 2 } } }, async () => 'ok')
    const own = auditFastifyRateLimit(
      { max: 1, onExceeded: () => void seen.push('own') },
      { limiter: 'ward', reason: 'global' },
    )
    app.get('/c', { config: { rateLimit: own } }, async () => 'ok')
    const statuses: number[] = []
    for (const path of ['/a', '/a', '/b', '/b', '/b', '/c', '/c']) statuses.push((await app.inject(path)).statusCode)
    await app.close()
    expect(statuses).toEqual([200, 429, 200, 200, 429, 200, 429])
    expect(audit.recordsOf('rate_limit_exceeded')).toMatchObject([
      { reason: 'per_address', metadata: { limiter: '@fastify/rate-limit', limit: 1, window_s: 60 } },
      { metadata: { limiter: '@fastify/rate-limit', limit: 2 } },
      { reason: 'global', metadata: { limiter: 'ward', limit: 1 } },
    ])
    expect(seen).toEqual(['127.0.0.1', '127.0.0.1', 'own'])
    await audit.close()
  })

  it('makes a ban one record', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    await app.register(rateLimitPlugin, auditFastifyRateLimit({ max: 1, ban: 0, timeWindow: 60_000 }))
    app.get('/a', async () => 'ok')
    await app.inject('/a')
    expect((await app.inject('/a')).statusCode).toBe(403)
    await app.close()
    expect(audit.records.filter(({ category }) => category === 'authz' || category === 'security')).toMatchObject([
      { event_type: 'rate_limit_exceeded' },
    ])
    await audit.close()
  })

  it('refuses what is no object, and options that cannot be, by name', () => {
    expect(() => Reflect.apply(auditFastifyRateLimit, undefined, [7])).toThrow(/auditFastifyRateLimit: expected/)
    expect(() => Reflect.apply(auditFastifyRateLimit, undefined, [{}, { limiter: 7 }])).toThrow(/option limiter/)
  })
})
