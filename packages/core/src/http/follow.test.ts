/**
 * Real servers on loopback and clients that own their bytes. The recorder is a list: what is asked here is which records and
 * lines an exchange makes, and not how they are written.
 */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerOptions, ServerResponse } from 'node:http'
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  constants,
  createServer as createHttp2Server,
} from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import type { Audit } from '../audit.ts'
import { systemClock } from '../clock.ts'
import { currentContext } from '../context.ts'
import { createCoverage } from '../coverage.ts'
import type { ExchangeFacts } from '../draft.ts'
import type { EventInput } from '../event.ts'
import { createCounts } from '../health.ts'
import type { Receipt } from '../receipt.ts'
import { type AccessLine, findViewOf, giveRuntime, type RecordExtra, type Runtime } from '../runtime.ts'
import { scrubber } from '../scrub/scrub.ts'
import { type Exchange, exchangeOf, type RawRequest, type RawResponse } from './exchange.ts'
import { followRequest } from './follow.ts'

interface Recorded {
  readonly type: string
  readonly event: EventInput
  readonly facts: ExchangeFacts | undefined
  readonly extra: RecordExtra
}

interface Trail {
  readonly audit: Audit
  readonly lines: AccessLine[]
  readonly records: Recorded[]
  readonly notices: string[]
  /** What failureClass() answers, and what becomes of the receipts. */
  failureClass: 'block' | 'spool' | 'none'
  durable: Promise<{ writer: string; n: number }>
}

function openTrail(limits: { openingMs?: number; holdMs?: number } = {}): Trail {
  const audit: Audit = Object.create(null)
  const trail: Trail = {
    audit,
    lines: [],
    records: [],
    notices: [],
    failureClass: 'spool',
    durable: Promise.resolve({ writer: 'w', n: 0 }),
  }
  const runtime: Runtime = {
    options: {
      service: { name: 'test', env: 'test', instance: 'test' },
      production: true,
      test: true,
      terminal: false,
      trust: () => false,
      proxies: [],
      outbound: {},
      credentials: new Set(['sid']),
      serverTiming: true,
      operational: 'none',
      logLevel: 'INFO',
      ack: 'durable',
      block: 'release',
      signals: false,
      metrics: false,
      limits: {
        openingMs: limits.openingMs ?? 60_000,
        holdMs: limits.holdMs ?? 2_000,
        queueBytesMax: 65_536,
        commitDelayMs: 0,
      },
      hash: 'hash',
    },
    clock: systemClock,
    closed: false,
    scrubber,
    weaken: () => undefined,
    beforeEnd: () => undefined,
    coverage: createCoverage(),
    counts: createCounts(),
    recordIn(facts, type, event, extra = {}): Receipt {
      trail.records.push({ type, event, facts, extra })
      return { id: 'id', acknowledged: trail.durable, durable: trail.durable }
    },
    failureClass: () => trail.failureClass,
    mayBlock: () => true,
    definitionOf: () => undefined,
    isAskedFor: () => false,
    decisions: { record: () => undefined },
    accessLine: (line) => void trail.lines.push(line),
    notice: (code) => void trail.notices.push(code),
    safeError: () => ({ type: 'Error' }),
    tokenOf: () => 'p1_token',
    showRawError: () => undefined,
  }
  giveRuntime(audit, runtime)
  return trail
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function listen(server: Server | ReturnType<typeof createHttp2Server>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return port
}

function following(trail: Trail, handle: (exchange: Exchange, req: RawRequest, res: RawResponse) => unknown) {
  return (req: RawRequest, res: RawResponse): void => {
    const exchange = followRequest(trail.audit, req, res, { route: () => '/r/:id', actor: () => ({ id: 'u1' }) })
    exchange.run(() => handle(exchange, req, res))
  }
}

type Handle = (exchange: Exchange, req: RawRequest, res: ServerResponse) => unknown

async function serve(
  trail: Trail,
  handle: Handle,
  options: ServerOptions = {},
): Promise<{ port: number; server: Server }> {
  const listener: RequestListener = following(trail, (exchange, req, res) => {
    if (!('stream' in res)) handle(exchange, req, res)
  })
  const server = createServer(options, listener)
  return { server, port: await listen(server) }
}

async function wire(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  closing.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Everything the server says until it, or the test, ends the connection. */
async function everything(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('never came to be')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Time enough for a second line that must not come. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))

const get = 'GET /x HTTP/1.1\r\nhost: a\r\n\r\n'
const lastGet = 'GET /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'

async function lineOf(trail: Trail): Promise<AccessLine> {
  await until(() => trail.lines.length > 0)
  await settled()
  expect(trail.lines).toHaveLength(1)
  return trail.lines[0]!
}

describe('the terminal line', () => {
  it('says completed, once, with ids, route, status and bytes', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (_exchange, _req, res) => res.end('hällo'))
    const socket = await wire(port)
    socket.write(lastGet)
    const answer = await everything(socket)
    const line = await lineOf(trail)
    expect(line.http).toMatchObject({
      method: 'GET',
      route: '/r/:id',
      status: 200,
      completion: 'completed',
      resBytes: 6,
      reqBytes: 0,
    })
    expect(answer).toContain(`x-request-id: ${line.requestId}\r\n`)
    expect(answer).toContain(`server-timing: trace;desc="00-${line.traceId}-${line.spanId}-`)
  })

  it('says aborted without a status when the client leaves before the answer', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, () => undefined)
    const socket = await wire(port)
    socket.write(get)
    await settled()
    socket.destroy()
    expect((await lineOf(trail)).http).toMatchObject({ status: undefined, completion: 'aborted' })
  })

  it.each(['destroy', 'resetAndDestroy'] as const)(
    'says aborted when the client leaves half-way (%s)',
    async (leave) => {
      const trail = openTrail()
      const { port } = await serve(trail, (_exchange, _req, res) => {
        res.writeHead(200, { 'content-length': '1000' })
        res.write('half')
      })
      const socket = await wire(port)
      socket.write(get)
      await once(socket, 'data')
      socket[leave]()
      expect((await lineOf(trail)).http).toMatchObject({ status: 200, completion: 'aborted' })
    },
  )

  it('says aborted when the client leaves inside its own body', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (_exchange, req) => req.resume())
    const socket = await wire(port)
    socket.write('POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf')
    await settled()
    socket.destroy()
    expect((await lineOf(trail)).http).toMatchObject({ completion: 'aborted', reqBytes: undefined })
  })

  it('says timeout when the request takes too long to arrive', async () => {
    const trail = openTrail()
    const limits = { requestTimeout: 60, headersTimeout: 50, connectionsCheckingInterval: 10 }
    const { port } = await serve(trail, (_exchange, req) => req.resume(), limits)
    const socket = await wire(port)
    socket.write('POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf')
    expect((await lineOf(trail)).http?.completion).toBe('timeout')
    socket.destroy()
  })

  it('says timeout when the connection is idle for too long', async () => {
    const trail = openTrail()
    const { port, server } = await serve(trail, () => undefined)
    server.setTimeout(30)
    const socket = await wire(port)
    socket.write(get)
    expect((await lineOf(trail)).http?.completion).toBe('timeout')
  })

  it('says error when an error came after the headers, and the client cannot take the answer for complete', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (exchange, _req, res) => {
      res.writeHead(200, { 'transfer-encoding': 'chunked' })
      res.write('half')
      setImmediate(() => exchange.answerError(new Error('hunter2')))
    })
    const socket = await wire(port)
    socket.write(get)
    const answer = await everything(socket).catch(() => '')
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/)
    const line = await lineOf(trail)
    expect(line.http).toMatchObject({ status: 200, completion: 'error' })
    expect(line.error).toEqual({ type: 'Error' })
    expect(trail.records.map(({ type }) => type)).toEqual(['application_error'])
  })

  it('says error when the application destroys its response with one', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (_exchange, _req, res) => res.destroy(new Error('broken')))
    const socket = await wire(port)
    socket.write(get)
    await once(socket, 'close')
    expect((await lineOf(trail)).http?.completion).toBe('error')
  })

  it('says aborted when the application only passes on that the client left', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (exchange, req, res) => {
      req.on('error', (error) => {
        exchange.fail(error)
        res.destroy(error)
      })
      req.resume()
    })
    const socket = await wire(port)
    socket.write('POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf')
    await settled()
    socket.destroy()
    expect((await lineOf(trail)).http?.completion).toBe('aborted')
    expect(trail.records).toEqual([])
  })

  it('says aborted when a parser calls it an error that the client left inside its body', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (exchange, req) => {
      req.on('aborted', () => exchange.answerError(Object.assign(new Error('request aborted'), { status: 400 })))
      req.resume()
    })
    const socket = await wire(port)
    socket.write('POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf')
    await settled()
    socket.destroy()
    expect((await lineOf(trail)).http?.completion).toBe('aborted')
    expect(trail.records).toEqual([])
  })

  it('is written for each of three pipelined requests when the client leaves during the first', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, () => undefined)
    const socket = await wire(port)
    socket.write(get + get + get)
    await settled()
    socket.destroy()
    await until(() => trail.lines.length === 3)
    await settled()
    expect(trail.lines.map(({ http }) => http?.completion)).toEqual(['aborted', 'aborted', 'aborted'])
    expect(new Set(trail.lines.map(({ requestId }) => requestId)).size).toBe(3)
  })

  it('comes without a listener warning for thirty pipelined requests', async () => {
    const trail = openTrail()
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    const { port } = await serve(trail, (_exchange, _req, res) => void setTimeout(() => res.end('x'), 20))
    const socket = await wire(port)
    socket.write(get.repeat(29) + lastGet)
    await everything(socket)
    await until(() => trail.lines.length === 30)
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
    expect(trail.lines.every(({ http }) => http?.completion === 'completed')).toBe(true)
  })

  it('comes although the framework asked to follow only after the client had left', async () => {
    const trail = openTrail()
    const server = createServer((req, res) => {
      req.once('close', () => following(trail, () => undefined)(req, res))
    })
    const socket = await wire(await listen(server))
    socket.write(get)
    await settled()
    socket.destroy()
    expect((await lineOf(trail)).http?.completion).toBe('aborted')
  })

  it('survives a view that throws', async () => {
    const trail = openTrail()
    const thrower = (): never => {
      throw new Error('hunter2')
    }
    const server = createServer((req, res) => {
      followRequest(trail.audit, req, res, { route: thrower, actor: thrower })
      res.end()
    })
    const socket = await wire(await listen(server))
    socket.write(lastGet)
    expect((await lineOf(trail)).http).toMatchObject({ status: 200, route: undefined })
  })

  it('counts a body of unstated length as it arrives, also when nobody reads it', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (_exchange, req, res) => req.resume().on('end', () => res.end()))
    const socket = await wire(port)
    socket.write(
      'POST /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n',
    )
    await everything(socket)
    expect((await lineOf(trail)).http?.reqBytes).toBe(8)
  })

  it('counts no answer that HTTP leaves out', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (_exchange, _req, res) => res.end('never sent'))
    const socket = await wire(port)
    socket.write(lastGet.replace('GET', 'HEAD'))
    await everything(socket)
    expect((await lineOf(trail)).http?.resBytes).toBe(0)
  })
})

describe('a response open for long', () => {
  it('has an opening line before its terminal one', async () => {
    const trail = openTrail({ openingMs: 30 })
    const { port } = await serve(trail, (_exchange, _req, res) => res.write('event'))
    const socket = await wire(port)
    socket.write(get)
    await until(() => trail.lines.length === 1)
    expect(trail.lines[0]).toMatchObject({ opening: true, http: { status: 200 } })
    socket.destroy()
    await until(() => trail.lines.length === 2)
    expect(trail.lines[1]).toMatchObject({ http: { completion: 'aborted' } })
    expect(trail.lines[1]).not.toHaveProperty('opening')
  })
})

describe('HTTP/2', () => {
  async function open(trail: Trail, handle: (exchange: Exchange, req: RawRequest, res: RawResponse) => unknown) {
    const server = createHttp2Server(following(trail, handle))
    server.on('sessionError', () => undefined)
    const session = connectHttp2(`http://127.0.0.1:${await listen(server)}`)
    session.on('error', () => undefined)
    closing.push(() => session.destroy())
    return session
  }

  /** The two kinds of response have the same method and no common signature. */
  function write(res: RawResponse, text: string): RawResponse {
    if ('stream' in res) res.write(text)
    else res.write(text)
    return res
  }

  function send(session: ClientHttp2Session, headers = {}) {
    const stream = session.request({ ':path': '/x', ...headers })
    stream.on('error', () => undefined)
    return stream
  }

  it('says completed, and counts the answer once', async () => {
    const trail = openTrail()
    const session = await open(trail, (_exchange, _req, res) => void write(res, 'hello').end())
    send(session).resume()
    expect((await lineOf(trail)).http).toMatchObject({ status: 200, completion: 'completed', resBytes: 5 })
  })

  it('says aborted when the stream is reset before the answer', async () => {
    const trail = openTrail()
    const session = await open(trail, () => undefined)
    const stream = send(session)
    await settled()
    stream.close(constants.NGHTTP2_CANCEL)
    expect((await lineOf(trail)).http?.completion).toBe('aborted')
  })

  it('says aborted when the stream is reset half-way', async () => {
    const trail = openTrail()
    const session = await open(trail, (_exchange, _req, res) => void write(res, 'half'))
    const stream = send(session)
    await once(stream, 'data')
    stream.close(constants.NGHTTP2_CANCEL)
    expect((await lineOf(trail)).http).toMatchObject({ status: 200, completion: 'aborted' })
  })

  it('says aborted with whatever code the client resets the stream', async () => {
    for (const code of [constants.NGHTTP2_PROTOCOL_ERROR, constants.NGHTTP2_INTERNAL_ERROR]) {
      const trail = openTrail()
      const session = await open(trail, (_exchange, _req, res) => void write(res, 'half'))
      const stream = send(session)
      await once(stream, 'data')
      stream.close(code)
      expect((await lineOf(trail)).http).toMatchObject({ status: 200, completion: 'aborted' })
      expect(trail.records).toEqual([])
    }
  })

  it('says error when the application destroys its stream with one', async () => {
    const trail = openTrail()
    const session = await open(trail, (_exchange, _req, res) => {
      write(res, 'half')
      setImmediate(() => res.destroy(Object.assign(new Error('upstream'), { code: 'ECONNRESET' })))
    })
    send(session).resume()
    expect((await lineOf(trail)).http).toMatchObject({ status: 200, completion: 'error' })
  })

  it('says aborted when the session is destroyed', async () => {
    const trail = openTrail()
    const session = await open(trail, (_exchange, _req, res) => void write(res, 'half'))
    await once(send(session), 'data')
    session.destroy()
    expect((await lineOf(trail)).http?.completion).toBe('aborted')
  })

  it('cuts a stream whose headers are out with INTERNAL_ERROR', async () => {
    const trail = openTrail()
    const session = await open(trail, (exchange, _req, res) => {
      write(res, 'half')
      setImmediate(() => exchange.answerError(new Error('hunter2')))
    })
    const stream = send(session)
    stream.resume()
    await until(() => stream.closed)
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR)
    expect((await lineOf(trail)).http?.completion).toBe('error')
  })

  it('answers an error with a problem', async () => {
    const trail = openTrail()
    const session = await open(trail, (exchange) =>
      exchange.answerError(Object.assign(new Error('hunter2'), { status: 422 })),
    )
    const stream = send(session)
    let body = ''
    stream.setEncoding('utf8').on('data', (chunk) => (body += chunk))
    const [headers] = await once(stream, 'response')
    await once(stream, 'close')
    expect(headers).toMatchObject({ ':status': 422, 'content-type': 'application/problem+json' })
    expect(JSON.parse(body).request_id).toBe(headers['x-request-id'])
    expect(body).not.toContain('hunter2')
  })
})

describe('an exchange that has ended', () => {
  it('lets go of request and response, whoever remembers it', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const trail = openTrail()
    const kept: Exchange[] = []
    const requests: WeakRef<RawRequest>[] = []
    const { port } = await serve(trail, (exchange, req, res) => {
      kept.push(exchange)
      requests.push(new WeakRef(req))
      res.end()
    })
    for (let i = 0; i < 3; i++) await everything(await sent(port, lastGet))
    await until(() => trail.lines.length === 3)
    // Node's parser may remember the last one until it is used again.
    await until(() => {
      collect()
      return requests.slice(0, 2).every((request) => request.deref() === undefined)
    })
    expect(kept.map((exchange) => findViewOf(exchange.context)?.facts().http?.status)).toEqual([200, 200, 200])
  })
})

async function sent(port: number, text: string): Promise<Socket> {
  const socket = await wire(port)
  socket.write(text)
  return socket
}

describe('the context', () => {
  it('holds in every event of request and response, whoever listened first', async () => {
    const trail = openTrail()
    const seen: (string | undefined)[] = []
    const note = (): void => void seen.push(currentContext()?.requestId)
    const server = createServer((req, res) => {
      res.on('close', note)
      req.on('close', note)
      following(trail, () => res.on('close', note))(req, res)
    })
    const socket = await wire(await listen(server))
    socket.write(get)
    await settled()
    socket.destroy()
    const { requestId } = await lineOf(trail)
    await until(() => seen.length === 3)
    expect(seen).toEqual([requestId, requestId, requestId])
  })

  it('finds the exchange by its request', async () => {
    const trail = openTrail()
    let found = false
    const { port } = await serve(trail, (exchange, req, res) => {
      found = exchangeOf(req) === exchange && findViewOf(req) === findViewOf({ raw: req })
      res.end()
    })
    const socket = await wire(port)
    socket.write(lastGet)
    await lineOf(trail)
    expect(found).toBe(true)
  })

  it('takes a copy of a request, and what was derived from one, for another request', async () => {
    const trail = openTrail()
    const found: unknown[] = []
    const { port } = await serve(trail, (_exchange, req, res) => {
      found.push(
        exchangeOf(Object.assign(Object.create(Object.getPrototypeOf(req)), req)),
        exchangeOf(Object.create(req)),
      )
      res.end()
    })
    const socket = await wire(port)
    socket.write(lastGet)
    await lineOf(trail)
    expect(found).toEqual([undefined, undefined])
  })

  it('is finished with its answer, also where one answer is followed for two requests', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (_exchange, req, res) => {
      followRequest(trail.audit, Object.create(req), res, { route: () => '/inner', actor: () => undefined })
      res.end()
    })
    const socket = await wire(port)
    socket.write(get)
    await until(() => trail.lines.length === 2)
    expect(trail.lines.map(({ http }) => [http?.route, http?.completion])).toEqual([
      ['/r/:id', 'completed'],
      ['/inner', 'completed'],
    ])
    socket.destroy()
  })
})

describe('records an answer owes', () => {
  async function owed(handle: Handle, request = lastGet): Promise<Recorded[]> {
    const trail = openTrail()
    const { port } = await serve(trail, handle)
    const socket = await wire(port)
    socket.write(request)
    await lineOf(trail)
    return trail.records
  }

  function answer(status: number): Handle {
    return (_exchange, _req, res) => res.writeHead(status).end()
  }

  it('are a denial for 403, with who was denied', async () => {
    const [record, ...others] = await owed(answer(403))
    expect(others).toEqual([])
    expect(record).toMatchObject({ type: 'authz_deny', event: { reason: 'forbidden' }, extra: { actor: { id: 'u1' } } })
    expect(record?.facts?.http).toMatchObject({ status: 403, route: '/r/:id' })
  })

  it('are a presented token for 401 with a declared cookie', async () => {
    const [record] = await owed(answer(401), lastGet.replace('\r\n\r\n', '\r\ncookie: sid=1\r\n\r\n'))
    expect(record?.type).toBe('invalid_token_presented')
  })

  it('are none where the application told of the decision itself', async () => {
    const records = await owed((_exchange, req, res) => {
      findViewOf(req)?.recorded('authn', 'login_failure')
      res.writeHead(401).end()
    })
    expect(records).toEqual([])
  })

  it('are an application error with the error that was thrown', async () => {
    const error = new Error('hunter2')
    const [record] = await owed((exchange) => exchange.answerError(error))
    expect(record).toMatchObject({ type: 'application_error', extra: { error } })
  })

  it('are none for 404', async () => {
    expect(await owed(answer(404))).toEqual([])
  })

  it('stand although the client left as soon as it saw the refusal', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (_exchange, _req, res) => {
      res.writeHead(403)
      res.write('no')
    })
    const socket = await wire(port)
    socket.write(get)
    await once(socket, 'data')
    socket.destroy()
    await lineOf(trail)
    expect(trail.records.map(({ type }) => type)).toEqual(['authz_deny'])
  })
})

describe('a declared access', () => {
  const access = { verb: 'read', resource: 'patient', id: () => '7' } as const

  it('is recorded at the end with the outcome the answer shows', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (exchange, _req, res) => {
      expect(exchange.declare(access)).toBeUndefined()
      res.writeHead(404).end()
    })
    const socket = await wire(port)
    socket.write(lastGet)
    await lineOf(trail)
    expect(trail.records).toMatchObject([
      {
        type: 'data_access',
        event: { outcome: 'failure', reason: 'not_found', targets: [{ type: 'patient', id: '7' }] },
        extra: { actor: { id: 'u1' } },
      },
    ])
  })

  it('of class block lets the handler run once the attempt is durable, and pairs it with the result', async () => {
    const trail = openTrail()
    trail.failureClass = 'block'
    let admit: (position: { writer: string; n: number }) => void = () => undefined
    trail.durable = new Promise((resolve) => (admit = resolve))
    let ran = false
    const { port } = await serve(trail, async (exchange, _req, res) => {
      if (await exchange.declare({ ...access, verb: 'export' })) {
        ran = true
        res.end('rows')
      }
    })
    const socket = await wire(port)
    socket.write(lastGet)
    await until(() => trail.records.length === 1)
    await settled()
    expect(ran).toBe(false)
    admit({ writer: 'w', n: 0 })
    await lineOf(trail)
    const [attempt, result] = trail.records
    expect(attempt).toMatchObject({ type: 'data_export', event: { outcome: 'unknown' }, extra: { phase: 'attempt' } })
    expect(result).toMatchObject({ type: 'data_export', event: { outcome: 'success' }, extra: { phase: 'result' } })
    expect(result?.extra.operationId).toBe(attempt?.extra.operationId)
  })

  it('is recorded although its client had left before the route was entered', async () => {
    const trail = openTrail()
    trail.failureClass = 'block'
    let admitted: boolean | undefined
    const { port } = await serve(trail, (exchange, _req, res) => {
      res.on('close', () => setTimeout(async () => (admitted = await exchange.declare(access)), 5))
    })
    const socket = await wire(port)
    socket.write(get)
    await settled()
    socket.destroy()
    await until(() => admitted !== undefined)
    expect(admitted).toBe(true)
    expect(trail.records.map(({ event, extra }) => [extra.phase, event.outcome])).toEqual([
      ['attempt', 'unknown'],
      ['result', 'unknown'],
    ])
    expect(trail.lines).toHaveLength(1)
  })

  it.each([
    ['is not durable in time', () => new Promise<never>(() => undefined)],
    ['is refused', () => Promise.reject(new Error('disk full'))],
  ])('of class block answers 503 and never runs the handler when its attempt %s', async (_, durable) => {
    const trail = openTrail({ holdMs: 30 })
    trail.failureClass = 'block'
    trail.durable = durable()
    trail.durable.catch(() => undefined)
    let ran = false
    const { port } = await serve(trail, async (exchange, _req, res) => {
      if (await exchange.declare(access)) {
        ran = true
        res.end('rows')
      }
    })
    const socket = await wire(port)
    socket.write(lastGet)
    const answer = await everything(socket)
    const line = await lineOf(trail)
    expect(ran).toBe(false)
    expect(answer).toMatch(/^HTTP\/1.1 503 /)
    expect(answer).toContain('application/problem+json')
    expect(answer).toContain(`"request_id":"${line.requestId}"`)
    expect(trail.records.map(({ type, event }) => [type, event.outcome])).toEqual([
      ['data_access', 'unknown'],
      ['data_access', 'failure'],
    ])
  })
})

describe('an upgrade', () => {
  const upgrade = 'GET /ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'

  async function upgrading(answer: (socket: Duplex) => unknown) {
    const trail = openTrail()
    const { port, server } = await serve(trail, (_exchange, _req, res) => res.end())
    server.on('upgrade', (_req, socket) => answer(socket))
    const before = await wire(port)
    before.write(lastGet)
    await lineOf(trail)
    trail.lines.length = 0
    const socket = await wire(port)
    socket.write(upgrade)
    return { trail, socket }
  }

  it('is told at its handshake, once, while the connection goes on', async () => {
    const { trail, socket } = await upgrading((peer) => {
      peer.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
      peer.write('frames')
    })
    const line = await lineOf(trail)
    expect(line.http).toMatchObject({ method: 'GET', status: 101, completion: 'upgraded' })
    socket.destroy()
    await settled()
    expect(trail.lines).toHaveLength(1)
  })

  it('that is refused leaves the refusal and its record', async () => {
    const { trail } = await upgrading((peer) => peer.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
    expect((await lineOf(trail)).http).toMatchObject({ status: 403, completion: 'completed' })
    expect(trail.records.map(({ type }) => type)).toEqual(['authz_deny'])
  })

  it('that is never answered is aborted', async () => {
    const { trail, socket } = await upgrading((peer) => peer.on('error', () => undefined).resume())
    await settled()
    socket.resetAndDestroy()
    expect((await lineOf(trail)).http?.completion).toBe('aborted')
  })

  it('is one line where the framework routes it as well', async () => {
    const trail = openTrail()
    const { port, server } = await serve(trail, (_exchange, _req, res) => res.end())
    server.on('upgrade', (req, socket) => {
      const res = new ServerResponse(req)
      following(trail, () => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'))(req, res)
    })
    const before = await wire(port)
    before.write(lastGet)
    await lineOf(trail)
    trail.lines.length = 0
    const socket = await wire(port)
    socket.write(upgrade)
    expect((await lineOf(trail)).http).toMatchObject({ status: 101, completion: 'upgraded', route: '/r/:id' })
    socket.destroy()
    await settled()
    expect(trail.lines).toHaveLength(1)
  })

  it('does not make a server treat requests as upgrades that it would have served', async () => {
    const trail = openTrail()
    const { port } = await serve(trail, (_exchange, _req, res) => res.end('plain'))
    for (let i = 0; i < 2; i++) {
      const socket = await wire(port)
      socket.write(upgrade)
      const [chunk] = await once(socket, 'data')
      expect(String(chunk)).toContain('plain')
      socket.destroy()
    }
  })
})
