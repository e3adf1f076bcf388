/** Exactly one line per request, however it ends, and it says how. */
import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { Route } from './application.ts'
import { idsIn, requestText } from './client.ts'
import type { Behaviour } from './suite.ts'

const ok: Route = { path: '/ok', handle: (call) => call.answer(200, 'ok') }
/** Never answers by itself. */
const silent: Route = { path: '/silent', handle: (call) => void call.raw() }
/** Sends headers and the beginning of a body, and nothing more. */
const stuck: Route = {
  path: '/stuck',
  handle: (call) => {
    const res = call.raw()
    res.writeHead(200, { 'content-type': 'text/plain' })
    res.write('the beginning')
  },
}

export function terminalLine(behaviour: Behaviour): void {
  behaviour('a line says method, route template, status, duration and completion', async ({ open }) => {
    const path = '/patients/:id'
    const stage = await open({ routes: [{ method: 'POST', path, handle: (call) => call.answer(201, { made: true }) }] })
    await stage.askJson('/patients/4711?token=verysecret', { name: 'x' })
    const { http, level } = await stage.onlyLine()
    expect(http).toMatchObject({
      method: 'POST',
      route: path,
      status: 201,
      completion: 'completed',
      req_bytes: 12,
      res_bytes: 13,
    })
    expect(http.duration_ms).toBeGreaterThanOrEqual(0)
    expect(level).toBe('INFO')
  })

  behaviour('a route is named as it is mounted, router and all', async ({ open }) => {
    const stage = await open({
      routes: [{ under: '/wards/:ward', path: '/beds/:bed', handle: (call) => call.answer(200, 'ok') }],
    })
    expect((await stage.ask('/wards/7/beds/3')).status).toBe(200)
    expect((await stage.onlyLine()).http.route).toBe('/wards/:ward/beds/:bed')
  })

  behaviour('a route is named after its handler has thrown, too', async ({ open }) => {
    const handle = (): never => {
      throw new Error('deliberate')
    }
    const stage = await open({ routes: [{ under: '/wards/:ward', path: '/beds/:bed', handle }] })
    await stage.ask('/wards/7/beds/3')
    expect((await stage.onlyLine()).http).toMatchObject({
      route: '/wards/:ward/beds/:bed',
      status: 500,
      completion: 'completed',
    })
  })

  behaviour('an unmatched request has no route, and no record', async ({ open }) => {
    const stage = await open({ routes: [ok] })
    await stage.ask('/nowhere/zq_4711_nowhere?token=verysecret')
    const line = await stage.onlyLine()
    expect(line.http.route).toBeUndefined()
    expect(line.http.status).toBe(404)
    expect(line.level).toBe('WARNING')
    expect(stage.records()).toEqual([])
    expect(stage.written()).not.toContain('zq_4711_nowhere')
  })

  for (const [what, status] of [
    ['no content', 204],
    ['not modified', 304],
  ] as const) {
    behaviour(`an answer of ${what} is one completed line`, async ({ open }) => {
      const stage = await open({ routes: [{ path: '/empty', handle: (call) => call.answer(status) }] })
      expect((await stage.ask('/empty')).status).toBe(status)
      expect((await stage.onlyLine()).http).toMatchObject({ status, completion: 'completed' })
    })
  }

  behaviour('a streamed answer is one completed line', async ({ open }) => {
    const parts = ['a'.repeat(70_000), 'b'.repeat(70_000)]
    const stage = await open({ routes: [{ path: '/stream', handle: (call) => call.stream(Readable.from(parts)) }] })
    const answer = await stage.ask('/stream')
    expect(answer.body).toBe(parts.join(''))
    expect((await stage.onlyLine()).http).toMatchObject({ status: 200, completion: 'completed', res_bytes: 140_000 })
  })

  behaviour('a response ended twice is one line', async ({ open }) => {
    const handle: Route['handle'] = (call) => {
      const res = call.raw()
      res.on('error', () => undefined)
      res.end('once')
      res.end('twice')
    }
    const stage = await open({ routes: [{ path: '/twice', handle }] })
    expect((await stage.ask('/twice')).body).toBe('once')
    expect((await stage.onlyLine()).http.completion).toBe('completed')
  })

  behaviour('a client that leaves before the answer is aborted, without a status', async ({ open }) => {
    const stage = await open({ routes: [silent] })
    const connection = await stage.wire()
    const arrived = new Promise((resolve) => stage.server.once('request', resolve))
    connection.send(requestText('/silent'))
    await arrived
    connection.socket.destroy()
    await stage.until(() => stage.lines().length > 0)
    const { http, level } = await stage.onlyLine()
    expect(http.completion).toBe('aborted')
    expect(http.status).toBeUndefined()
    expect(level).toBe('WARNING')
    expect(stage.records()).toEqual([])
  })

  for (const [how, leave] of [
    ['closes', (socket: { destroy(): unknown }) => socket.destroy()],
    ['resets', (socket: { resetAndDestroy(): unknown }) => socket.resetAndDestroy()],
  ] as const) {
    behaviour(`a client that ${how} in the middle of the answer is aborted, never a plain 200`, async ({ open }) => {
      const stage = await open({ routes: [stuck] })
      const connection = await stage.wire()
      connection.send(requestText('/stuck'))
      await connection.until(/the beginning/)
      leave(connection.socket)
      await stage.until(() => stage.lines().length > 0)
      const { http, level } = await stage.onlyLine()
      expect(http).toMatchObject({ status: 200, completion: 'aborted' })
      expect(level).toBe('WARNING')
      expect(stage.records()).toEqual([])
    })
  }

  behaviour('a client that leaves in the middle of its request is aborted', async ({ open }) => {
    const stage = await open({ routes: [{ method: 'POST', path: '/up', handle: (call) => call.answer(200, 'ok') }] })
    const connection = await stage.wire()
    const arrived = new Promise((resolve) => stage.server.once('request', resolve))
    const headers = [
      ['content-type', 'application/json'],
      ['content-length', '100'],
    ] as const
    connection.send(`${requestText('/up', headers, 'POST')}{"a":`)
    await arrived
    connection.socket.destroy()
    await stage.until(() => stage.lines().length > 0)
    expect((await stage.onlyLine()).http.completion).toBe('aborted')
  })

  behaviour('an idle connection ends its request as a timeout', async ({ open }) => {
    const stage = await open({ routes: [silent] })
    stage.server.setTimeout(60)
    const connection = await stage.wire()
    connection.send(requestText('/silent'))
    await connection.closed()
    await stage.until(() => stage.lines().length > 0)
    expect((await stage.onlyLine()).http.completion).toBe('timeout')
    expect(stage.records()).toEqual([])
  })

  behaviour('a request that takes too long to arrive is a timeout', async ({ open }) => {
    const stage = await open({
      routes: [{ method: 'POST', path: '/up', handle: (call) => call.answer(200, 'ok') }],
      server: { requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 25 },
    })
    const connection = await stage.wire()
    const headers = [
      ['content-type', 'application/json'],
      ['content-length', '100'],
    ] as const
    connection.send(`${requestText('/up', headers, 'POST')}{"a":`)
    await connection.closed()
    await stage.until(() => stage.lines().length > 0)
    expect((await stage.onlyLine()).http.completion).toBe('timeout')
  })

  behaviour('a response that its handler destroys is an error', async ({ open }) => {
    const handle: Route['handle'] = (call) => {
      const res = call.raw()
      res.on('error', () => undefined)
      res.write('the beginning')
      setImmediate(() => res.destroy(new Error('deliberate')))
    }
    const stage = await open({ routes: [{ path: '/breaks', handle }] })
    const connection = await stage.wire()
    connection.send(requestText('/breaks'))
    await connection.closed()
    await stage.until(() => stage.lines().length > 0)
    const line = await stage.onlyLine()
    expect(line.http.completion).toBe('error')
    expect(line.level).toBe('ERROR')
  })

  behaviour('requests on one kept-alive connection have a line and ids each', async ({ open }) => {
    const stage = await open({ routes: [ok] })
    const connection = await stage.wire()
    for (let i = 1; i <= 10; i++) {
      connection.send(requestText('/ok'))
      await connection.until(new RegExp(`(?:HTTP/1\\.1 200[^]*?\\r\\n\\r\\nok){${i}}`))
    }
    const lines = await stage.end()
    expect(lines.map((line) => line.request_id)).toEqual(idsIn(connection.received()))
    expect(new Set(lines.map((line) => line.request_id)).size).toBe(10)
  })

  behaviour('pipelined requests have a line each when the client leaves before the first answer', async ({ open }) => {
    const stage = await open({ routes: [silent, ok] })
    const connection = await stage.wire()
    let arrived = 0
    stage.server.on('request', () => arrived++)
    connection.send(requestText('/silent') + requestText('/ok') + requestText('/ok'))
    await stage.until(() => arrived === 3)
    connection.reset()
    await stage.until(() => stage.lines().length === 3)
    const lines = await stage.end()
    expect(lines.map((line) => line.http.completion)).toEqual(['aborted', 'aborted', 'aborted'])
    expect(new Set(lines.map((line) => line.request_id)).size).toBe(3)
  })

  behaviour('twenty pipelined requests set off no warning of leaking listeners', async ({ open }) => {
    const warnings: string[] = []
    const listen = (warning: Error): void => void warnings.push(warning.name)
    process.on('warning', listen)
    const stage = await open({ routes: [ok] })
    const connection = await stage.wire()
    connection.send(requestText('/ok').repeat(20))
    await connection.until(/(?:HTTP\/1\.1 200[\s\S]*?\r\n\r\nok){20}/)
    expect(await stage.end()).toHaveLength(20)
    process.off('warning', listen)
    expect(warnings).toEqual([])
  })

  behaviour('an upgrade has one line, at its handshake', async ({ open }) => {
    const stage = await open({ routes: [ok] })
    // The first request makes the server known; applications upgrade after they have served a page.
    await stage.ask('/ok')
    stage.server.on('upgrade', (_req, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n')
      socket.on('data', (chunk: Buffer) => socket.write(chunk))
      socket.on('error', () => undefined)
      socket.on('end', () => socket.end())
    })
    const connection = await stage.wire()
    const headers = [
      ['connection', 'upgrade'],
      ['upgrade', 'echo'],
    ] as const
    connection.send(requestText('/socket', headers))
    await connection.until(/101 Switching/)
    await stage.until(() => stage.lines().length === 2)
    connection.send('hello')
    await connection.until(/hello/)
    connection.socket.destroy()
    const lines = await stage.end()
    expect(lines.map((line) => line.http.completion)).toEqual(['completed', 'upgraded'])
    expect(lines[1]?.http.status).toBe(101)
  })

  behaviour('operational lines name nobody', async ({ open }) => {
    const stage = await open({ routes: [ok], user: () => ({ id: 'usr_8f3k2p' }) })
    await stage.ask('/ok')
    const line = await stage.onlyLine()
    expect(line.user_id).toBeUndefined()
    expect(JSON.stringify(line)).not.toContain('usr_8f3k2p')
  })
}
