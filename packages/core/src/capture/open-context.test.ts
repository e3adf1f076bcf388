import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect as connectH2, createServer as createH2Server } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RequestContext } from '../context.ts'
import { isSpanId, isTraceId, isUuid } from '../id.ts'
import { openContext, type TraceSettings } from './open-context.ts'
import { compileTrust } from './trust.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const VALID = `00-${TRACE}-00f067aa0ba902b7-01`

const settings = (trusted: boolean): TraceSettings => ({
  trust: compileTrust(trusted ? ['127.0.0.0/8'] : false),
  tokenOf: (purpose, value) => `p1_${purpose}_${value.length}`,
  clock: { now: () => 1_700_000_000_000 },
})

let server: Server
let opened: RequestContext[] = []
let current = settings(true)

beforeAll(async () => {
  server = createServer((req, res) => {
    opened.push(openContext(req, current))
    res.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(() => server.close())

/** Sends header lines exactly as given, through a real parser, and gives the context that was opened. */
async function send(lines: readonly string[], trusted = true): Promise<RequestContext> {
  current = settings(trusted)
  opened = []
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.end(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`)
  socket.resume()
  await once(socket, 'close')
  const [context] = opened
  if (context === undefined) throw new Error('the request did not arrive')
  return context
}

describe('a request without any ids', () => {
  it('gets ids of its own, a sampled and random trace, and nothing to pass on', async () => {
    const context = await send([])
    expect(isUuid(context.requestId)).toBe(true)
    expect(isTraceId(context.traceId)).toBe(true)
    expect(isSpanId(context.spanId)).toBe(true)
    expect(context).toMatchObject({ traceFlags: 3, startMs: 1_700_000_000_000, traceState: '', baggage: '' })
    expect(context.remote).toBeUndefined()
  })
})

describe('a trusted request', () => {
  it('keeps its request id, its trace and its baggage, in a span of its own', async () => {
    const context = await send([
      'X-Request-ID: edge-7.f_a=',
      `TraceParent: ${VALID}`,
      'tracestate: foo=1',
      'tracestate: bar=2',
      'baggage: a=1',
      'Baggage: b=2;p',
    ])
    expect(context).toMatchObject({ requestId: 'edge-7.f_a=', traceId: TRACE, traceFlags: 1 })
    expect(context).toMatchObject({ traceState: 'foo=1, bar=2', baggage: 'a=1, b=2;p' })
    expect(context.spanId).not.toBe('00f067aa0ba902b7')
    expect(context.remote).toBeUndefined()
  })

  it.each([
    ['empty', ['x-request-id:'], 'malformed', 0],
    ['7,000 characters long', [`x-request-id: ${'a'.repeat(7_000)}`], 'malformed', 7_000],
    ['quoted', ['x-request-id: "a"'], 'malformed', 3],
    ['HTML', ['x-request-id: <script>alert(1)</script>'], 'malformed', 25],
    ['with a tab', ['x-request-id: a\tb'], 'malformed', 3],
    ['with a comma', ['x-request-id: a,b'], 'malformed', 3],
    ['sent twice', ['x-request-id: a', 'X-Request-Id: b'], 'duplicate', 4],
    ['sent twice with the same value', ['x-request-id: a', 'x-request-id: a'], 'duplicate', 4],
  ])('gets an id of our own when its is %s, which stays as a token', async (_, lines, reason, chars) => {
    const context = await send([...lines, `traceparent: ${VALID}`])
    expect(isUuid(context.requestId)).toBe(true)
    expect(context.remote).toEqual({ reason, requestIdToken: `p1_request_id_${chars}` })
    expect(Object.isFrozen(context.remote)).toBe(true)
    expect(context.traceId).toBe(TRACE) // one bad header does not spoil another
  })

  it.each([
    ['malformed', ['traceparent: x', 'tracestate: foo=1']],
    ['duplicate', [`traceparent: ${VALID}`, `traceparent: ${VALID}`, 'tracestate: foo=1']],
    ['duplicate', [`traceparent: ${VALID}`, 'traceparent:', 'tracestate: foo=1']],
  ])('starts a new trace after a %s traceparent', async (reason, lines) => {
    const context = await send(lines)
    expect(context).toMatchObject({ traceFlags: 3, traceState: '', remote: { reason } })
    expect(context.traceId).not.toBe(TRACE)
  })
})

describe('an untrusted request', () => {
  it('leaves its ids behind as evidence and passes nothing on', async () => {
    const lines = ['x-request-id: edge-7', `traceparent: ${VALID}`, 'tracestate: foo=1', 'baggage: a=1']
    const context = await send(lines, false)
    expect(isUuid(context.requestId)).toBe(true)
    expect(context).toMatchObject({ traceFlags: 3, traceState: '', baggage: '' })
    expect(context.traceId).not.toBe(TRACE)
    expect(context.remote).toEqual({ reason: 'untrusted', traceId: TRACE, requestIdToken: 'p1_request_id_6' })
  })
})

it('reads HTTP/2, where repeated headers come as a list', async () => {
  const seen: RequestContext[] = []
  const h2 = createH2Server((req, res) => {
    seen.push(openContext(req, settings(true)))
    res.end()
  }).listen(0, '127.0.0.1')
  await once(h2, 'listening')
  const client = connectH2(`http://127.0.0.1:${(h2.address() as AddressInfo).port}`)
  const get = async (headers: Record<string, string | string[]>) => {
    await once(client.request({ ':path': '/', ...headers }).resume(), 'close')
  }
  await get({ 'x-request-id': 'edge-7', traceparent: VALID, tracestate: ['foo=1', 'bar=2'], baggage: ['a=1', 'b=2'] })
  await get({ 'x-request-id': ['a', 'b'], traceparent: [VALID, VALID] })
  client.close()
  h2.close()
  expect(seen[0]).toMatchObject({ requestId: 'edge-7', traceId: TRACE })
  expect(seen[0]?.traceState.replaceAll(' ', '')).toBe('foo=1,bar=2')
  expect(seen[0]?.baggage.replaceAll(' ', '')).toBe('a=1,b=2')
  expect(seen[1]?.remote?.reason).toBe('duplicate')
  expect(seen[1]?.traceId).not.toBe(TRACE)
})

it('opens a context for any headers, also when the token cannot be made', () => {
  const failing: TraceSettings = {
    trust: () => true,
    tokenOf: () => {
      throw new Error('no key')
    },
  }
  const value = fc.option(fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 3 })), { nil: undefined })
  const headers = fc.record({ 'x-request-id': value, traceparent: value, tracestate: value, baggage: value })
  fc.assert(
    fc.property(headers, (sent) => {
      const context = openContext({ headers: sent, rawHeaders: [] }, failing)
      expect(context.requestId).toMatch(/^[A-Za-z0-9._\-=]{1,128}$/)
      expect(isTraceId(context.traceId)).toBe(true)
      expect(context.remote?.requestIdToken).toBeUndefined()
    }),
  )
})
