/** With the real SDK: whose ids a request has, and that nobody's header is sent twice. */
import { execFileSync } from 'node:child_process'
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RequestContext, runInContext } from '../context.ts'
import { isSpanId, isTraceId } from '../id.ts'
import { openContext } from './open-context.ts'
import { activeSpan } from './otel.ts'
import { installOutbound } from './outbound.ts'

interface Sdk {
  start(): void
  shutdown(): Promise<void>
}
const { NodeSDK }: { NodeSDK: new (options: object) => Sdk } = createRequire(
  new URL('../../../../test/package.json', import.meta.url),
)('@opentelemetry/sdk-node')

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`
const settings = { trust: () => false, tokenOf: () => 'p1_x' }
const trusting = { ...settings, trust: () => true }
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

const quiet = {
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_NODE_RESOURCE_DETECTORS: 'none',
}

let sdk: Sdk | undefined

function startSdk(more: { env?: Record<string, string>; traceExporter?: object; sampler?: object } = {}): void {
  for (const [name, value] of Object.entries({ ...quiet, ...more.env })) vi.stubEnv(name, value)
  const { env: _, ...options } = more
  sdk = new NodeSDK({ instrumentations: [], autoDetectResources: false, ...options })
  sdk.start()
}

const exporter = {
  export: (_spans: unknown, done: (result: object) => void) => done({ code: 0 }),
  shutdown: async () => {},
}

afterEach(async () => {
  await sdk?.shutdown()
  sdk = undefined
  trace.disable()
  context.disable()
  propagation.disable()
  vi.unstubAllEnvs()
})

/** What an instrumented server does before any middleware runs: reads the headers, begins a span, makes it active. */
function inServerSpan<T>(headers: Record<string, string>, work: () => T): T {
  const parent = propagation.extract(ROOT_CONTEXT, headers)
  return trace.getTracer('server').startActiveSpan('GET', {}, parent, (span) => {
    try {
      return work()
    } finally {
      span.end()
    }
  })
}

const open = (headers: Record<string, string>, how = settings) => openContext({ headers, rawHeaders: [] }, how)

describe('without an SDK', () => {
  it('there is no active span', () => {
    expect(activeSpan()).toBeUndefined()
  })
})

describe('with an SDK', () => {
  it('the ids are those of the active span, and outside any span our own', () => {
    startSdk({ traceExporter: exporter })
    inServerSpan({}, () => {
      const span = trace.getActiveSpan()?.spanContext()
      const opened = open({})
      expect([opened.traceId, opened.spanId, opened.traceFlags]).toEqual([
        span?.traceId,
        span?.spanId,
        span?.traceFlags,
      ])
      expect(opened.remote).toBeUndefined()
    })
    expect(isTraceId(open({}).traceId)).toBe(true)
  })

  it('the state of the trace is what the span carries, and an untrusted caller stays visible', () => {
    startSdk({ traceExporter: exporter })
    const headers = { traceparent: TRACEPARENT, tracestate: 'foo=1,bar=2', baggage: 'k=v' }
    inServerSpan(headers, () => {
      expect(open(headers, trusting)).toMatchObject({ traceId: TRACE, traceState: 'foo=1,bar=2', baggage: 'k=v' })
      expect(open(headers, trusting).remote).toBeUndefined()
      expect(open(headers)).toMatchObject({
        traceId: TRACE,
        baggage: '',
        remote: { reason: 'untrusted', traceId: TRACE },
      })
    })
  })

  it('a span that is not sampled counts all the same', () => {
    startSdk({ traceExporter: exporter, env: { OTEL_TRACES_SAMPLER: 'always_off' } })
    inServerSpan({}, () => {
      const span = trace.getActiveSpan()
      expect(span?.isRecording()).toBe(false)
      expect(open({})).toMatchObject({ traceId: span?.spanContext().traceId, spanId: span?.spanContext().spanId })
    })
  })

  it('that makes no spans (OTEL_TRACES_EXPORTER=none) leaves the headers to us', () => {
    startSdk({ env: { OTEL_TRACES_EXPORTER: 'none' } })
    const headers = { traceparent: TRACEPARENT, tracestate: 'foo=1' }
    inServerSpan(headers, () => {
      const trusted = open(headers, trusting)
      expect(trusted).toMatchObject({ traceId: TRACE, traceFlags: 1, traceState: 'foo=1' })
      expect(isSpanId(trusted.spanId)).toBe(true)
      expect(trusted.spanId).not.toBe('00f067aa0ba902b7') // the caller's span is not ours
      const untrusted = open(headers)
      expect(untrusted.traceId).not.toBe(TRACE)
      expect(untrusted).toMatchObject({ traceState: '', remote: { traceId: TRACE } })
    })
    inServerSpan({}, () => expect(isTraceId(open({}).traceId)).toBe(true))
  })

  it('a header that its instrumentation adds after ours is not sent twice', async () => {
    const seen: (readonly string[])[] = []
    const server = createServer((req, res) => {
      seen.push(req.rawHeaders.filter((_, i, raw) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === 'traceparent'))
      res.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const own = new RequestContext({
      requestId: 'r',
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: 3,
      startMs: 1,
    })
    const call = () => runInContext(own, async () => (await fetch(origin)).text())

    const stop = installOutbound({ trace: [origin] })
    await call()
    // As the undici instrumentation does: it adds its header without looking for another one.
    const instrument = (message: unknown) => {
      const request: unknown = Reflect.get(message as object, 'request')
      Reflect.apply(Reflect.get(request as object, 'addHeader') as () => void, request, ['traceparent', TRACEPARENT])
    }
    subscribe('undici:request:create', instrument)
    startSdk({ traceExporter: exporter })
    for (let i = 0; i < 3; i++) await call()
    unsubscribe('undici:request:create', instrument)
    await call()
    stop()
    await call()
    server.closeAllConnections()
    server.close()
    const ours = [expect.stringMatching(/^00-a{32}-/)]
    expect(seen).toEqual([ours, [TRACEPARENT], [TRACEPARENT], [TRACEPARENT], ours, []])
    expect(channel('undici:request:create').hasSubscribers).toBe(false)
  })
})

describe('a broken installation', () => {
  afterEach(() => {
    Reflect.deleteProperty(globalThis, REGISTERED)
    vi.resetModules()
  })

  it('of two versions is told once', async () => {
    vi.resetModules()
    const fresh: typeof import('./otel.ts') = await import('./otel.ts')
    const seen: string[] = []
    let heard = 0
    fresh.whenSdkSeen(() => heard++)
    Reflect.set(globalThis, REGISTERED, { version: '1.0.0', context: {} })
    for (let i = 0; i < 3; i++)
      expect(fresh.activeSpan((code, message) => seen.push(`${code} ${message}`))).toBeUndefined()
    expect(seen).toEqual([expect.stringMatching(/^AUDIT_OTEL_TWO_VERSIONS .*1\.0\.0.*1\.\d+\.\d+/)])
    expect(heard).toBe(1)
  })

  it('of an SDK without the API beside us is told once', () => {
    const dir = mkdtempSync(join(tmpdir(), 'trailmark-otel-'))
    copyFileSync(new URL('./otel.ts', import.meta.url), join(dir, 'otel.ts'))
    const script = `
      globalThis[Symbol.for('opentelemetry.js.api.1')] = { version: '1.9.0', trace: {} }
      const { activeSpan } = await import('./otel.ts')
      const seen = []
      const spans = [1, 2].map(() => activeSpan((code) => seen.push(code)) ?? null)
      console.log(JSON.stringify([seen, spans]))`
    const args = ['--input-type=module', '--no-warnings', '--eval', script]
    const env = { ...process.env, NODE_PATH: '' }
    const answer: unknown = JSON.parse(execFileSync(process.execPath, args, { cwd: dir, env, encoding: 'utf8' }))
    rmSync(dir, { recursive: true })
    expect(answer).toEqual([['AUDIT_OTEL_API_MISSING'], [null, null]])
  })
})
