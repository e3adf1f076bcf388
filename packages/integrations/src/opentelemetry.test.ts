/** With the real SDK and real sockets: who is believed, who is told, and what happens beside another SDK. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  context,
  createTraceState,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
} from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { type AuditOptions, currentContext } from '@trailmark/core'
import { followRequest } from '@trailmark/core/http'
import { type TestAudit, testAudit } from '@trailmark/core/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ReceivedTraceState } from './opentelemetry/trace-state.ts'
import { startTracing, type Tracing, trailmarkPropagator } from './opentelemetry.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const headers = {
  traceparent: `00-${TRACE}-${PARENT}-03`,
  tracestate: 'foo=1, 2bar=2',
  baggage: 'plan=caf%C3%A9;ttl=3',
}
const loopback = ['http://127.0.0.1:*']

let audit: TestAudit | undefined
let tracing: Tracing | undefined
let closers: (() => Promise<unknown>)[] = []

beforeEach(() => {
  for (const name of ['OTEL_METRICS_EXPORTER', 'OTEL_LOGS_EXPORTER']) vi.stubEnv(name, 'none')
})

afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
  await tracing?.shutdown()
  await audit?.close()
  tracing = audit = undefined
  trace.disable()
  context.disable()
  propagation.disable()
  vi.unstubAllEnvs()
})

const nowhere = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }
const sdk = { autoDetectResources: false, spanProcessors: [nowhere] }

function begin(options: AuditOptions): TestAudit {
  audit = testAudit(options)
  tracing = startTracing({ audit, sdk })
  return audit
}

/** A server that does what the instrumentation of node:http does: extract, begin a span, make it active. */
async function serve(handle: (req: IncomingMessage) => unknown): Promise<string> {
  const server = createServer((req, res) => {
    const parent = propagation.extract(ROOT_CONTEXT, req.headers)
    trace.getTracer('server').startActiveSpan('GET', { kind: SpanKind.SERVER }, parent, (span) => {
      const exchange = followRequest(audit as TestAudit, req, res, { route: () => '/', actor: () => undefined })
      exchange.run(async () => {
        await handle(req)
        res.end()
        span.end()
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const get = async (url: string, sent = {}): Promise<void> => {
  const answer = await fetch(url, { headers: sent })
  await answer.text()
}

describe('extracting', () => {
  it('continues the trace of a trusted peer, with everything it sent', async () => {
    begin({ trust: ['127.0.0.0/8'] })
    const seen: unknown[] = []
    const url = await serve(() => {
      const span = trace.getActiveSpan()?.spanContext()
      const own = currentContext()
      seen.push({ same: own?.spanId === span?.spanId && own?.traceId === span?.traceId })
      seen.push(own?.traceId, own?.traceFlags, own?.traceState, own?.baggage, span?.traceState?.serialize())
      seen.push(propagation.getActiveBaggage()?.getEntry('plan')?.value)
    })
    await get(url, headers)
    expect(seen).toEqual([{ same: true }, TRACE, 3, headers.tracestate, headers.baggage, headers.tracestate, 'café'])
  })

  it('hands the baggage of a trusted peer to the application', async () => {
    begin({ trust: ['127.0.0.0/8'] })
    let value: unknown
    const url = await serve((req) => {
      const extracted = propagation.extract(ROOT_CONTEXT, req.headers)
      value = propagation.getBaggage(extracted)?.getAllEntries()
    })
    await get(url, headers)
    expect(value).toMatchObject([['plan', { value: 'café' }]])
  })

  it('begins a new trace for a peer that is not trusted, whose trace stays visible', async () => {
    begin({})
    let seen: ReturnType<typeof currentContext>
    const url = await serve(() => {
      seen = currentContext()
    })
    await get(url, headers)
    expect(seen).toMatchObject({
      traceState: '',
      baggage: '',
      traceFlags: 3,
      remote: { reason: 'untrusted', traceId: TRACE },
    })
    expect(seen?.traceId).not.toBe(TRACE)
  })

  it('takes nothing over from a carrier that is no request of a server', () => {
    begin({ trust: () => true })
    for (const carrier of [headers, { ...headers }, [], 'x', undefined]) {
      expect(propagation.extract(ROOT_CONTEXT, carrier)).toBe(ROOT_CONTEXT)
    }
  })
})

describe('injecting', () => {
  it('writes nothing itself, whatever the carrier is', () => {
    begin({ trust: () => true, outbound: { trace: loopback } })
    const carrier = {}
    trace.getTracer('t').startActiveSpan('x', () => propagation.inject(context.active(), carrier))
    expect(carrier).toEqual({})
  })

  it('gives the span of the client to allowed origins and to no other', async () => {
    begin({ trust: ['127.0.0.0/8'] })
    const seen: IncomingHttpHeaders[] = []
    const target = await serve((req) => void seen.push(req.headers))
    const allowed = testAudit({ outbound: { trace: [target] } })
    closers.push(() => allowed.close())
    const other = await serve((req) => void seen.push(req.headers))
    let spanId = ''
    const front = await serve(async () => {
      for (const url of [target, other]) {
        const span = trace.getTracer('client').startSpan('GET', { kind: SpanKind.CLIENT })
        spanId ||= span.spanContext().spanId
        propagation.inject(trace.setSpan(context.active(), span), {})
        await get(url)
      }
    })
    await get(front, headers)
    expect(seen[0]?.traceparent).toBe(`00-${TRACE}-${spanId}-03`)
    expect(seen[0]?.tracestate).toBe(headers.tracestate)
    expect(seen[1]).not.toHaveProperty('traceparent')
    expect(seen[1]).not.toHaveProperty('tracestate')
  })
})

describe('startTracing', () => {
  it('names the service as the audit does, unless told otherwise', () => {
    const resources: unknown[] = []
    const processor = {
      ...nowhere,
      onStart: (span: object) => void resources.push(Reflect.get(Reflect.get(span, 'resource'), 'attributes')),
    }
    audit = testAudit({ service: 'wards' })
    tracing = startTracing({ audit, sdk: { ...sdk, spanProcessors: [processor] } })
    trace.getTracer('t').startSpan('x').end()
    expect(resources).toMatchObject([{ 'service.name': 'wards' }])
  })

  it('lets an SDK that is active already stay, and says so once', async () => {
    const running = new NodeSDK(sdk)
    running.start()
    closers.push(() => running.shutdown())
    audit = testAudit()
    const before = trace.getTracerProvider()
    for (let i = 0; i < 2; i++) {
      const second = startTracing({ audit, sdk })
      expect(second.started).toBe(false)
      await second.shutdown()
    }
    expect(trace.getTracerProvider()).toBe(before)
    expect(audit.notices.filter((line) => line.includes('OTEL_ALREADY_STARTED'))).toHaveLength(1)
  })

  it('shuts down without rejecting, whatever the exporter does', async () => {
    audit = testAudit()
    const broken = { ...nowhere, shutdown: () => Promise.reject(new Error('collector gone')) }
    tracing = startTracing({ audit, sdk: { ...sdk, spanProcessors: [broken] } })
    expect(tracing.started).toBe(true)
    await expect(tracing.shutdown()).resolves.toBeUndefined()
    expect(audit.notices.join()).toContain('OTEL_SHUTDOWN_FAILED')
    expect(audit.notices.join()).not.toContain('collector gone')
  })

  it('with OTEL_SDK_DISABLED starts nothing', async () => {
    vi.stubEnv('OTEL_SDK_DISABLED', 'true')
    audit = testAudit()
    tracing = startTracing({ audit, sdk })
    expect(tracing.started).toBe(false)
  })
})

describe('an SDK of the application', () => {
  it('with our propagator believes whom the audit believes', async () => {
    audit = testAudit({ trust: ['127.0.0.0/8'] })
    const running = new NodeSDK({ ...sdk, textMapPropagator: trailmarkPropagator({ audit }) })
    running.start()
    closers.push(() => running.shutdown())
    let traceId: string | undefined
    await get(await serve(() => (traceId = currentContext()?.traceId)), headers)
    expect(traceId).toBe(TRACE)
  })

  it('with its own propagator keeps its header, and ours is not added', async () => {
    const seen: string[][] = []
    audit = testAudit({ outbound: { trace: loopback } })
    const running = new NodeSDK(sdk)
    running.start()
    closers.push(() => running.shutdown())
    const target = await serve((req) => void seen.push(req.rawHeaders.filter((one) => /traceparent/i.test(one))))
    const front = await serve(async () => {
      const carrier: Record<string, string> = {}
      propagation.inject(context.active(), carrier, defaultTextMapSetter)
      await get(target, carrier)
    })
    await get(front)
    expect(seen[0]).toHaveLength(1)
  })
})

describe('a received tracestate', () => {
  const state = new ReceivedTraceState('foo=1 , bar=2,foo2=3')

  it('is serialised as it came', () => {
    expect(state.serialize()).toBe('foo=1 , bar=2,foo2=3')
    expect(state.get('bar')).toBe('2')
    expect(state.get('nothing')).toBeUndefined()
  })

  it('gets an entry leftmost, once, and never changes itself', () => {
    expect(state.set('bar', '9').serialize()).toBe('bar=9,foo=1,foo2=3')
    expect(state.unset('foo').serialize()).toBe('bar=2,foo2=3')
    expect(state.serialize()).toBe('foo=1 , bar=2,foo2=3')
  })

  it('refuses entries that are none', () => {
    for (const [key, value] of [
      ['Foo', '1'],
      ['foo', 'a,b=1'],
      ['foo', 'a=b'],
      ['', '1'],
      ['foo', ''],
      ['foo', 'a\n'],
    ] as const) {
      expect(state.set(key, value)).toBe(state)
    }
  })

  it('keeps at most 32 entries when one is added', () => {
    const full = new ReceivedTraceState(Array.from({ length: 32 }, (_, at) => `k${at}=v`).join(','))
    expect(full.set('new', '1').serialize()).toBe(full.serialize())
  })

  it('agrees with the API on what the API can hold', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/)
    const value = fc.stringMatching(/^[a-zA-Z0-9]{1,5}$/)
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, value), { maxLength: 10, selector: ([one]) => one }),
        key,
        value,
        (all, k, v) => {
          const text = all.map(([one, its]) => `${one}=${its}`).join(',')
          const theirs = createTraceState(text)
          const ours = new ReceivedTraceState(text)
          expect(ours.get(k)).toBe(theirs.get(k))
          expect(ours.set(k, v).serialize()).toBe(theirs.set(k, v).serialize())
          expect(ours.unset(k).serialize()).toBe(theirs.unset(k).serialize())
        },
      ),
    )
  })
})

describe('the propagator', () => {
  it('answers any headers with a valid context or none', async () => {
    audit = testAudit({ trust: () => true })
    const propagator = trailmarkPropagator({ audit })
    let request: IncomingMessage | undefined
    await get(await serve((req) => (request = req)), headers)
    const carrier = request?.headers
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.string(),
        (traceparent, tracestate, baggage) => {
          const getter = {
            ...defaultTextMapGetter,
            get: (_: unknown, key: string) => ({ traceparent, tracestate, baggage })[key],
          }
          const span = trace.getSpanContext(propagator.extract(ROOT_CONTEXT, carrier, getter))
          expect(span === undefined || trace.isSpanContextValid(span)).toBe(true)
        },
      ),
    )
  })
})
