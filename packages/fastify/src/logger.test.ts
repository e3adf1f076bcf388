import { createAudit } from '@trailmark/core'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { auditPlugin } from './plugin.ts'

const planted = ['hunter2', 'ann.miller', 'sk_' + 'live_4eC39HqLyjWDarjtT1zdp7dc', 'verysecret']
const open: FastifyInstance[] = []

afterEach(async () => {
  for (const app of open.splice(0)) await app.close()
})

interface Line extends Readonly<Record<string, unknown>> {
  readonly msg?: string
}

/** An application that logs, with every mistake that can be made. */
async function build(logger: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}) {
  const written: string[] = []
  const stream = { write: (line: string) => void written.push(line) }
  const audit = createAudit({
    service: 'logs',
    signals: false,
    metrics: false,
    operational: 'none',
  })
  const app = fastify({ logger: { level: 'trace', stream, ...logger }, ...more })
  open.push(app)
  app.get('/before/:who', async (request) => request.log.info({ query: request.query }, `saw ${request.url}`))
  await app.register(auditPlugin, { audit })
  app.addHook('onClose', () => audit.close())
  app.get('/fail/:who', async (request) => {
    const failure: Error = Object.assign(new Error(`no user ${JSON.stringify(request.params)} hunter2`), {
      body: 'verysecret',
      code: 'E_NO_USER',
    })
    throw failure
  })
  app.post('/body', async (request) => {
    request.log.info(
      { body: request.body, headers: request.headers, raw: request.raw, request },
      String('body %j'),
      request.body,
    )
    request.log.warn(request)
    request.log.error(Object.assign(new Error('hunter2'), { code: 'E_NO_USER' }))
    request.log.error({ err: new TypeError('hunter2'), url: request.url }, 'hunter2 failed'.replace('hunter2', 'it'))
    request.log
      .child({ password: 'hunter2', user: { email: 'ann.miller@example.org' } })
      .info('child %s', 'password=hunter2')
    app.log.info({ authorization: request.headers.authorization }, 'token %s', request.headers.authorization)
    return { ok: true }
  })
  app.post('/valid', { schema: { body: { type: 'object', required: ['missing'] } } }, async () => 'ok')
  const lines = (): Line[] => written.map((line) => JSON.parse(line))
  return { app, written, lines }
}

function expectNothing(written: readonly string[]): void {
  const all = written.join('')
  expect(planted.filter((one) => all.includes(one))).toEqual([])
}

describe("Fastify's logger", () => {
  it('says nothing of what a request holds, whatever is logged', async () => {
    const { app, written, lines } = await build()
    const authorization = `Bearer ${planted[2]}`
    await app.inject({ url: '/nowhere/ann.miller?token=verysecret' })
    await app.inject({ url: '/fail/ann.miller?password=hunter2', headers: { authorization } })
    await app.inject({ url: '/before/ann.miller?password=hunter2' })
    await app.inject({
      method: 'POST',
      url: '/body?token=verysecret',
      headers: { authorization, cookie: 'sid=verysecret' },
      payload: { password: 'hunter2', token: 'verysecret' },
    })
    await app.inject({ method: 'POST', url: '/valid?token=verysecret', payload: { password: 'hunter2' } })
    await app.inject({
      method: 'POST',
      url: '/valid',
      headers: { 'content-type': 'application/json' },
      payload: '{"password":"hunter2',
    })
    expectNothing(written)
    expect(lines().map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['incoming request', 'request completed', 'Route GET not found', 'it failed']),
    )
  })

  it('keeps what an operator needs: ids, method, status, time, type, code and frames', async () => {
    const { app, lines } = await build()
    const { headers } = await app.inject({ method: 'POST', url: '/body', payload: {} })
    const failed = lines().find(({ error }) => error !== undefined)
    expect(failed).toMatchObject({ request_id: headers['x-request-id'], error: { type: 'Error', code: 'E_NO_USER' } })
    expect(JSON.stringify(failed)).toContain('logger.test.ts')
    const completed = lines().find(({ msg }) => msg === 'request completed')
    expect(completed).toMatchObject({ reqId: 'req-1', http: { status: 200 }, responseTime: expect.any(Number) })
    expect(lines().find(({ msg }) => msg === 'incoming request')).toMatchObject({ http: { method: 'POST' } })
  })

  it.each([
    [
      'serialisers that expect what was taken out',
      {
        serializers: { req: (req: { headers: { host: string } }) => req.headers.host, user: () => 'hunter2'.slice(7) },
      },
    ],
    ['a mixin', { mixin: () => ({ password: 'hunter2' }) }],
    ['a prefix and a base', { msgPrefix: '[web] ', base: null }],
    ['levels of its own', { customLevels: { notice: 35 } }],
    ['other keys', { messageKey: 'message', errorKey: 'failure' }],
  ])('stays silent about it with %s', async (_what, logger) => {
    const { app, written } = await build(logger)
    expect((await app.inject({ url: '/fail/ann.miller?password=hunter2' })).statusCode).toBe(500)
    await app.inject({ method: 'POST', url: '/body', payload: { password: 'hunter2' } })
    expectNothing(written)
    expect(written.length).toBeGreaterThan(4)
  })

  it('stays silent after its level was changed, and for routes with a level or serialisers of their own', async () => {
    const { app, written } = await build({ level: 'warn' })
    app.get('/own', { logLevel: 'debug', logSerializers: { it: (it: { is: string }) => it.is } }, async (request) => {
      request.log.debug({ it: { is: 'x', password: 'hunter2' }, password: 'hunter2' }, 'own')
    })
    app.log.level = 'debug'
    app.log.debug({ password: 'hunter2' }, 'changed')
    await app.inject({ url: '/own?password=hunter2' })
    expectNothing(written)
    expect(written.join('')).toContain('"msg":"changed"')
    expect(written.join('')).toContain('"msg":"own"')
  })

  it('stays silent with a factory of the application’s own', async () => {
    const { app, written } = await build(
      {},
      {
        childLoggerFactory: (logger: FastifyInstance['log'], bindings: object) => {
          const own: FastifyInstance['log'] = Object.assign(Object.create(null), {
            level: 'info',
            child: () => own,
            ...Object.fromEntries(
              ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((name) => [
                name,
                (...given: unknown[]) => void lines.push(JSON.stringify([bindings, given])),
              ]),
            ),
          })
          return logger === undefined ? own : own
        },
      },
    )
    await app.inject({ url: '/fail/ann.miller?password=hunter2' })
    expectNothing([...written, ...lines.splice(0)])
  })

  it('is left alone where there is none', async () => {
    const app = fastify()
    open.push(app)
    const { info } = app.log
    await app.register(auditPlugin)
    expect(app.log.info).toBe(info)
  })
})

const lines: string[] = []
