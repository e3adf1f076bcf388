import { once } from 'node:events'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { currentContext } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { stream, streamSSE } from 'hono/streaming'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { auditErrors, audited, auditMiddleware } from './index.ts'

const secret = 'planted-secret-7391'

interface Env {
  readonly Bindings: HttpBindings
}

async function listening(app: { readonly fetch: Parameters<typeof createAdaptorServer>[0]['fetch'] }): Promise<string> {
  const server = createAdaptorServer({ fetch: app.fetch })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

function idOf(response: Response): string {
  return response.headers.get('x-request-id') ?? ''
}

async function settled(audit: { readonly lines: readonly unknown[] }, lines = 1): Promise<void> {
  for (let i = 0; i < 500 && audit.lines.length < lines; i++) await new Promise((resolve) => setTimeout(resolve, 2))
}

async function expectSafe(response: Response, status: number): Promise<void> {
  const body = await response.text()
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(JSON.parse(body)).toMatchObject({ status, request_id: idOf(response) })
  expect(body).not.toContain(secret)
}

function audible(): { app: Hono<Env>; audit: ReturnType<typeof testAudit> } {
  const audit = testAudit()
  const app = new Hono<Env>()
  app.use(auditMiddleware(app, { audit }))
  return { app, audit }
}

describe('errors', () => {
  const fails = (): never => {
    throw Object.assign(new Error(secret), { status: 409 })
  }

  it('of what was mounted before the audit are answered safely, and leave a line', async () => {
    const audit = testAudit()
    const app = new Hono()
    app.use('/early/*', fails)
    app.use(auditMiddleware(app, { audit }))
    await expectSafe(await fetch(`${await listening(app)}/early/7`), 409)
    await settled(audit)
    expect(audit.lines).toMatchObject([{ http: { status: 409 } }])
  })

  it.each(['before', 'after'])('reach an onError that was set %s the audit was mounted', async (when) => {
    const audit = testAudit()
    const app = new Hono()
    const answer = (error: Error) => new Response(`${error.message} ${currentContext()?.requestId}`, { status: 418 })
    if (when === 'before') app.onError(answer)
    app.use(auditMiddleware(app, { audit }))
    if (when === 'after') app.onError(answer)
    app.get('/', fails)
    const response = await fetch(await listening(app))
    expect(response.status).toBe(418)
    expect(await response.text()).toBe(`${secret} ${idOf(response)}`)
    await settled(audit)
    expect(audit.lines).toMatchObject([{ error: { type: 'Error' } }])
  })

  it('reach the onError of an application that is mounted, and the record knows them', async () => {
    const { app, audit } = audible()
    const admin = new Hono().get('/x', fails)
    admin.onError((_error, c) => c.text('ours', 500))
    app.route('/admin', admin)
    const response = await fetch(`${await listening(app)}/admin/x`)
    expect(await response.text()).toBe('ours')
    await settled(audit)
    expect(audit.lines).toMatchObject([{ error: { type: 'Error' } }])
    expect(audit.recordsOf('application_error')).toHaveLength(1)
  })

  it('that bring a response are answered with it, and others of Hono without their message', async () => {
    const { app } = audible()
    app.get('/own', () => {
      throw new HTTPException(401, { res: new Response('log in first'), message: secret })
    })
    app.get('/message', () => {
      throw new HTTPException(401, { message: secret })
    })
    const url = await listening(app)
    const own = await fetch(`${url}/own`)
    expect([own.status, await own.text()]).toEqual([401, 'log in first'])
    await expectSafe(await fetch(`${url}/message`), 401)
  })

  it('are answered through middleware that was mounted before', async () => {
    const audit = testAudit()
    const app = new Hono()
    app.use(cors())
    app.use(auditMiddleware(app, { audit }))
    app.get('/', (c) => {
      c.header('etag', '"1"')
      c.header('content-encoding', 'br')
      return fails()
    })
    const response = await fetch(await listening(app))
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('etag')).toBeNull()
    await expectSafe(response, 409)
  })

  it('are answered safely by auditErrors in an application the audit was not handed', async () => {
    const audit = testAudit()
    const root = new Hono().onError(auditErrors({ audit }))
    root.get('/', fails)
    await expectSafe(await fetch(await listening(root)), 409)
    await settled(audit)
    expect(audit.lines).toHaveLength(1)
  })
})

describe('an answer', () => {
  it('that is a text keeps the fast path of node-server', async () => {
    const { app } = audible()
    let light = false
    app.get('/', (c) => {
      const response = c.text('hello')
      light = Object.getOwnPropertySymbols(response).some((one) => one.description === 'cache')
      return response
    })
    const seen: boolean[] = []
    const { fetch: inner } = app
    app.fetch = async (request, ...rest) => {
      const response = await inner(request, ...rest)
      seen.push(Object.getOwnPropertySymbols(response).some((one) => one.description === 'cache'))
      return response
    }
    const response = await fetch(await listening(app))
    expect(await response.text()).toBe('hello')
    expect([light, seen]).toEqual([true, [true]])
    expect(response.headers.get('content-length')).toBe('5')
  })

  it.each(['stream', 'streamSSE'])('of %s is written inside its request to the end', async (kind) => {
    const { app, audit } = audible()
    const seen: (string | undefined)[] = []
    const look = async (): Promise<void> => {
      seen.push(currentContext()?.requestId)
      await new Promise((resolve) => setTimeout(resolve, 2))
      seen.push(currentContext()?.requestId)
    }
    app.get('/stream', (c) =>
      stream(c, async (out) => {
        await look()
        await out.write('done')
      }),
    )
    app.get('/streamSSE', (c) =>
      streamSSE(c, async (out) => {
        await look()
        await out.writeSSE({ data: 'done' })
      }),
    )
    const response = await fetch(`${await listening(app)}/${kind}`)
    expect(await response.text()).toContain('done')
    expect(seen).toEqual([idOf(response), idOf(response)])
    await settled(audit)
    expect(audit.lines).toMatchObject([{ http: { completion: 'completed', route: `/${kind}` } }])
  })

  it('of events that its client leaves is aborted, and the application is told', async () => {
    const { app, audit } = audible()
    const left = vi.fn()
    app.get('/', (c) =>
      streamSSE(c, async (out) => {
        out.onAbort(left)
        while (!out.aborted) {
          await out.writeSSE({ data: 'tick' })
          await out.sleep(2)
        }
      }),
    )
    const leaving = new AbortController()
    const response = await fetch(await listening(app), { signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    await settled(audit)
    expect(audit.lines).toMatchObject([{ http: { completion: 'aborted', status: 200 } }])
    expect(left).toHaveBeenCalled()
  })

  it('that fails before its first byte is a problem document', async () => {
    const { app, audit } = audible()
    app.get('/', () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error(secret)) })))
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    onTestFinished(() => printed.mockRestore())
    await expectSafe(await fetch(await listening(app)), 500)
    await settled(audit)
    expect(audit.recordsOf('application_error')).toHaveLength(1)
    expect(printed).not.toHaveBeenCalled()
  })

  it('is still shaped by middleware behind the audit', async () => {
    const { app } = audible()
    app.use(etag())
    app.get('/', (c) => c.text('hello'))
    expect((await fetch(await listening(app))).headers.get('etag')).toBeTruthy()
  })
})

describe('a request', () => {
  it('without a request of Node is refused by name', async () => {
    const { app, audit } = audible()
    app.get('/', (c) => c.text('hello'))
    await expect(async () => app.request('/')).rejects.toMatchObject({
      code: 'AUDIT_OPTION_INVALID',
      message: expect.stringContaining('@hono/node-server'),
    })
    expect(audit.records).toEqual([])
  })

  it('over HTTP/2 is followed', async () => {
    const { app, audit } = audible()
    app.get('/patients/:id', audited.read('patient'), (c) => c.text('fine'))
    const server = createAdaptorServer({ fetch: app.fetch, createServer: createHttp2Server })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const asked = client.request({ ':path': '/patients/7' })
    const [headers] = await once(asked, 'response')
    asked.resume()
    await once(asked, 'end')
    client.close()
    await settled(audit)
    server.close()
    expect(audit.recordsOf('data_access')).toMatchObject([{ request_id: headers['x-request-id'], outcome: 'success' }])
  })

  it('that another path of the application routes for a debugging endpoint is blocked', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    onTestFinished(() => void vi.unstubAllEnvs())
    const audit = testAudit()
    const app = new Hono({ getPath: (request) => new URL(request.url).searchParams.get('to') ?? '/' })
    const ran = vi.fn()
    app.use(auditMiddleware(app, { audit }))
    app.use(async (_c, next) => {
      ran()
      await next()
    })
    const response = await fetch(`${await listening(app)}/?to=/actuator/env`)
    expect(response.status).toBe(404)
    expect(ran).not.toHaveBeenCalled()
  })

  it('that a middleware answers is named for the route it was for', async () => {
    const { app, audit } = audible()
    app.use('/patients/*', async (c) => c.text('who are you', 401))
    app.get('/patients/:id', (c) => c.text('fine'))
    await fetch(`${await listening(app)}/patients/7`)
    await settled(audit)
    expect(audit.recordsOf('authz_deny')).toMatchObject([{ http: { route: '/patients/:id' } }])
  })

  it.each([
    ["c.get('user')", { user: { id: 'usr_8f3k2p' } }],
    ["c.get('jwtPayload')", { jwtPayload: { sub: 'usr_8f3k2p' } }],
    ["c.get('session')", { session: { userId: 'usr_8f3k2p' } }],
  ])('has the actor of %s', async (_where, variables) => {
    const audit = testAudit()
    const app = new Hono<{ Variables: Record<string, unknown> }>()
    app.use(auditMiddleware(app, { audit }))
    app.get('/', audited.read('patient'), (c) => {
      for (const [name, value] of Object.entries(variables)) c.set(name, value)
      return c.text('fine')
    })
    await fetch(await listening(app))
    await settled(audit)
    expect(audit.records).toMatchObject([{ actor: { type: 'user' }, user_id: expect.any(String) }])
  })
})

describe('the coverage', () => {
  it('knows routes of applications mounted in others, what is inherited and what stands before the audit', async () => {
    const audit = testAudit()
    const app = new Hono()
    app.get('/early', (c) => c.text('unseen'))
    app.use(auditMiddleware(app, { audit }))
    const wards = new Hono()
    wards.onError((_error, c) => c.text('ours', 500))
    wards.get('/:ward/beds/:bed', audited.read('bed'), (c) => c.text('fine'))
    app.route('/wards', wards)
    app.use('/admin/*', audited.exempt('no personal data'))
    app.get('/admin/x', (c) => c.text('fine'))
    app.get('/plain', (c) => c.text('fine'))
    expect(audit.coverage().routes).toMatchObject([
      { route: '/admin/x', status: 'exempt', reason: 'no personal data' },
      { route: '/early', status: 'unaudited', gap: 'before_audit' },
      { route: '/plain', status: 'unaudited' },
      { route: '/wards/:ward/beds/:bed', status: 'audited', verb: 'read' },
    ])
  })
})

it.each([undefined, null, {}, (): void => undefined])('what is no application is refused by name', (app) => {
  expect(() => auditMiddleware(Object(app))).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
})
