/** Socket.IO itself with its own client, over both of its transports. */
import { auditSocketIo } from '@trailmark/integrations/socket-io'
import { Server } from 'socket.io'
import { type Socket as ClientSocket, io as connectTo } from 'socket.io-client'
import { afterEach, describe, expect, it } from 'vitest'
import { linesOf, type SocketStage, socketStage } from './socket-stage.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const accounts: Readonly<Record<string, string>> = { 'token-anna': 'usr_anna', 'token-bert': 'usr_bert' }

async function staged(): Promise<SocketStage & { readonly io: Server }> {
  const stage = await socketStage()
  const io = new Server(stage.server, {
    allowRequest: (req, done) => done(null, req.headers['x-blocked'] === undefined),
  })
  expect(auditSocketIo(auditSocketIo(io, { audit: stage.audit }), { audit: stage.audit })).toBe(io)
  cleanups.push(async () => {
    await io.close()
    await stage.audit.close()
  })
  return { ...stage, io }
}

/** Lets in who has an account, and records what it is asked to read. */
function serve({ io, audit }: Awaited<ReturnType<typeof staged>>, name = '/'): void {
  const namespace = io.of(name)
  namespace.use((socket, goOn) => {
    setImmediate(() => {
      const user = accounts[String(socket.handshake.auth['token'])]
      if (user === undefined) return goOn(new Error('deliberate'))
      socket.data.user = { id: user }
      goOn()
    })
  })
  namespace.on('connection', (socket) => {
    audit.record('login_success')
    socket.on('read', async (id: string, done: () => void) => {
      await new Promise(setImmediate)
      audit.record('data_access', { targets: [{ type: 'patient', id }] })
      done()
    })
    socket.on('disconnect', () => void audit.record('logout'))
  })
}

function client(port: number, options: Parameters<typeof connectTo>[1] = {}, name = ''): ClientSocket {
  const socket = connectTo(`http://127.0.0.1:${port}${name}`, { reconnection: false, forceNew: true, ...options })
  cleanups.push(() => socket.close())
  return socket
}

/** The client's sockets are no emitters of Node's. */
function next(socket: ClientSocket, name: 'connect' | 'connect_error'): Promise<void> {
  return new Promise((resolve) => void socket.once(name, () => resolve()))
}

describe.each(['websocket', 'polling'])('auditSocketIo() over %s', (transport) => {
  it('runs handlers of each connection in a context of its own, by its actor', async () => {
    const stage = await staged()
    serve(stage)
    const { audit, port } = stage
    const anna = client(port, { transports: [transport], auth: { token: 'token-anna' } })
    await next(anna, 'connect')
    const bert = client(port, { transports: [transport], auth: { token: 'token-bert' } })
    await next(bert, 'connect')
    await anna.emitWithAck('read', '1')
    await bert.emitWithAck('read', '2')
    await anna.emitWithAck('read', '3')
    anna.disconnect()
    const [closed] = await linesOf(audit, 'socket_closed')
    const [one, two, three] = audit.recordsOf('data_access')
    const [annas, berts] = audit.recordsOf('login_success')
    expect([one?.user_id, two?.user_id, three?.user_id]).toEqual([annas?.user_id, berts?.user_id, annas?.user_id])
    expect(annas?.user_id).not.toBe(berts?.user_id)
    expect(one?.['request_id']).toBe(annas?.['request_id'])
    expect(one?.['request_id']).not.toBe(two?.['request_id'])
    expect(audit.recordsOf('logout').map(({ user_id }) => user_id)).toEqual([annas?.user_id])
    expect(closed).toMatchObject({ reason: 'closed', metadata: { messages: 2 }, request_id: annas?.['request_id'] })
  })

  it('records once what middleware refuses, and nothing of what was sent', async () => {
    const stage = await staged()
    serve(stage)
    const { audit, port } = stage
    for (const auth of [{ token: 'planted-secret' }, {}]) {
      const refused = client(port, { transports: [transport], auth })
      await next(refused, 'connect_error')
    }
    expect(audit.records.map(({ event_type, reason }) => `${event_type} ${reason}`)).toEqual([
      'login_failure invalid_credentials',
      'authz_deny unauthenticated',
    ])
    expect(JSON.stringify([audit.records, audit.lines])).not.toContain('planted-secret')
    expect(await linesOf(audit, 'socket_closed', 0)).toEqual([])
  })
})

describe('auditSocketIo()', () => {
  it('sees namespaces that come later, each with its own actor', async () => {
    const stage = await staged()
    const { audit, port, io } = stage
    serve(stage, '/wards')
    io.of(/^\/rooms\/\d+$/).on('connection', (socket) => {
      audit.record('login_success')
      socket.on('read', (done: () => void) => {
        audit.record('data_access', { targets: [{ type: 'room', id: '1' }] })
        done()
      })
    })
    const ward = client(port, { auth: { token: 'token-anna' } }, '/wards')
    await next(ward, 'connect')
    const room = client(port, {}, '/rooms/7')
    await next(room, 'connect')
    await room.emitWithAck('read')
    const [inWard, inRoom] = audit.recordsOf('login_success')
    expect(inWard?.user_id).toBeDefined()
    expect(inRoom?.user_id).toBeUndefined()
    expect(audit.recordsOf('data_access')[0]?.['request_id']).toBe(inRoom?.['request_id'])
  })

  it('steps back where middleware recorded the decision itself', async () => {
    const { audit, io, port } = await staged()
    io.use((_socket, goOn) => {
      audit.record('authz_deny', { outcome: 'denied', reason: 'missing_role' })
      goOn(new Error('deliberate'))
    })
    await next(client(port), 'connect_error')
    expect(audit.records.map(({ event_type, reason }) => `${event_type} ${reason}`)).toEqual([
      'authz_deny missing_role',
    ])
  })

  it.each(['websocket', 'polling'])('records over %s who was let in nowhere', async (transport) => {
    const { audit, port } = await staged()
    const blocked = client(port, { transports: [transport], extraHeaders: { 'x-blocked': '1' } })
    await next(blocked, 'connect_error')
    expect(audit.records.map(({ event_type, reason }) => `${event_type} ${reason}`)).toEqual(['authz_deny forbidden'])
  })

  it('follows a server that is attached afterwards', async () => {
    const { audit, server, port } = await socketStage()
    const io = auditSocketIo(new Server(), { audit })
    cleanups.push(async () => {
      await io.close()
      await audit.close()
    })
    io.attach(server)
    io.on('connection', () => void audit.record('login_success'))
    await next(client(port, { transports: ['websocket'] }), 'connect')
    const [line] = await linesOf(audit, 'http_request')
    expect(line).toMatchObject({
      http: { status: 101 },
      request_id: audit.recordsOf('login_success')[0]?.['request_id'],
    })
  })

  it('refuses what is no server', () => {
    expect(() => Reflect.apply(auditSocketIo, undefined, [{}])).toThrow(/auditSocketIo\(\): expected a Server/)
  })
})
