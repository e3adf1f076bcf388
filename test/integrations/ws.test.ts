/** ws itself, on real sockets: on a server of its own, beside Express, by hand, and below @fastify/websocket. */
import { once } from 'node:events'
import websocket from '@fastify/websocket'
import { testAudit } from '@trailmark/core/testing'
import { auditMiddleware } from '@trailmark/express'
import auditPlugin from '@trailmark/fastify'
import { auditFastifyWebsocket } from '@trailmark/integrations/fastify-websocket'
import { auditWs } from '@trailmark/integrations/ws'
import express from 'express'
import Fastify from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { connect, linesOf, refusal, type SocketStage, socketStage } from './socket-stage.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function staged(...given: Parameters<typeof socketStage>): Promise<SocketStage> {
  const stage = await socketStage(...given)
  cleanups.push(() => stage.close())
  return stage
}

/** A client that does something and sees an answer, so that the server is done with it. */
async function say(client: WebSocket, text: string): Promise<void> {
  client.send(text)
  await once(client, 'message')
}

describe('auditWs()', () => {
  it('runs messages of each connection in the context of its handshake, by its actor', async () => {
    const { audit, server, port } = await staged()
    const sockets = auditWs(new WebSocketServer({ server }), {
      audit,
      actor: (request) => ({ id: String(Reflect.get(Object(Reflect.get(Object(request), 'headers')), 'x-user')) }),
    })
    sockets.on('connection', (socket) => {
      socket.on('message', async (data) => {
        await new Promise(setImmediate)
        audit.record('data_access', { targets: [{ type: 'patient', id: String(data) }] })
        socket.send('done')
      })
    })
    const one = await connect(port, '/', { 'x-user': 'usr_anna' })
    const two = await connect(port, '/', { 'x-user': 'usr_bert' })
    await say(one, '1')
    await say(two, '2')
    await say(one, '3')
    one.close(1000)
    await linesOf(audit, 'socket_closed')
    two.terminate()
    const closed = await linesOf(audit, 'socket_closed', 2)
    const handshakes = audit.lines.filter((line) => line['event_type'] === 'http_request')
    expect(handshakes.map(({ http }) => http)).toEqual([
      { method: 'GET', status: 101, completion: 'upgraded' },
      { method: 'GET', status: 101, completion: 'upgraded' },
    ])
    const [first, second, third] = audit.recordsOf('data_access')
    expect([first?.['request_id'], second?.['request_id'], third?.['request_id']]).toEqual([
      handshakes[0]?.['request_id'],
      handshakes[1]?.['request_id'],
      handshakes[0]?.['request_id'],
    ])
    expect(first?.user_id).toBe(third?.user_id)
    expect(first?.user_id).not.toBe(second?.user_id)
    expect(closed.map(({ reason, metadata, request_id }) => ({ reason, metadata, request_id }))).toEqual([
      {
        reason: 'closed',
        metadata: { duration_ms: expect.any(Number), messages: 2, close_code: 1000 },
        request_id: handshakes[0]?.['request_id'],
      },
      {
        reason: 'lost',
        metadata: { duration_ms: expect.any(Number), messages: 1, close_code: 1006 },
        request_id: handshakes[1]?.['request_id'],
      },
    ])
  })

  it('keeps the actor of the handshake, whatever becomes of the session', async () => {
    const { audit, server, port } = await staged()
    const sockets = auditWs(new WebSocketServer({ server }), { audit })
    server.prependListener('upgrade', (request) => Object.assign(request, { user: { id: 'usr_anna' } }))
    sockets.on('connection', (socket, request) => {
      socket.on('message', () => {
        Object.assign(request, { user: { id: 'usr_mallory' } })
        audit.record('data_access', { targets: [{ type: 'patient', id: '1' }] })
        socket.send('done')
      })
    })
    const client = await connect(port)
    await say(client, 'x')
    await say(client, 'x')
    client.close()
    audit.record('data_access', { actor: { id: 'usr_anna' }, targets: [{ type: 'patient', id: '1' }] })
    expect(new Set(audit.recordsOf('data_access').map(({ user_id }) => user_id)).size).toBe(1)
  })

  it('records a refused handshake once, and steps back where the application recorded it', async () => {
    const { audit, server, port } = await staged()
    const sockets = new WebSocketServer({
      server,
      verifyClient: ({ req }, done) => {
        if (req.url === '/told')
          audit.record('login_failure', { actor: { id: 'usr_1' }, reason: 'invalid_credentials' })
        done(false, req.url === '/forbidden' ? 403 : 401)
      },
    })
    auditWs(auditWs(sockets, { audit }), { audit })
    expect(await refusal(port)).toBe(401)
    expect(await refusal(port, '/forbidden')).toBe(403)
    expect(await refusal(port, '/', { authorization: 'Bearer planted' })).toBe(401)
    expect(await refusal(port, '/told')).toBe(401)
    const lines = await linesOf(audit, 'http_request', 4)
    expect(lines.map(({ http }) => Reflect.get(Object(http), 'status'))).toEqual([401, 403, 401, 401])
    expect(audit.records.map(({ event_type, reason }) => `${event_type} ${reason}`)).toEqual([
      'authz_deny unauthenticated',
      'authz_deny forbidden',
      'invalid_token_presented undefined',
      'login_failure invalid_credentials',
    ])
    expect(audit.lines.filter((line) => line['event_type'] === 'socket_closed')).toEqual([])
  })

  it('takes the client that somebody who upgrades by hand found out, and one line for each request', async () => {
    const app = express()
    const { audit, server, port } = await staged({}, app)
    app.use(auditMiddleware({ audit }))
    app.get('/', (_req, res) => void res.end('page'))
    const sockets = auditWs(new WebSocketServer({ noServer: true }), {
      audit,
      actor: (_request, client) => (typeof client === 'string' ? { id: client } : undefined),
    })
    server.on('upgrade', (request, stream, head) => {
      sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request, 'usr_anna'))
    })
    sockets.on('connection', (socket: WebSocket) => {
      audit.record('login_success')
      socket.on('message', () => {
        audit.record('data_access', { targets: [{ type: 'patient', id: '1' }] })
        socket.send('done')
      })
    })
    await (await fetch(`http://127.0.0.1:${port}/`)).text()
    const client = await connect(port)
    await say(client, 'x')
    client.close()
    await linesOf(audit, 'socket_closed')
    expect(
      (await linesOf(audit, 'http_request', 2)).map(({ http }) => Reflect.get(Object(http), 'completion')),
    ).toEqual(['completed', 'upgraded'])
    const [login, access] = audit.records
    expect(login?.user_id).toBeDefined()
    expect([access?.event_type, access?.user_id]).toEqual(['data_access', login?.user_id])
  })

  it('changes nothing of how a handler throws, and lets go of what a connection was', async () => {
    const { audit, server, port } = await staged()
    const sockets = auditWs(new WebSocketServer({ server }), {
      audit,
      actor: () => {
        throw new Error('deliberate')
      },
    })
    const errors: unknown[] = []
    sockets.on('connection', (socket) => {
      socket.on('error', (error) => errors.push(error.message))
      socket.on('message', () => socket.emit('error', new Error('deliberate')))
    })
    const client = await connect(port)
    client.send('x')
    client.close()
    await linesOf(audit, 'socket_closed')
    expect(errors).toEqual(['deliberate'])
    expect(sockets.clients.size).toBe(0)
  })

  it('refuses what is no server, and options that are none', () => {
    const wrong: object = {}
    expect(() => Reflect.apply(auditWs, undefined, [wrong])).toThrow(/auditWs\(\): .*handleUpgrade/)
    const server = new WebSocketServer({ noServer: true })
    expect(() => Reflect.apply(auditWs, undefined, [server, { actor: 'x' }])).toThrow(/actor/)
    expect(() => Reflect.apply(auditWs, undefined, [server, { actors: () => undefined }])).toThrow(/actors/)
  })
})

describe('auditFastifyWebsocket()', () => {
  it('runs messages in the context of the routed handshake, by the actor that hooks found out', async () => {
    const audit = testAudit()
    const app = Fastify({ forceCloseConnections: true })
    cleanups.push(async () => {
      await app.close()
      await audit.close()
    })
    await app.register(auditPlugin, { audit })
    await app.register(websocket)
    expect(auditFastifyWebsocket(app, { audit })).toBe(app)
    app.addHook('preValidation', async (request, reply) => {
      if (request.headers['x-user'] === undefined) return reply.code(401).send()
      Object.assign(request, { user: { id: request.headers['x-user'] } })
    })
    app.get('/live/:id', { websocket: true }, (socket) => {
      socket.on('message', () => {
        audit.record('data_access', { targets: [{ type: 'patient', id: '1' }] })
        socket.send('done')
      })
    })
    const url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
    const port = Number(url.port)
    expect(await refusal(port, '/live/1')).toBe(401)
    const client = await connect(port, '/live/1', { 'x-user': 'usr_anna' })
    await say(client, 'x')
    client.close()
    const [closed] = await linesOf(audit, 'socket_closed')
    const lines = await linesOf(audit, 'http_request', 2)
    expect(lines.map(({ http }) => http)).toMatchObject([
      { route: '/live/:id', status: 401 },
      { route: '/live/:id', status: 101, completion: 'upgraded' },
    ])
    const [access] = audit.recordsOf('data_access')
    expect(access?.['request_id']).toBe(lines[1]?.['request_id'])
    expect(closed?.['request_id']).toBe(lines[1]?.['request_id'])
    expect(access?.user_id).toBeDefined()
    expect(audit.recordsOf('authz_deny')).toHaveLength(1)
  })

  it('says that the plugin is missing', () => {
    expect(() => auditFastifyWebsocket(Fastify())).toThrow(/@fastify\/websocket/)
  })
})
