import { testAudit } from '@trailmark/core/testing'
import auditPlugin from '@trailmark/fastify'
import { auditGuard } from '@trailmark/integrations/guard'
import { auditMiddleware as auditKoa } from '@trailmark/koa'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import fastify from 'fastify'
import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import { listen } from '../conformance/listen.ts'
import { clientOf, serveExpress } from './audited-express.ts'
import { decisionsOf, inRequest, told } from './decisions.ts'

const forbidden = (): Error => Object.assign(new Error('planted words'), { status: 403 })

async function passing(guard: RequestHandler, init: RequestInit = {}) {
  const served = await serveExpress((app) => {
    app.use((req, _res, next) => {
      Object.assign(req, { user: { id: 'planted-nurse', roles: ['nurse'] } })
      next()
    })
    app.get('/ward', guard, (_req, res) => void res.send('ok'))
    app.get('/ward', (_req, res) => void res.send('the other route'))
    app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
      res.sendStatus(Number(Reflect.get(Object(error), 'status') ?? 500))
    })
  })
  const answer = await served.send('/ward', init)
  await served.close()
  return { status: answer.status, audit: served.audit, told: told(served.audit), types: served.told() }
}

const options = { permission: 'ward:enter', policyId: 'house-rules', policyVersion: '2' }
const guard = (made: RequestHandler): RequestHandler => auditGuard('mayEnter', made, options)

describe('auditGuard around middleware of Express', () => {
  it('that calls next records who was let in, by which guard, with which roles', async () => {
    const { status, audit } = await passing(guard((_req, _res, next) => next()))
    expect(status).toBe(200)
    expect(decisionsOf(audit)).toMatchObject([
      {
        event_type: 'authz_allow',
        decision: {
          permission: 'ward:enter',
          policy_id: 'house-rules',
          policy_version: '2',
          roles_evaluated: ['nurse'],
        },
        metadata: { guard: 'mayEnter' },
        http: { route: '/ward' },
      },
    ])
  })

  const refusals: Record<string, [RequestHandler, number, string]> = {
    'hands on a 403': [(_req, _res, next) => next(forbidden()), 403, 'deny ward:enter forbidden'],
    'throws a 403': [() => Promise.reject(forbidden()), 403, 'deny ward:enter forbidden'],
    'answers 403': [(_req, res) => void res.sendStatus(403), 403, 'deny ward:enter forbidden'],
    'answers 401 to somebody unknown': [
      (_req, res) => void res.sendStatus(401),
      401,
      'deny ward:enter unauthenticated',
    ],
    'redirects to the login': [(_req, res) => res.redirect('/login'), 302, 'deny ward:enter forbidden'],
    'hides what it refuses': [(_req, res) => void res.sendStatus(404), 404, 'deny ward:enter forbidden'],
    fails: [(_req, _res, next) => next(new Error('planted')), 500, 'deny ward:enter undecided!'],
    rejects: [() => Promise.reject(new Error('planted')), 500, 'deny ward:enter undecided!'],
    'hands an error on and throws it': [
      async (_req, _res, next) => {
        next(forbidden())
        throw forbidden()
      },
      403,
      'deny ward:enter forbidden',
    ],
    'answers and goes on all the same': [
      (_req, res, next) => {
        res.on('finish', () => next(new Error('too late')))
        res.sendStatus(403)
      },
      403,
      'deny ward:enter forbidden',
    ],
  }
  for (const [what, [made, expected, record]] of Object.entries(refusals)) {
    it(`that ${what} records one refusal`, async () => {
      const { status, told: records, audit } = await passing(guard(made))
      expect(status).toBe(expected)
      expect(records).toEqual([record])
      expect(JSON.stringify(audit.records)).not.toContain('planted')
    })
  }

  it('that calls next twice records once', async () => {
    const made: RequestHandler = (_req, _res, next) => {
      next()
      next()
    }
    expect((await passing(guard(made))).told).toEqual(['allow ward:enter permission'])
  })

  it('that skips its route, or answers with success, has decided nothing', async () => {
    const { status, told: none } = await passing(guard((_req, _res, next) => next('route')))
    expect([status, none]).toEqual([200, []])
    expect((await passing(guard((_req, res) => void res.send('cached')))).told).toEqual([])
  })

  it('leaves a wrong token to the record of wrong tokens', async () => {
    const made = guard((_req, res) => void res.sendStatus(401))
    const { types } = await passing(made, { headers: { authorization: 'Bearer planted' } })
    expect(types.filter((type) => /authz|token/.test(type))).toEqual(['invalid_token_presented'])
  })

  it('that never answers records nothing, also when the client leaves', async () => {
    const served = await serveExpress((app) => {
      app.post(
        '/ward',
        guard(() => undefined),
      )
    })
    await served.leave('/ward', { a: 'b' })
    expect(decisionsOf(served.audit)).toEqual([])
    await served.close()
  })

  it('a dozen in a row leave no listeners behind', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    const served = await serveExpress((app) => {
      const many = Array.from({ length: 20 }, (_, i) =>
        auditGuard(`guard${i}`, (_req: Request, _res: Response, next: NextFunction) => next()),
      )
      app.get('/ward', ...many, (_req, res) => void res.send(String(res.listenerCount('finish'))))
    })
    const before = Number(await (await served.send('/ward')).text())
    expect(before).toBeLessThan(5)
    expect(decisionsOf(served.audit)).toHaveLength(20)
    await served.close()
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })
})

describe('auditGuard around a check', () => {
  it('records yes, no, and an object that says it, now and later, and answers stay the same', async () => {
    const audit = testAudit()
    const answers = [true, false, { granted: true }, { allowed: false }, null, 'yes'] as const
    for (const answer of answers) {
      const now = auditGuard('check', (_req: object) => answer, { audit })
      inRequest(() => expect(now({})).toBe(answer))
      const later = auditGuard('check', async (_req: object) => answer, { audit })
      await inRequest(async () => expect(await later({})).toBe(answer))
    }
    const effects = told(audit).map((one) => one.split(' ')[0])
    expect(effects).toEqual(['allow', 'deny', 'allow', 'deny', 'deny', 'allow'].flatMap((one) => [one, one]))
  })

  it('that throws or rejects is undecided, or refuses where the error says so, and throws the same', async () => {
    const audit = testAudit()
    const error = new Error('planted')
    const thrown = auditGuard(
      'check',
      (): boolean => {
        throw error
      },
      { audit },
    )
    inRequest(() => expect(thrown).toThrow(error))
    const rejected = auditGuard('check', () => Promise.reject(forbidden()), { audit })
    await inRequest(() => expect(rejected()).rejects.toThrow('planted words'))
    expect(told(audit)).toEqual(['deny check undecided!', 'deny check forbidden'])
  })

  it('that says nothing, or never, records nothing', async () => {
    const audit = testAudit()
    inRequest(() => auditGuard('check', () => undefined, { audit })())
    void inRequest(() => auditGuard('check', () => new Promise(() => undefined), { audit })())
    await new Promise(setImmediate)
    expect(decisionsOf(audit)).toEqual([])
  })

  it('asked ten times in one request is one record; wrapped twice it records once', () => {
    const audit = testAudit()
    const twice = auditGuard(
      'outer',
      auditGuard('check', () => true, { audit }),
      { audit },
    )
    inRequest(() => Array.from({ length: 10 }, () => twice()))
    expect(told(audit)).toEqual(['allow check permission'])
  })

  it('keeps name, length, marks and this of the guard', () => {
    const mark = Symbol('mark')
    const made = Object.assign(
      function isOwner(this: { readonly id: number }, _a: unknown, _b: unknown): boolean {
        return this.id === 7
      },
      { [mark]: 'kept' },
    )
    const audit = testAudit()
    const watched = auditGuard('isOwner', made, { audit })
    expect([watched.name, watched.length, watched[mark]]).toEqual(['isOwner', 2, 'kept'])
    expect(watched.call({ id: 7 }, 1, 2)).toBe(true)
  })

  it('refuses names, options and guards that cannot be, by name', () => {
    const apply =
      (...given: unknown[]) =>
      () =>
        Reflect.apply(auditGuard, undefined, given)
    expect(apply('two words', () => true)).toThrow(/name must be/)
    expect(apply('x'.repeat(65), () => true)).toThrow(/name must be/)
    expect(apply('ok', 'no function')).toThrow(expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' }))
    expect(apply('ok', () => true, { kind: 'other' })).toThrow(/option kind must be one of/)
  })
})

describe('auditGuard in other frameworks', () => {
  it('watches hooks of Fastify, with a callback and async', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    const callback = auditGuard('callback', (_request: unknown, _reply: unknown, done: (error?: Error) => void) =>
      done(),
    )
    const hook = auditGuard('hook', async (_request: unknown) => Promise.reject(forbidden()), { kind: 'hook' })
    const open = auditGuard('open', async (_request: unknown) => undefined, { kind: 'hook' })
    app.get('/a', { preHandler: [callback, open] }, async () => 'ok')
    app.get('/b', { preHandler: hook }, async () => 'ok')
    expect((await app.inject('/a')).statusCode).toBe(200)
    expect((await app.inject('/b')).statusCode).toBe(403)
    await app.close()
    expect(told(audit)).toEqual(['allow callback permission', 'allow open permission', 'deny hook forbidden'])
  })

  it('watches middleware of Koa', async () => {
    const audit = testAudit()
    const app = new Koa()
    app.on('error', () => undefined)
    app.use(auditKoa({ audit }))
    app.use(
      auditGuard(
        'mayEnter',
        async (ctx: Koa.Context, next: Koa.Next) => {
          if (ctx.path === '/throws') ctx.throw(403)
          if (ctx.path === '/answers') ctx.status = 403
          else await next()
        },
        { kind: 'koa', permission: 'ward:enter' },
      ),
    )
    app.use((ctx) => {
      if (ctx.path === '/fails') throw new Error('behind the guard')
      ctx.body = 'ok'
    })
    const serving = await listen(app.callback())
    const client = clientOf(audit, `http://127.0.0.1:${serving.port}`)
    const statuses: number[] = []
    for (const path of ['/', '/throws', '/answers', '/fails']) statuses.push((await client.send(path)).status)
    await serving.close()
    expect(statuses).toEqual([200, 403, 403, 500])
    expect(told(audit)).toEqual([
      'allow ward:enter permission',
      'deny ward:enter forbidden',
      'deny ward:enter forbidden',
      'allow ward:enter permission',
    ])
  })
})
