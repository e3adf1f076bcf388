/** Every kind of client against real servers on loopback: what arrives is what counts. */
import { once } from 'node:events'
import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// The copy that an application installs, besides the one inside Node.
import * as undici from 'undici'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RequestContext, runInContext } from '../context.ts'
import { installOutbound, type OutboundSkip } from './outbound.ts'

interface Arrived {
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly port: number | undefined
}

const TRACE = 'a'.repeat(32)
const context = new RequestContext({
  requestId: 'req-1',
  traceId: TRACE,
  spanId: 'b'.repeat(16),
  traceFlags: 1,
  startMs: 1,
  traceState: 'foo=1, bar=2',
  baggage: 'tier=gold;ttl=30',
})

const servers: Server[] = []
let arrived: Arrived[] = []
let allowed = ''
let denied = ''
let stop = () => {}
let skips: OutboundSkip[] = []

async function listen(): Promise<string> {
  const server = createServer((req, res) => {
    arrived.push({ headers: req.headers, rawHeaders: req.rawHeaders, port: req.socket.localPort })
    const to = new URL(req.url ?? '/', 'http://x').searchParams.get('to')
    if (to !== null) res.writeHead(302, { location: to })
    req.resume().on('end', () => res.end('ok'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  allowed = await listen()
  denied = await listen()
})

beforeEach(() => {
  arrived = []
  skips = []
  stop = installOutbound({ trace: [allowed], requestId: [allowed], baggage: [allowed] }, (reason) => skips.push(reason))
})

afterEach(() => stop())

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

const inRequest = <T>(work: () => Promise<T>): Promise<T> => runInContext(context, work)

/** A request of node:http, to its end. */
async function httpRequest(url: string, options: object = {}): Promise<void> {
  const outgoing = request(url, options).end()
  const [response] = await once(outgoing, 'response')
  response.resume()
  await once(response, 'end')
}

const ownHeaders = ['traceparent', 'tracestate', 'x-request-id', 'baggage']
const got = (headers: IncomingHttpHeaders | undefined) => ownHeaders.filter((name) => headers?.[name] !== undefined)
/** How many lines of each of our headers arrived: a repeated traceparent is no traceparent. */
const lines = (raw: readonly string[] | undefined) =>
  ownHeaders.map((name) => raw?.filter((header, i) => i % 2 === 0 && header.toLowerCase() === name).length)

type Send = (url: string, headers?: Record<string, string>) => Promise<unknown>

const flat = (headers: Record<string, string>) => Object.entries(headers).flat()
const hostOf = (url: string) => new URL(url).host

const clients: Record<string, Send> = {
  fetch: async (url, headers = {}) => (await fetch(url, { headers })).text(),
  'fetch with a body': async (url, headers = {}) => (await fetch(url, { method: 'POST', body: 'x', headers })).text(),
  'npm undici fetch': async (url, headers = {}) => (await undici.fetch(url, { headers })).text(),
  'npm undici request': async (url, headers = {}) => (await undici.request(url, { headers })).body.dump(),
  'npm undici request with listed headers': async (url, headers = {}) =>
    (await undici.request(url, { headers: flat(headers) })).body.dump(),
  'npm undici client': async (url, headers = {}) => {
    const { origin, pathname, search } = new URL(url)
    const client = new undici.Client(origin)
    await (await client.request({ method: 'GET', path: pathname + search, headers })).body.dump()
    await client.close()
  },
  'http.request': (url, headers = {}) => httpRequest(url, { headers }),
  'http.request with listed headers': (url, headers = {}) =>
    httpRequest(url, { headers: ['Host', hostOf(url), ...flat(headers)] }),
  'http.request without an agent': (url, headers = {}) => httpRequest(url, { headers, agent: false }),
  'http.request with headers flushed at once': async (url, headers = {}) => {
    const outgoing = request(url, { method: 'POST', headers })
    outgoing.flushHeaders()
    outgoing.end('x')
    const [response] = await once(outgoing, 'response')
    await once(response.resume(), 'end')
  },
}

describe.each(Object.entries(clients))('%s', (_, send) => {
  it('carries the context to an allowed origin, once', async () => {
    await inRequest(() => send(`${allowed}/x?y=z`))
    const [one] = arrived
    expect(one?.headers.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`))
    expect(one?.headers.traceparent).not.toContain(context.spanId)
    expect(one?.headers).toMatchObject({
      tracestate: 'foo=1, bar=2',
      'x-request-id': 'req-1',
      baggage: 'tier=gold;ttl=30',
    })
    expect(lines(one?.rawHeaders)).toEqual([1, 1, 1, 1])
    expect(skips).toEqual([])
  })

  it('carries nothing to an origin that is not named', async () => {
    await inRequest(() => send(denied))
    expect(got(arrived[0]?.headers)).toEqual([])
  })

  it('carries nothing outside any request', async () => {
    await send(allowed)
    expect(got(arrived[0]?.headers)).toEqual([])
  })

  it('gives every request a parent id of its own', async () => {
    await inRequest(async () => {
      for (let i = 0; i < 3; i++) await send(allowed)
    })
    expect(new Set(arrived.map(({ headers }) => headers.traceparent)).size).toBe(3)
  })

  it('leaves headers alone that the caller set, in any case', async () => {
    const own = { TraceParent: 'theirs', 'X-Request-ID': 'theirs', Baggage: 'theirs=1' }
    await inRequest(() => send(allowed, own))
    expect(arrived[0]?.headers).toMatchObject({ traceparent: 'theirs', 'x-request-id': 'theirs', baggage: 'theirs=1' })
    expect(lines(arrived[0]?.rawHeaders)).toEqual([1, 0, 1, 1])
  })

  it('adds no traceparent to a tracestate of the caller', async () => {
    await inRequest(() => send(allowed, { tracestate: 'theirs=1' }))
    expect(arrived[0]?.headers).toMatchObject({ tracestate: 'theirs=1', 'x-request-id': 'req-1' })
    expect(arrived[0]?.headers.traceparent).toBeUndefined()
  })

  it('still sends the request when its headers are hidden in another name', async () => {
    await inRequest(() => send(allowed, { 'x-traceparent': 'theirs' }))
    expect(lines(arrived[0]?.rawHeaders)).toEqual([1, 1, 1, 1])
  })
})

describe('each header', () => {
  it('has its own list', async () => {
    stop()
    stop = installOutbound({ trace: [allowed], requestId: [denied] })
    await inRequest(() => fetch(allowed))
    await inRequest(() => fetch(denied))
    expect(got(arrived[0]?.headers)).toEqual(['traceparent', 'tracestate'])
    expect(got(arrived[1]?.headers)).toEqual(['x-request-id'])
  })
})

describe('a redirect', () => {
  it.each([
    ['fetch', (url: string) => fetch(url)],
    ['npm undici fetch', (url: string) => undici.fetch(url)],
  ])('is judged hop by hop: %s', async (_, go) => {
    await inRequest(() => go(`${allowed}/?to=${encodeURIComponent(`${denied}/?to=${encodeURIComponent(allowed)}`)}`))
    expect(arrived.map(({ headers }) => got(headers))).toEqual([ownHeaders, [], ownHeaders])
    expect(arrived[0]?.headers.traceparent).not.toBe(arrived[2]?.headers.traceparent)
  })
})

describe('node:http', () => {
  it('keeps requests apart that queue for one kept-alive connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ids = Array.from({ length: 20 }, (_, i) => `req-${i}`)
    await Promise.all(
      ids.map((requestId) =>
        runInContext(new RequestContext({ ...context, requestId }), () =>
          httpRequest(`${allowed}/${requestId}`, { agent }),
        ),
      ),
    )
    agent.destroy()
    expect(arrived.map(({ headers }) => headers['x-request-id']).sort()).toEqual([...ids].sort())
    expect(new Set(arrived.map(({ headers }) => headers.traceparent)).size).toBe(20)
  })

  it('does not take a Host header that names another host for the destination', async () => {
    const { port } = new URL(allowed)
    await inRequest(() => httpRequest(denied, { headers: { host: 'api.example.com' } }))
    await inRequest(() => httpRequest(denied, { headers: { host: `api.example.com:${port}` } }))
    await inRequest(() => httpRequest(denied, { headers: ['Host', `api.example.com:${port}`] }))
    expect(arrived.map(({ headers }) => got(headers))).toEqual([[], [], []])
  })

  it('believes a caller about the port of the host it connects to: Node tells it nowhere else', async () => {
    await inRequest(() => httpRequest(denied, { headers: { host: hostOf(allowed) } }))
    expect(got(arrived[0]?.headers)).toEqual(ownHeaders)
  })

  it('goes without when the caller names a host of its own, unless any port is allowed', async () => {
    await inRequest(() => httpRequest(allowed, { headers: { host: 'api.example.com' } }))
    stop()
    stop = installOutbound({ requestId: ['http://127.0.0.1:*'] })
    await inRequest(() => httpRequest(allowed, { headers: { host: 'api.example.com' } }))
    expect(arrived.map(({ headers }) => got(headers))).toEqual([[], ['x-request-id']])
  })

  it('carries nothing over a Unix socket, which is no origin', async () => {
    const path =
      process.platform === 'win32'
        ? `\\\\.\\pipe\\trailmark-${process.pid}`
        : join(tmpdir(), `trailmark-${process.pid}.sock`)
    const seen: IncomingHttpHeaders[] = []
    const server = createServer((req, res) => {
      seen.push(req.headers)
      res.end()
    }).listen(path)
    await once(server, 'listening')
    await inRequest(() => httpRequest(allowed, { socketPath: path }))
    server.close()
    expect(seen.map(got)).toEqual([[]])
  })

  it('goes without when the header has left already, and says so', async () => {
    await inRequest(() => httpRequest(allowed, { headers: { Expect: '100-continue' } }))
    expect(got(arrived[0]?.headers)).toEqual([])
    expect(skips).toEqual(['headers'])
  })

  it('knows the default port of the agent', async () => {
    const port = Number(new URL(denied).port)
    const agent = new Agent()
    Object.assign(agent, { defaultPort: port })
    stop()
    stop = installOutbound({ requestId: ['http://127.0.0.1'] })
    await inRequest(() => httpRequest('http://127.0.0.1', { port, agent }))
    expect(arrived[0]?.headers.host).toBe('127.0.0.1')
    expect(got(arrived[0]?.headers)).toEqual([])
  })
})

describe('stopping', () => {
  it('ends it', async () => {
    stop()
    await inRequest(() => fetch(allowed))
    await inRequest(() => httpRequest(allowed))
    expect(arrived.map(({ headers }) => got(headers))).toEqual([[], []])
  })
})

it('two audits in one process add each header once', async () => {
  const second = installOutbound({ trace: [allowed], requestId: [denied] })
  await inRequest(() => fetch(allowed))
  await inRequest(() => httpRequest(denied))
  second()
  expect(lines(arrived[0]?.rawHeaders)).toEqual([1, 1, 1, 1])
  expect(got(arrived[1]?.headers)).toEqual(['x-request-id'])
})
