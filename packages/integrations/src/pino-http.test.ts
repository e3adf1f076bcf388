/** pino-http itself, on real sockets: what its lines say, and when there is one. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runInContext } from '@trailmark/core'
import { followRequest } from '@trailmark/core/http'
import { type TestAudit, testAudit } from '@trailmark/core/testing'
import { pino } from 'pino'
import { type Options, pinoHttp } from 'pino-http'
import { afterEach, describe, expect, it } from 'vitest'
import { auditedPino } from './pino.ts'
import { pinoHttpOptions } from './pino-http.ts'

type Line = Record<string, unknown> & { http?: Record<string, unknown> }
type Handler = (req: IncomingMessage, res: ServerResponse) => void

let audit: TestAudit | undefined
let close: (() => Promise<void>) | undefined

afterEach(async () => {
  await close?.()
  await audit?.close()
  close = audit = undefined
})

/** A server with our middleware (or not) before pino-http (or behind it). */
async function serve(
  handle: Handler,
  order: ('audit' | 'pino')[],
  operational: 'none' | 'ours' = 'none',
  more: Options = {},
) {
  const texts: string[] = []
  const trail = testAudit(operational === 'none' ? { operational } : {})
  audit = trail
  const logger = auditedPino({
    service: 'clinic',
    stream: 'operational',
    destination: { write: (text) => void texts.push(text) },
  })
  const middleware = pinoHttp({ ...pinoHttpOptions({ logger }), ...more })
  const server = createServer((req, res) => {
    const steps = {
      pino: (next: () => void) => middleware(req, res, next),
      audit: (next: () => void) =>
        followRequest(trail, req, res, { route: () => '/patients/:id', actor: () => undefined }).run(next),
    }
    const chain = order.reduceRight<() => void>(
      (next, step) => () => steps[step](next),
      () => handle(req, res),
    )
    chain()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    text: () => texts.join(''),
    lines: () => texts.map((text): Line => JSON.parse(text)),
    trail,
    settled: async (count: number) => {
      for (let tries = 0; texts.length < count && tries < 200; tries++)
        await new Promise((resolve) => setTimeout(resolve, 5))
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    },
  }
}

const secretly = {
  authorization: 'Bearer secret',
  cookie: 'sid=secret',
  'x-request-id': 'secret',
  'user-agent': 'secret',
}
const ask = async (url: string): Promise<Response> => {
  const answer = await fetch(`${url}/patients/secret?token=secret`, {
    method: 'POST',
    headers: secretly,
    body: 'secret',
  })
  await answer.arrayBuffer()
  return answer
}

describe('behind auditMiddleware', () => {
  it('the terminal line has our ids and names, and nothing of the request', async () => {
    const { url, text, lines, settled } = await serve(
      (req, res) => {
        req.log.info('working')
        res.setHeader('set-cookie', 'secret')
        res.end('secret')
      },
      ['audit', 'pino'],
    )
    const id = (await ask(url)).headers.get('x-request-id')
    await settled(2)
    const [working, terminal] = lines()
    expect(working).toMatchObject({
      message: 'working',
      request_id: id,
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(terminal).toMatchObject({
      level: 'INFO',
      stream: 'operational',
      event_type: 'http_request',
      outcome: 'success',
      http: {
        method: 'POST',
        route: '/patients/:id',
        status: 200,
        duration_ms: expect.any(Number),
        completion: 'completed',
      },
      request_id: id,
      trace_id: working?.['trace_id'],
      span_id: working?.['span_id'],
      trace_flags: '03',
    })
    expect(lines()).toHaveLength(2)
    expect(text()).not.toContain('secret')
    for (const line of text().trim().split('\n'))
      expect(line.match(/"(request_id|http)":/g)?.length).toBeLessThanOrEqual(2)
  })

  it.each([
    [404, 'WARNING', 'failure'],
    [401, 'WARNING', 'denied'],
    [500, 'ERROR', 'failure'],
  ])('a status of %i is a %s with the outcome %s', async (status, level, outcome) => {
    const { url, lines, settled } = await serve((_req, res) => res.writeHead(status).end(), ['audit', 'pino'])
    await ask(url)
    await settled(1)
    expect(lines()).toMatchObject([{ level, outcome, http: { status } }])
    expect(lines()[0]).not.toHaveProperty('error')
  })

  it('an answer cut off by the client is aborted and no success', async () => {
    const { url, lines, settled } = await serve(
      (_req, res) => {
        res.writeHead(200)
        res.write('half')
      },
      ['audit', 'pino'],
    )
    const sent = request(url, (answer) => answer.once('data', () => sent.destroy()).on('error', () => undefined))
    sent.on('error', () => undefined)
    sent.end()
    await settled(1)
    expect(lines()).toMatchObject([
      { level: 'WARNING', outcome: 'unknown', http: { status: 200, completion: 'aborted' } },
    ])
  })

  it('an error on the response is its skeleton', async () => {
    const { url, text, lines, settled } = await serve(
      (_req, res) => {
        Object.assign(res, { err: Object.assign(new RangeError('secret'), { code: 'E_CLASH' }) })
        res.writeHead(500).end()
      },
      ['audit', 'pino'],
    )
    await ask(url)
    await settled(1)
    expect(lines()).toMatchObject([{ error: { type: 'RangeError', code: 'E_CLASH', fingerprint: expect.any(String) } }])
    expect(text()).not.toContain('secret')
  })

  it('lines of req.log keep their ids outside the context', async () => {
    const { url, lines, settled } = await serve(
      (req, res) => {
        res.end()
        runInContext(undefined, () => req.log.info('late'))
      },
      ['audit', 'pino'],
    )
    const id = (await ask(url)).headers.get('x-request-id')
    await settled(2)
    expect(lines().find((line) => line['message'] === 'late')?.['request_id']).toBe(id)
  })

  it('what an application adds to the options passes the scrubber as well', async () => {
    const told = (req: IncomingMessage) => ({ headers: req.headers, authorization: req.headers.authorization })
    const { url, text, lines, settled } = await serve((_req, res) => res.end(), ['audit', 'pino'], 'none', {
      customProps: told,
      customSuccessMessage: (req) => `done ${req.url}`,
      customSuccessObject: told,
      customAttributeKeys: { req: 'theirs', res: 'ours' },
      serializers: {
        req: (req: { raw: IncomingMessage }) => told(req.raw),
        theirs: told,
        res: () => ({ password: 'planted-x7' }),
      },
      wrapSerializers: false,
    })
    const answer = await fetch(`${url}/patients/7?token=planted-x7`, {
      headers: { authorization: 'Bearer planted-x7', cookie: 'sid=planted-x7' },
    })
    await answer.text()
    await settled(1)
    expect(lines()).toHaveLength(1)
    expect(text()).not.toContain('planted')
    expect(lines()[0]?.['message']).toMatch(/^done \/patients\//)
  })

  it.each([['audit', 'pino'] as const, ['pino', 'audit'] as const])(
    'there is one terminal line while the audit writes it (%s first)',
    async (...order) => {
      const { url, lines, trail, settled } = await serve(
        (req, res) => {
          req.log.info('working')
          res.end()
        },
        [...order],
        'ours',
      )
      await ask(url)
      await settled(1)
      expect(lines().map((line) => line['message'])).toEqual(['working'])
      expect(trail.lines).toHaveLength(1)
    },
  )
})

describe('without auditMiddleware', () => {
  it('every line has a request id of its own making, never the caller’s', async () => {
    const { url, text, lines, settled } = await serve(
      (req, res) => {
        req.log.info('working')
        res.end()
      },
      ['pino'],
    )
    await ask(url)
    await settled(2)
    const [working, terminal] = lines()
    expect(working?.['request_id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(terminal).toMatchObject({
      event_type: 'http_request',
      request_id: working?.['request_id'],
      http: { status: 200 },
    })
    expect(terminal?.http).not.toHaveProperty('route')
    expect(text()).not.toContain('secret')
  })
})

describe('pinoHttpOptions', () => {
  it('refuses a logger that would print what it is given', () => {
    expect(() => pinoHttpOptions({ logger: pino({ enabled: false }) })).toThrow(/^logger: /)
    const audited = auditedPino({ destination: { write: () => undefined } })
    expect(() => pinoHttpOptions({ logger: audited.child({ count: 1 }) })).not.toThrow()
  })
})

describe('core’s own line through an audited logger', () => {
  it('arrives whole, though it holds text', async () => {
    const texts: string[] = []
    const logger = auditedPino({
      service: 'clinic',
      stream: 'operational',
      destination: { write: (text) => void texts.push(text) },
    })
    const trail = testAudit({ operational: logger })
    audit = trail
    const server = createServer((req, res) => {
      followRequest(trail, req, res, { route: () => '/patients/:id', actor: () => undefined }).run(() => res.end())
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    close = async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`)
    await answer.text()
    for (let tries = 0; texts.length < 1 && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(JSON.parse(texts[0] ?? '{}')).toMatchObject({
      level: 'INFO',
      stream: 'operational',
      event_type: 'http_request',
      request_id: answer.headers.get('x-request-id'),
      http: { method: 'GET', route: '/patients/:id', status: 200, completion: 'completed' },
      service: { name: 'clinic' },
    })
    expect(texts[0]?.match(/"stream":/g)).toHaveLength(1)
  })
})
