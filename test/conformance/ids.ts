/** Every request has its own id, on everything that is said of it. */
import { currentContext } from '@trailmark/core'
import { expect } from 'vitest'
import type { Route } from './application.ts'
import type { Ask } from './client.ts'
import type { Behaviour } from './suite.ts'

const uuidv7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const ok: Route = { path: '/ok', handle: (call) => call.answer(200, 'ok') }
const echo: Route = { method: 'POST', path: '/echo', handle: (call) => call.answer(200, { received: true }) }
const failing: Route = {
  path: '/fails',
  handle: () => {
    throw new Error('deliberate')
  },
}

export function ids(behaviour: Behaviour): void {
  behaviour('an answer carries the request id of its terminal line', async ({ open }) => {
    const stage = await open({ routes: [ok] })
    const answer = await stage.ask('/ok')
    expect(answer.status).toBe(200)
    expect((await stage.onlyLine()).request_id).toBe(answer.id)
  })

  behaviour('a request without an id gets a UUIDv7, a trace id and a span id', async ({ open }) => {
    const stage = await open({ routes: [ok] })
    await stage.ask('/ok')
    const line = await stage.onlyLine()
    expect(line.request_id).toMatch(uuidv7)
    expect(line.trace_id).toMatch(/^(?!0{32})[0-9a-f]{32}$/)
    expect(line.span_id).toMatch(/^(?!0{16})[0-9a-f]{16}$/)
    expect(line.trace_flags).toMatch(/^[0-9a-f]{2}$/)
  })

  behaviour('no two requests share an id', async ({ open }) => {
    const stage = await open({ routes: [ok] })
    for (let i = 0; i < 20; i++) await stage.ask('/ok')
    const lines = await stage.end()
    expect(lines).toHaveLength(20)
    for (const name of ['request_id', 'trace_id', 'span_id'] as const) {
      expect(new Set(lines.map((line) => line[name])).size).toBe(20)
    }
  })

  behaviour('a handler sees the ids of its request as ambient context', async ({ open }) => {
    const seen: (string | undefined)[] = []
    const handle: Route['handle'] = async (call) => {
      seen.push(currentContext()?.requestId)
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(currentContext()?.requestId)
      call.answer(204)
    }
    const stage = await open({ routes: [{ path: '/seen', handle }] })
    const { id } = await stage.ask('/seen')
    expect(seen).toEqual([id, id])
  })

  behaviour('there is no ambient context outside of requests', async ({ open }) => {
    const stage = await open({ routes: [ok] })
    await stage.ask('/ok')
    expect(currentContext()).toBeUndefined()
  })

  const json = { 'content-type': 'application/json' }
  const refused: readonly (readonly [string, number, string, Ask?])[] = [
    ['an unmatched request', 404, '/nothing'],
    ['a failing handler', 500, '/fails'],
    ['HEAD', 200, '/ok', { method: 'HEAD' }],
    ['a body that is too large', 413, '/echo', { method: 'POST', body: `{"a":"${'x'.repeat(2_000)}"}`, headers: json }],
    ['a body that is no JSON', 400, '/echo', { method: 'POST', body: '{"a":', headers: json }],
  ]
  for (const [what, status, path, ask] of refused) {
    behaviour(`${what} is answered with the request id, too`, async ({ open }) => {
      const stage = await open({ routes: [ok, echo, failing], bodyBytesMax: 1_000 })
      const answer = await stage.ask(path, ask)
      expect(answer.status).toBe(status)
      expect(answer.id).toMatch(uuidv7)
      expect((await stage.onlyLine()).request_id).toBe(answer.id)
    })
  }

  behaviour('a malformed URL is answered with the request id, before any routing', async ({ open }) => {
    const stage = await open({ routes: [{ path: '/things/:id', handle: (call) => call.answer(200, 'ok') }] })
    const connection = await stage.wire()
    connection.send('GET /things/%ff HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
    const received = await connection.closed()
    expect(received).toMatch(/^HTTP\/1\.1 400 /)
    const line = await stage.onlyLine()
    expect(received).toContain(`x-request-id: ${line.request_id}`)
    expect(line.http.status).toBe(400)
  })

  behaviour('records carry the ids of their request', async ({ open }) => {
    const stage = await open({
      routes: [
        { path: '/read', access: { verb: 'read', resource: 'thing' }, handle: (call) => call.answer(200, 'ok') },
      ],
    })
    await stage.ask('/read')
    const line = await stage.onlyLine()
    const [record] = stage.records('data_access')
    for (const name of ['request_id', 'trace_id', 'span_id', 'trace_flags'] as const)
      expect(record?.[name]).toBe(line[name])
  })

  behaviour('the trace id is told to clients only when asked for', async ({ open }) => {
    const silent = await open({ routes: [ok] })
    expect((await silent.ask('/ok')).headers['server-timing']).toBeUndefined()
    const telling = await open({ routes: [ok], options: { serverTiming: true } })
    const { headers } = await telling.ask('/ok')
    expect(headers['server-timing']).toContain((await telling.onlyLine()).trace_id)
  })

  behaviour('a second mount passes requests through', async ({ open }) => {
    const stage = await open({ routes: [ok], twice: true })
    const answer = await stage.ask('/ok')
    expect(answer.body).toBe('ok')
    expect((await stage.onlyLine()).request_id).toBe(answer.id)
  })
}
