import type { AddressInfo } from 'node:net'
import { currentContext } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import Koa from 'koa'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { auditErrors, audited, auditMiddleware } from './index.ts'

const secret = 'planted-secret-7391'

async function listening(app: Koa): Promise<string> {
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

function idOf(response: Response): string {
  return response.headers.get('x-request-id') ?? ''
}

async function settled(audit: { readonly lines: readonly unknown[] }): Promise<void> {
  for (let i = 0; i < 500 && audit.lines.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 2))
}

function fails(): never {
  throw Object.assign(new Error(secret), { status: 409, expose: true })
}

async function expectSafe(response: Response, status = 409): Promise<void> {
  const body = await response.text()
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(JSON.parse(body)).toMatchObject({ status, request_id: idOf(response) })
  expect(body).not.toContain(secret)
}

describe('errors', () => {
  it("reach the application's listeners once, inside the context of their request", async () => {
    const app = new Koa().use(auditMiddleware({ audit: testAudit() })).use(fails)
    const seen: unknown[] = []
    app.on('error', (error: Error, ctx: Koa.Context) => seen.push(error.message, ctx.path, currentContext()?.requestId))
    const response = await fetch(`${await listening(app)}/fails`)
    await expectSafe(response)
    expect(seen).toEqual([secret, '/fails', idOf(response)])
  })

  it('reach a listener that was added for once only once', async () => {
    let called = 0
    const app = new Koa().use(auditMiddleware({ audit: testAudit() })).use(fails)
    app.once('error', () => called++)
    const url = await listening(app)
    await fetch(url)
    await fetch(url)
    expect(called).toBe(1)
  })

  it('that are no errors reach listeners as the cause of one', async () => {
    const seen: Error[] = []
    const app = new Koa().use(auditMiddleware({ audit: testAudit() })).use(() => {
      throw secret
    })
    app.on('error', (error: Error) => seen.push(error))
    await expectSafe(await fetch(await listening(app)), 500)
    expect(seen).toEqual([expect.objectContaining({ cause: secret })])
    expect(seen[0]?.message).not.toContain(secret)
  })

  it('are answered even when a listener throws', async () => {
    const rejected = vi.fn()
    const app = new Koa().use(auditMiddleware({ audit: testAudit() })).use(fails)
    app.on('error', () => {
      throw new Error('deliberate')
    })
    const handle = app.callback()
    // As app.listen() does, except that the rejection Koa leaves behind is taken here.
    app.callback = () => (req, res) => handle(req, res).catch(rejected)
    await expectSafe(await fetch(await listening(app)))
    expect(rejected).toHaveBeenCalledOnce()
  })

  it('are printed by an onerror of the application, and not by that of Koa', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    onTestFinished(() => printed.mockRestore())
    class Own extends Koa {
      readonly seen: Error[] = []
      override onerror(error: Error): void {
        this.seen.push(error)
      }
    }
    const own = new Own()
    own.use(auditMiddleware({ audit: testAudit() })).use(fails)
    await fetch(await listening(own))
    expect(own.seen).toHaveLength(1)
    await fetch(await listening(new Koa().use(auditMiddleware({ audit: testAudit() })).use(fails)))
    expect(printed).not.toHaveBeenCalled()
  })

  it('are answered by an onerror of the application on app.context, inside the context', async () => {
    const app = new Koa()
    app.context.onerror = function (this: Koa.Context, error: Error | null) {
      if (error === null || error === undefined) return
      this.res.statusCode = 418
      this.res.end(currentContext()?.requestId)
    }
    app.use(auditMiddleware({ audit: testAudit() })).use(fails)
    const response = await fetch(await listening(app))
    expect(response.status).toBe(418)
    expect(await response.text()).toBe(idOf(response))
  })

  it('of middleware mounted before the audit are answered safely once the request has passed it', async () => {
    const app = new Koa()
    app.use(async (_ctx, next) => {
      await next()
      fails()
    })
    app.use(auditMiddleware({ audit: testAudit() }))
    await expectSafe(await fetch(await listening(app)))
  })

  it('take their status from the error and never from what was set before', async () => {
    const app = new Koa().use(auditMiddleware({ audit: testAudit() })).use((ctx) => {
      ctx.status = 201
      throw new Error(secret)
    })
    await expectSafe(await fetch(await listening(app)), 500)
  })
})

describe('auditErrors', () => {
  it('answers inside, so that middleware mounted before it shapes the answer', async () => {
    const audit = testAudit()
    const app = new Koa().use(auditMiddleware({ audit }))
    app.use(async (ctx, next) => {
      await next()
      ctx.set('access-control-allow-origin', '*')
    })
    const seen: Error[] = []
    app.on('error', (error: Error) => seen.push(error))
    app.use(auditErrors()).use(fails)
    const response = await fetch(await listening(app))
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    await expectSafe(response)
    await settled(audit)
    expect(seen).toHaveLength(1)
    expect(audit.lines).toMatchObject([{ http: { status: 409, completion: 'completed' }, error: { type: 'Error' } }])
  })

  it('passes good answers through', async () => {
    const app = new Koa().use(auditMiddleware({ audit: testAudit() })).use(auditErrors())
    app.use((ctx) => {
      ctx.body = 'ok'
    })
    expect(await (await fetch(await listening(app))).text()).toBe('ok')
  })
})

describe('the actor', () => {
  const read = audited.read('patient')

  it('is asked of the option first', async () => {
    const audit = testAudit()
    const app = new Koa().use(
      auditMiddleware({ audit, actor: (ctx) => ({ type: 'service', id: ctx.get('x-caller') }) }),
    )
    app.use(read).use((ctx) => {
      ctx.body = 'ok'
    })
    await fetch(await listening(app), { headers: { 'x-caller': 'billing' } })
    await settled(audit)
    expect(audit.recordsOf('data_access')).toMatchObject([{ actor: { type: 'service' } }])
  })

  for (const [where, put] of [
    ['ctx.state.user', (ctx: Koa.Context) => Object.assign(ctx.state, { user: { id: 'usr_1' } })],
    ['ctx.state.auth', (ctx: Koa.Context) => Object.assign(ctx.state, { auth: { sub: 'usr_1' } })],
    ['ctx.session', (ctx: Koa.Context) => Object.assign(ctx, { session: { userId: 'usr_1' } })],
  ] as const) {
    it(`is found in ${where}`, async () => {
      const audit = testAudit()
      const app = new Koa().use(auditMiddleware({ audit }))
      app.use((ctx, next) => {
        put(ctx)
        return next()
      })
      app.use(read).use((ctx) => {
        ctx.body = 'ok'
      })
      await fetch(await listening(app))
      await settled(audit)
      expect(audit.recordsOf('data_access')).toMatchObject([{ actor: { type: 'user' }, user_id: expect.any(String) }])
    })
  }
})

describe('auditMiddleware', () => {
  it('refuses an audit together with options for another one', () => {
    const options = { audit: testAudit(), service: 'clinic' }
    expect(() => auditMiddleware(options)).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
  })

  it('refuses an option that cannot be, when it is mounted and by its name', () => {
    expect(() => auditMiddleware({ ledger: 'memory', trust: ['not an address'] })).toThrow(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining('trust') }),
    )
  })

  it('says when it is mounted after what it should have seen', async () => {
    const audit = testAudit()
    const app = new Koa()
    app.use((ctx, next) => {
      Object.assign(ctx.request, { body: {} })
      ctx.state.user = { id: 'usr_1' }
      return next()
    })
    app.use(auditMiddleware({ audit }))
    await fetch(await listening(app))
    expect(audit.notices.join('\n')).toContain('AUDIT_MOUNTED_AFTER_BODY_PARSER')
    expect(audit.notices.join('\n')).toContain('AUDIT_MOUNTED_AFTER_AUTHENTICATION')
  })

  it('says when it is mounted twice', async () => {
    const audit = testAudit()
    const app = new Koa().use(auditMiddleware({ audit })).use(auditMiddleware({ audit }))
    await fetch(await listening(app))
    await settled(audit)
    expect(audit.lines).toHaveLength(1)
    expect(audit.notices.join('\n')).toContain('AUDIT_MOUNTED_TWICE')
  })

  it("leaves Koa's answer to unmatched requests as it is", async () => {
    const plain = await fetch(await listening(new Koa()))
    const answer = await fetch(await listening(new Koa().use(auditMiddleware({ audit: testAudit() }))))
    expect([answer.status, await answer.text()]).toEqual([plain.status, await plain.text()])
  })

  it('reads a body stream inside the context, whatever kind of stream it is', async () => {
    const seen: (string | undefined)[] = []
    async function* parts() {
      seen.push(currentContext()?.requestId)
      yield new TextEncoder().encode('ok')
    }
    const app = new Koa().use(auditMiddleware({ audit: testAudit() }))
    app.use((ctx) => {
      ctx.body = ReadableStream.from(parts())
    })
    const origin = await listening(app)
    // With the first request the application becomes known; from then on Koa's own hands are inside.
    const ids: string[] = []
    for (let i = 0; i < 3; i++) {
      const response = await fetch(origin)
      expect(await response.text()).toBe('ok')
      ids.push(idOf(response))
    }
    expect(seen).toEqual(ids)
  })

  it('answers where nothing was thrown behind a middleware that stands before the audit and waited', async () => {
    const app = new Koa()
    app.use(async (_ctx, next) => {
      await new Promise((resolve) => setImmediate(resolve))
      return next()
    })
    app.use(auditMiddleware({ audit: testAudit() })).use(() => Promise.reject(null))
    const url = await listening(app)
    for (let i = 0; i < 3; i++) await expectSafe(await fetch(url), 500)
  })

  it('are answered where a middleware passes them on to the `onerror` it found', async () => {
    const app = new Koa().use(auditMiddleware({ audit: testAudit() }))
    let counted = 0
    app.use((ctx, next) => {
      const found = ctx.onerror
      ctx.onerror = function (this: Koa.Context, error) {
        if (error) counted++
        return found.call(this, error)
      }
      return next()
    })
    app.use(fails)
    const url = await listening(app)
    for (let i = 0; i < 3; i++) await expectSafe(await fetch(url))
    expect(counted).toBe(3)
  })

  it('answers where null or nothing was thrown, with the first request and later', async () => {
    const app = new Koa().use(auditMiddleware({ audit: testAudit() })).use(() => Promise.reject(null))
    const origin = await listening(app)
    for (let i = 0; i < 3; i++) await expectSafe(await fetch(origin), 500)
  })

  it('gives no promise a `then` of its own: every promise of the process would be slower for it', async () => {
    const handed: unknown[] = []
    class Watched extends Koa {
      override callback() {
        const handleRequest: unknown = Reflect.get(this, 'handleRequest') // The types do not have it.
        if (typeof handleRequest !== 'function') throw new Error('Koa has no handleRequest')
        Object.defineProperty(this, 'handleRequest', {
          configurable: true,
          writable: true,
          value: (ctx: Koa.Context, run: (ctx: Koa.Context) => unknown) =>
            Reflect.apply(handleRequest, this, [
              ctx,
              (asked: Koa.Context) => {
                const answered = run(asked)
                handed.push(answered)
                return answered
              },
            ]),
        })
        return super.callback()
      }
    }
    const app = new Watched().use(auditMiddleware({ audit: testAudit() })).use((ctx) => {
      ctx.body = 'ok'
    })
    const origin = await listening(app)
    for (let i = 0; i < 3; i++) expect(await (await fetch(origin)).text()).toBe('ok')
    expect(handed).toHaveLength(3)
    for (const promise of handed) expect(Object.hasOwn(Object(promise), 'then')).toBe(false)
  })
})

describe('audited', () => {
  it('refuses a resource or a reason without a name when the route is mounted', () => {
    expect(() => audited.read('')).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
    expect(() => audited.exempt(' ')).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
  })

  it('follows a request that no audit follows with the default one, so that nothing declared is lost', async () => {
    const app = new Koa().use(audited.read('patient')).use((ctx) => {
      ctx.body = 'ok'
    })
    expect(idOf(await fetch(await listening(app)))).not.toBe('')
  })
})

describe('the coverage', () => {
  it('reads the routes that a router leaves in the application', async () => {
    const audit = testAudit()
    const app = new Koa().use(auditMiddleware({ audit }))
    const stack = [
      { path: '/patients/:id', methods: ['HEAD', 'GET'], stack: [audited.read('patient'), fails] },
      { path: '/health', methods: ['GET'], stack: [audited.exempt('no personal data')] },
      { path: /forgotten/, methods: ['POST'], stack: [fails] },
      { path: 'a middleware', methods: [], stack: [fails] },
      null,
      { path: 7, methods: ['GET'], stack: [] },
    ]
    app.use(Object.assign((_ctx: Koa.Context, next: Koa.Next) => next(), { router: { stack } }))
    await fetch(await listening(app))
    expect(audit.coverage().routes).toEqual([
      { method: 'POST', route: '/forgotten/', status: 'unaudited' },
      { method: 'GET', route: '/health', status: 'exempt', reason: 'no personal data' },
      { method: 'GET', route: '/patients/:id', status: 'audited', verb: 'read' },
      { method: 'HEAD', route: '/patients/:id', status: 'audited', verb: 'read' },
    ])
  })
})

describe('what is mounted in front of the audit', () => {
  it('fails without a word of the error, once the application is known', async () => {
    const audit = testAudit()
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    onTestFinished(() => printed.mockRestore())
    const app = new Koa()
    app.use((ctx, next) => (ctx.path === '/early' ? fails() : next()))
    app.use(auditMiddleware({ audit }))
    app.use((ctx) => {
      ctx.body = 'ok'
    })
    const origin = await listening(app)
    expect(await (await fetch(`${origin}/`)).text()).toBe('ok')
    const answer = await fetch(`${origin}/early`)
    expect(answer.status).toBe(409)
    expect(idOf(answer)).toMatch(/^[0-9a-f-]{36}$/)
    expect(await answer.text()).not.toContain(secret)
    expect(printed).not.toHaveBeenCalled()
  })
})
