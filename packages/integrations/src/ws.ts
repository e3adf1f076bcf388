/**
 * WebSockets of ws 8: `@trailmark/integrations/ws`.
 *
 * Events of a socket come out of its connection, which knows no request: without this a record made in a message handler says
 * neither who nor which request. Each WebSocket is given its handshake's ids and the actor of that moment.
 */
import { IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { AuditError } from '@trailmark/core'
import {
  type AnyFunction,
  actorFrom,
  type ConnectionView,
  followHandshake,
  openConnection,
  wrapOnce,
} from '@trailmark/core/integration'
import { memberOf } from './member.ts'
import {
  type AskActor,
  auditOf,
  Conversation,
  checkOptions,
  type SocketEnd,
  type SocketOptions,
} from './sockets/settings.ts'

/** What is called of a WebSocketServer. */
export interface WebSocketServerLike {
  handleUpgrade(...given: never[]): unknown
  emit(...given: never[]): unknown
}

export interface WsOptions extends SocketOptions {
  /**
   * Who acts on a connection: asked with what its `connection` event is given, so the request first. Default: `user`, `auth` and
   * `session` of the request. Who a framework knows to have asked for the handshake acts where this says nobody.
   */
  readonly actor?: AskActor
}

/**
 * Runs everything that happens on WebSockets of this server in the context of its handshake: `connection`, `message`, `close` and
 * every other event. Each handshake has its one line, `upgraded` or how it was refused, with the record a refusal owes; each
 * connection ends with one line `socket_closed`. Messages are counted and never read. Returns the same server.
 *
 *     const server = auditWs(new WebSocketServer({ server: http }))
 *     server.on('connection', (socket) => socket.on('message', () => audit.record('data_access', { … })))
 *
 * The actor is fixed at the handshake: whose session ends later, goes on acting here until the socket is closed.
 * Throws AUDIT_LIBRARY_UNKNOWN for what is no WebSocketServer, AUDIT_OPTION_INVALID naming the option.
 */
export function auditWs<S extends WebSocketServerLike>(server: S, options: WsOptions = {}): S {
  const where = 'auditWs()'
  checkOptions(where, options, ['actor'])
  if (typeof memberOf(server, 'handleUpgrade') !== 'function')
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      `${where}: expected a WebSocketServer of ws, which has handleUpgrade()`,
    )
  const connections = new WeakMap<object, ConnectionView>()

  function connected(socket: unknown, request: unknown): ConnectionView | undefined {
    if (typeof socket !== 'object' || socket === null || !(request instanceof IncomingMessage)) return undefined
    const known = connections.get(socket)
    if (known !== undefined) return known
    const audit = auditOf(options, request)
    if (audit === undefined) return undefined
    const view = openConnection(audit, request, socket)
    view.identify(() => options.actor?.(request) ?? actorFrom(request))
    connections.set(socket, view)
    follow(where, socket, view)
    return view
  }

  wrapOnce(where, server, 'handleUpgrade', (inner) => {
    return function handleUpgrade(request, stream, head, done) {
      if (!(request instanceof IncomingMessage) || !(stream instanceof Duplex) || typeof done !== 'function')
        return Reflect.apply(inner, this, [request, stream, head, done])
      const opened: AnyFunction = function (this: unknown, socket, ...given) {
        const view = connected(socket, request)
        const go = (): unknown => Reflect.apply(done, this, [socket, ...given])
        return view === undefined ? go() : view.run(go)
      }
      const audit = auditOf(options, request)
      const handle = (): unknown => Reflect.apply(inner, this, [request, stream, head, opened])
      return audit === undefined ? handle() : followHandshake(audit, request, stream, handle)
    }
  })
  // Who makes the connection by hand tells its handlers what was found out: `emit('connection', socket, request, client)`.
  wrapOnce(where, server, 'emit', (inner) => {
    return function emit(name, ...given) {
      const [socket, request] = given
      const view = name === 'connection' ? connected(socket, request) : undefined
      if (view === undefined) return Reflect.apply(inner, this, [name, ...given])
      if (options.actor !== undefined && given.length > 2) view.identify(() => options.actor?.(...given.slice(1)))
      return view.run(() => Reflect.apply(inner, this, [name, ...given]))
    }
  })
  return server
}

/** Every event of this socket, in its context. ws calls `emit` on the socket itself. */
function follow(where: string, socket: object, view: ConnectionView): void {
  const conversation = new Conversation(view)
  wrapOnce(where, socket, 'emit', (inner) => {
    return function emit(name, ...given) {
      if (name === 'message') conversation.messages++
      try {
        return view.run(() => Reflect.apply(inner, this, [name, ...given]))
      } finally {
        if (name === 'close') conversation.end(endOf(given[0]))
      }
    }
  })
  // A client that was gone before anybody could listen.
  if (memberOf(socket, 'readyState') === closed) conversation.end(endOf(1_006))
}

const closed = 3

/** 1006 is what ws says where no closing frame came. */
function endOf(code: unknown): SocketEnd {
  if (typeof code !== 'number') return { reason: 'closed' }
  if (code === 1_006) return { reason: 'lost', code }
  return { reason: code === 1_002 || code === 1_007 || code === 1_009 || code === 1_011 ? 'error' : 'closed', code }
}
