/** A tracer's span for an outgoing request becomes its parent id, where the destination may have it, and nowhere else. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RequestContext, runInContext } from '../context.ts'
import { offerClientSpan, takeClientSpan } from './client-span.ts'
import { installOutbound } from './outbound.ts'

const own = new RequestContext({
  requestId: 'r',
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  traceFlags: 3,
  traceState: 'own=1',
  startMs: 1,
})
const span = { traceId: 'a'.repeat(32), spanId: 'c'.repeat(16), traceFlags: 1, traceState: 'own=1' }
const other = { traceId: 'd'.repeat(32), spanId: 'c'.repeat(16), traceFlags: 1, traceState: '' }

const seen: IncomingHttpHeaders[] = []
const server = createServer((req, res) => {
  seen.push(req.headers)
  res.end()
})
let origin = ''
let stop = (): void => undefined

beforeEach(async () => {
  seen.length = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  stop()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const byFetch = async (): Promise<void> => void (await (await fetch(origin)).text())
const byHttp = (): Promise<void> =>
  new Promise((resolve, reject) => {
    request(origin, (res) => res.resume().on('end', resolve))
      .on('error', reject)
      .end()
  })

/** As an instrumentation of the SDK does: the propagator is asked, then the request is created, in one turn. */
const offering = (call: () => Promise<void>, offered = span): Promise<void> => {
  offerClientSpan(offered)
  return call()
}

describe.each([
  ['fetch', byFetch],
  ['node:http', byHttp],
])('an offered span, with %s', (_name, call) => {
  it('gives the request its parent id, and the random flag stays', async () => {
    stop = installOutbound({ trace: [origin] })
    await runInContext(own, () => offering(call))
    expect(seen[0]?.traceparent).toBe(`00-${span.traceId}-${span.spanId}-03`)
    expect(seen[0]?.tracestate).toBe('own=1')
  })

  it('is used once: the next request has a parent id of its own', async () => {
    stop = installOutbound({ trace: [origin] })
    await runInContext(own, async () => {
      offerClientSpan(span)
      await Promise.all([call(), call()])
    })
    const parents = seen.map((headers) => String(headers.traceparent).split('-')[2])
    expect(parents.filter((id) => id === span.spanId)).toHaveLength(1)
    expect(new Set(parents).size).toBe(2)
  })

  it('is gone when the turn is over', async () => {
    stop = installOutbound({ trace: [origin] })
    offerClientSpan(span)
    await new Promise((resolve) => setImmediate(resolve))
    expect(takeClientSpan()).toBeUndefined()
    await call()
    expect(seen[0]).not.toHaveProperty('traceparent')
  })

  it('goes to no origin that is not allowed', async () => {
    stop = installOutbound({ trace: ['https://elsewhere.test'], requestId: [origin] })
    await runInContext(own, () => offering(call))
    expect(seen[0]).not.toHaveProperty('traceparent')
    expect(seen[0]).not.toHaveProperty('tracestate')
    expect(seen[0]?.['x-request-id']).toBe('r')
  })

  it('counts outside any request as well, and then carries no request id', async () => {
    stop = installOutbound({ trace: [origin], requestId: [origin], baggage: [origin] })
    await offering(call)
    expect(seen[0]?.traceparent).toBe(`00-${span.traceId}-${span.spanId}-01`)
    expect(seen[0]).not.toHaveProperty('x-request-id')
  })

  it('of another trace keeps that trace, and claims nothing about its id', async () => {
    stop = installOutbound({ trace: [origin] })
    await runInContext(own, () => offering(call, other))
    expect(seen[0]?.traceparent).toBe(`00-${other.traceId}-${other.spanId}-01`)
    expect(seen[0]).not.toHaveProperty('tracestate')
  })
})
