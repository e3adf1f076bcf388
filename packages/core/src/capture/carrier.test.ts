import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currentContext, RequestContext, runInContext } from '../context.ts'
import { carrier, runWithCarrier } from './carrier.ts'

function context(more: { requestId?: string; traceState?: string; baggage?: string } = {}): RequestContext {
  return new RequestContext({
    requestId: 'req-1',
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    traceFlags: 1,
    startMs: 1,
    ...more,
  })
}

const refused = expect.objectContaining({ code: 'AUDIT_CARRIER_INVALID' })

describe('a carrier', () => {
  it('takes the context along: same request and trace, a span of its own', () => {
    const json = runInContext(context({ traceState: 'foo=1', baggage: 'k=v' }), carrier)
    const there = runWithCarrier(json, currentContext, { now: () => 7 })
    expect(there).toMatchObject({ requestId: 'req-1', traceId: 'a'.repeat(32), traceFlags: 1, startMs: 7 })
    expect(there).toMatchObject({ traceState: 'foo=1', baggage: 'k=v' })
    expect(there?.spanId).not.toBe('b'.repeat(16))
  })

  it('crosses into a worker thread', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      import(workerData.module).then(async ({ runWithCarrier, carrier }) => {
        const inside = await runWithCarrier(workerData.json, async () => { await null; return carrier() })
        parentPort.postMessage(inside)
      })`
    const json = runInContext(context(), carrier)
    const workerData = { json, module: new URL('./carrier.ts', import.meta.url).href }
    const worker = new Worker(code, { eval: true, workerData, execArgv: ['--no-warnings'] })
    const inside = await new Promise<string>((resolve, reject) => worker.once('message', resolve).once('error', reject))
    await worker.terminate()
    expect(JSON.parse(inside)).toMatchObject({ request_id: 'req-1' })
    expect(JSON.parse(inside).traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/)
  })

  it('of no request runs the work outside any request', () => {
    expect(carrier()).toBe('{}')
    runInContext(context(), () => {
      runWithCarrier('{}', () => expect(currentContext()).toBeUndefined())
    })
  })

  it('is at most 1,024 bytes: baggage goes first, tracestate second', () => {
    const traceState = `foo=${'v'.repeat(200)}`
    const withBoth = runInContext(context({ traceState, baggage: `k=${'v'.repeat(900)}` }), carrier)
    expect(JSON.parse(withBoth)).toMatchObject({ tracestate: traceState })
    expect(withBoth).not.toContain('baggage')
    const states = Array.from({ length: 8 }, (_, i) => `k${i}=${'v'.repeat(200)}`).join(',')
    const idsAlone = runInContext(context({ traceState: states, baggage: 'k=v', requestId: 'r'.repeat(128) }), carrier)
    expect(Object.keys(JSON.parse(idsAlone))).toEqual(['request_id', 'traceparent'])
    expect(Math.max(withBoth.length, idsAlone.length)).toBeLessThanOrEqual(1_024)
  })

  it('is refused before the work starts when it is not one', () => {
    const valid = { request_id: 'r', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
    const wrong: unknown[] = [
      '',
      'x',
      '[]',
      'null',
      '7',
      '{',
      JSON.stringify({ ...valid, request_id: 'a b' }),
      JSON.stringify({ ...valid, request_id: 7 }),
      JSON.stringify({ request_id: 'r' }),
      JSON.stringify({ ...valid, traceparent: 'x' }),
      JSON.stringify({ ...valid, tracestate: 'Bad=1' }),
      JSON.stringify({ ...valid, baggage: ' k=v' }),
      JSON.stringify({ ...valid, baggage: 7 }),
      JSON.stringify({ ...valid, more: 'x'.repeat(1_024) }),
      JSON.stringify({ ...valid, more: 'é'.repeat(500) }),
      undefined,
      7,
    ]
    let ran = 0
    for (const json of wrong) {
      const attempt = () => Reflect.apply(runWithCarrier, undefined, [json, () => ran++])
      expect(attempt, String(json)).toThrowError(refused)
    }
    expect(ran).toBe(0)
  })

  it('may have members that this version does not know', () => {
    const json = `{"request_id":"r","traceparent":"00-${'a'.repeat(32)}-${'b'.repeat(16)}-01","__proto__":{"x":1},"more":1}`
    expect(runWithCarrier(json, currentContext)).toMatchObject({ requestId: 'r' })
  })

  it('is read or refused with its code, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (json) => {
        try {
          runWithCarrier(json, () => {})
        } catch (error) {
          expect(error).toEqual(refused)
        }
      }),
    )
  })
})
