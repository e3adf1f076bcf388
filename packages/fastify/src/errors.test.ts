import { testAudit } from '@trailmark/core/testing'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { describe, expect, it } from 'vitest'
import auditPlugin from './index.ts'

const secret = 'planted-secret-7391'

async function audited(options: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = fastify(options)
  await app.register(auditPlugin, { audit: testAudit() })
  return app
}

function fails(): never {
  throw Object.assign(new Error(secret), { statusCode: 409 })
}

async function expectSafe(app: FastifyInstance): Promise<void> {
  const response = await app.inject('/fails')
  expect(response.statusCode).toBe(409)
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(response.json()).toMatchObject({ status: 409, request_id: response.headers['x-request-id'] })
  expect(response.body).not.toContain(secret)
}

describe('an error nobody handles', () => {
  it('is answered with a safe problem', async () => {
    const app = await audited()
    app.get('/fails', fails)
    await expectSafe(app)
  })

  it('is answered with a safe problem on a route registered before the plugin', async () => {
    const app = fastify()
    app.get('/fails', fails)
    await app.register(auditPlugin, { audit: testAudit() })
    await expectSafe(app)
  })

  it('passes the onSend hooks of the application, which may add to the headers', async () => {
    const app = await audited()
    app.addHook('onSend', async (_request, reply) => void reply.header('access-control-allow-origin', '*'))
    app.get('/fails', fails)
    const response = await app.inject('/fails')
    expect(response.headers['access-control-allow-origin']).toBe('*')
    await expectSafe(app)
  })

  it('is answered safely even when an onSend hook fails as well', async () => {
    const app = await audited()
    app.addHook('onSend', async () => {
      throw new Error(secret)
    })
    app.get('/fails', fails)
    await expectSafe(app)
  })

  it('is not shaped by the serialiser or the response schema of its route', async () => {
    const app = await audited()
    const schema = { response: { 409: { type: 'object', properties: { message: { type: 'string' } } } } }
    app.get('/fails', { schema }, (_request, reply) => {
      reply.serializer(() => secret)
      fails()
    })
    await expectSafe(app)
  })

  it('of validation keeps its status and quotes nothing', async () => {
    const app = await audited()
    const schema = { querystring: { type: 'object', properties: { page: { type: 'integer' } } } }
    app.get('/fails', { schema }, async () => 'ok')
    const response = await app.inject(`/fails?page=${secret}`)
    expect(response.statusCode).toBe(400)
    expect(response.body).not.toContain(secret)
  })

  it('is not logged in clear', async () => {
    const logged: string[] = []
    const app = fastify({ logger: { stream: { write: (line: string) => void logged.push(line) } } })
    await app.register(auditPlugin, { audit: testAudit() })
    app.get('/fails', fails)
    await app.inject('/fails')
    expect(logged.length).toBeGreaterThan(0)
    expect(logged.join('')).not.toContain(secret)
  })
})

describe("the application's own error handler", () => {
  const own = (
    _error: unknown,
    _request: unknown,
    reply: { code(status: number): { send(body: string): unknown } },
  ): void => void reply.code(418).send('ours')

  const arrangements: readonly (readonly [string, () => Promise<FastifyInstance>])[] = [
    [
      'set after the plugin',
      async () => {
        const app = await audited()
        app.setErrorHandler(own)
        app.get('/fails', fails)
        return app
      },
    ],
    [
      'set before the plugin',
      async () => {
        const app = fastify()
        app.setErrorHandler(own)
        await app.register(auditPlugin, { audit: testAudit() })
        app.get('/fails', fails)
        return app
      },
    ],
    [
      'of an encapsulated instance',
      async () => {
        const app = await audited()
        await app.register(async (child) => {
          child.setErrorHandler(own)
          child.get('/fails', fails)
        })
        return app
      },
    ],
    [
      'of a single route',
      async () => {
        const app = await audited()
        app.get('/fails', { errorHandler: own }, fails)
        return app
      },
    ],
  ]
  for (const [where, make] of arrangements) {
    it(`${where} wins`, async () => {
      const response = await (await make()).inject('/fails')
      expect([response.statusCode, response.body]).toEqual([418, 'ours'])
    })
  }

  it('may be set without a warning, and under allowErrorHandlerOverride: false', async () => {
    const warnings: string[] = []
    const listen = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', listen)
    const app = await audited({ allowErrorHandlerOverride: false })
    app.setErrorHandler(own)
    app.get('/fails', fails)
    await app.inject('/fails')
    process.off('warning', listen)
    expect(warnings).toEqual([])
  })

  const passers: readonly (readonly [string, Parameters<FastifyInstance['setErrorHandler']>[0]])[] = [
    ['sends the error on', (error, _request, reply) => reply.send(error)],
    [
      'throws the error on',
      (error) => {
        throw error
      },
    ],
  ]
  for (const [what, handler] of passers) {
    it(`that ${what} leaves it to the safe answer`, async () => {
      const app = await audited()
      app.setErrorHandler(handler)
      app.get('/fails', fails)
      await expectSafe(app)
    })

    it(`that ${what} leaves it to the safe answer, also when it was set before the plugin`, async () => {
      const app = fastify()
      app.setErrorHandler(handler)
      await app.register(auditPlugin, { audit: testAudit() })
      app.get('/fails', fails)
      await expectSafe(app)
    })
  }
})
