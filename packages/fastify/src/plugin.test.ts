import { once } from 'node:events'
import { Server, ServerResponse } from 'node:http'
import { connect, constants } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { currentContext } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import auditPlugin, { genReqId } from './index.ts'

async function listening(app: { listen(options: object): Promise<string>; close(): unknown }): Promise<string> {
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(async () => void (await app.close()))
  return url
}

function idOf(response: { headers: Headers }): string {
  return response.headers.get('x-request-id') ?? ''
}

async function settled(audit: { lines: readonly unknown[] }, count = 1): Promise<void> {
  for (let i = 0; i < 500 && audit.lines.length < count; i++) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('request.log', () => {
  it('carries the ids of the request, in every line and beside the id Fastify gave it', async () => {
    const audit = testAudit()
    const logged: Record<string, unknown>[] = []
    const app = fastify({
      logger: { level: 'info', stream: { write: (line: string) => void logged.push(JSON.parse(line)) } },
    })
    await app.register(auditPlugin, { audit })
    app.get('/log', async (request, reply) => {
      request.log.info('from the request')
      reply.log.info('from the reply')
      setTimeout(() => request.log.info('later'), 5)
      return { id: request.id }
    })
    const response = await fetch(`${await listening(app)}/log`)
    const body: { id: string } = JSON.parse(await response.text())
    await new Promise((resolve) => setTimeout(resolve, 30))
    for (const message of ['from the request', 'from the reply', 'later', 'request completed']) {
      const line = logged.find((one) => one['msg'] === message)
      expect(line).toMatchObject({ request_id: idOf(response), reqId: body.id })
      expect(line?.['trace_id']).toBe(audit.lines[0]?.['trace_id'])
      expect(line?.['trace_flags']).toMatch(/^[0-9a-f]{2}$/)
    }
    expect(body.id).not.toBe(idOf(response))
  })
})

describe('genReqId', () => {
  it('makes request.id the request id of the audit', async () => {
    const audit = testAudit()
    const app = fastify({ genReqId })
    await app.register(auditPlugin, { audit })
    app.get('/id', async (request) => request.id)
    const response = await fetch(`${await listening(app)}/id`)
    expect(await response.text()).toBe(idOf(response))
  })

  it('still gives every injected request an id', async () => {
    const app = fastify({ genReqId })
    await app.register(auditPlugin, { audit: testAudit() })
    app.get('/id', async (request) => request.id)
    const [one, two] = [await app.inject('/id'), await app.inject('/id')]
    expect(one.body).not.toBe('')
    expect(one.body).not.toBe(two.body)
  })
})

describe('the plugin', () => {
  it('names the route that matched, also where its handler calls it not found', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    app.get('/patients/:id', (_request, reply) => void reply.callNotFound())
    expect((await fetch(`${await listening(app)}/patients/7`)).status).toBe(404)
    await settled(audit)
    expect(audit.lines[0]).toMatchObject({ http: { route: '/patients/:id', status: 404 } })
  })

  it("follows a request inside whatever replaced the server's emit, as tracers do to begin a span", async () => {
    const { emit } = Server.prototype
    const order: string[] = []
    Server.prototype.emit = function (this: Server, name: string, ...given: unknown[]) {
      const [, res] = given
      if (name !== 'request' || !(res instanceof ServerResponse)) return Reflect.apply(emit, this, [name, ...given])
      order.push(res.hasHeader('x-request-id') ? 'known before' : 'begins')
      const heard: unknown = Reflect.apply(emit, this, [name, ...given])
      order.push(res.hasHeader('x-request-id') ? 'followed' : 'not followed')
      return heard === true
    }
    try {
      const app = fastify()
      await app.register(auditPlugin, { audit: testAudit() })
      app.get('/', () => 'ok')
      await fetch(await listening(app))
    } finally {
      Server.prototype.emit = emit
    }
    expect(order).toEqual(['begins', 'followed'])
  })

  it('follows injected requests', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    app.get('/patients/:id', { config: { audit: { read: 'patient' } } }, async () => 'ok')
    const response = await app.inject('/patients/7')
    await settled(audit)
    expect(audit.lines).toMatchObject([
      {
        request_id: response.headers['x-request-id'],
        http: { route: '/patients/:id', status: 200, completion: 'completed' },
      },
    ])
    expect(audit.recordsOf('data_access')).toHaveLength(1)
  })

  it('follows HTTP/2, and tells a stream that was reset from one that was read', async () => {
    const audit = testAudit()
    const app = fastify({ http2: true })
    await app.register(auditPlugin, { audit })
    const seen: (string | undefined)[] = []
    app.get('/ok', async (_request, reply) => {
      reply.raw.on('close', () => seen.push(currentContext()?.requestId))
      return 'ok'
    })
    app.get('/stuck', (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200)
      reply.raw.write('the beginning')
    })
    await listening(app)
    const address = app.server.address() as AddressInfo
    const session = connect(`http://127.0.0.1:${address.port}`)
    onTestFinished(() => session.destroy())
    const good = session.request({ ':path': '/ok' })
    const [headers] = await once(good, 'response')
    good.resume()
    await once(good, 'end')
    await settled(audit)
    const cut = session.request({ ':path': '/stuck' })
    await once(cut, 'data')
    cut.close(constants.NGHTTP2_CANCEL)
    await settled(audit, 2)
    expect(audit.lines).toMatchObject([
      { request_id: headers['x-request-id'], http: { route: '/ok', completion: 'completed' } },
      { http: { route: '/stuck', completion: 'aborted' } },
    ])
    expect(seen).toEqual([headers['x-request-id']])
  })

  it('on an encapsulated instance follows the routes of that instance alone', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(async (child) => {
      await child.register(auditPlugin, { audit })
      child.get('/inside', async () => 'ok')
    })
    app.get('/outside', async () => 'ok')
    const url = await listening(app)
    expect(idOf(await fetch(`${url}/outside`))).toBe('')
    expect(idOf(await fetch(`${url}/inside`))).not.toBe('')
    await settled(audit)
    expect(audit.lines).toMatchObject([{ http: { route: '/inside' } }])
  })

  it('registered twice does its work once and says so', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    await app.register(auditPlugin, { audit })
    app.get('/ok', async () => 'ok')
    await app.inject('/ok')
    await settled(audit)
    expect(audit.lines).toHaveLength(1)
    expect(audit.notices.join('\n')).toContain('AUDIT_MOUNTED_TWICE')
  })

  it('keeps the context in a handler of unmatched requests', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    app.setNotFoundHandler(async (_request, reply) => reply.code(404).send(currentContext()?.requestId))
    const response = await app.inject('/nowhere')
    expect(response.body).toBe(response.headers['x-request-id'])
  })

  it("leaves Fastify's answer to unmatched requests as it is", async () => {
    const plain = fastify()
    const app = fastify()
    await app.register(auditPlugin, { audit: testAudit() })
    const [expected, answered] = [await plain.inject('/nowhere'), await app.inject('/nowhere')]
    expect(answered.statusCode).toBe(expected.statusCode)
    expect(answered.body).toBe(expected.body)
  })

  it('asks its own actor option before it looks for a user', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, {
      audit,
      actor: (request) => ({ type: 'service', id: String(request.headers['x-caller']) }),
    })
    app.get('/read', { config: { audit: { read: 'patient' } } }, async () => 'ok')
    await app.inject({ url: '/read', headers: { 'x-caller': 'billing' } })
    await settled(audit)
    expect(audit.recordsOf('data_access')).toMatchObject([{ actor: { type: 'service' } }])
  })

  it('refuses an audit together with options for another one', async () => {
    const options = { audit: testAudit(), service: 'clinic' }
    const registered = fastify().register(auditPlugin, options)
    await expect(Promise.resolve(registered)).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' })
  })

  it('refuses an option that cannot be, at the start and by its name', async () => {
    const registered = fastify().register(auditPlugin, { ledger: 'memory', trust: ['not an address'] })
    await expect(Promise.resolve(registered)).rejects.toMatchObject({
      code: 'AUDIT_OPTION_INVALID',
      message: expect.stringContaining('trust'),
    })
  })
})
