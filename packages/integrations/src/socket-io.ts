/**
 * Socket.IO 4: `@trailmark/integrations/socket-io`.
 *
 * A client connects to each namespace by itself, with credentials of its own, over requests that Socket.IO answers past every
 * framework. So each of its sockets is a connection with the ids of the request that began it, and an actor that the namespace's
 * middleware found out.
 */
import { IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { AuditError } from '@trailmark/core'
import {
  actorFrom,
  type ConnectionView,
  followHandshake,
  openConnection,
  recordOnce,
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

/** What is called of a Socket.IO server. */
export interface SocketIoLike {
  of(...given: never[]): unknown
  on(...given: never[]): unknown
  attach(...given: never[]): unknown
}

export interface SocketIoOptions extends SocketOptions {
  /**
   * Who acts on a socket: asked with the socket when its namespace's middleware has let it in, and when it refused it. Default:
   * `user`, `auth` and `session` of `socket.data`, then of `socket.request`.
   */
  readonly actor?: AskActor
}

/**
 * Runs everything that happens on the sockets of this server, in every namespace, in a context with the ids of its handshake:
 * middleware, `connection`, event handlers, acknowledgements, `disconnect`. What middleware refuses is `login_failure` where the
 * client sent credentials and nobody is known, else `authz_deny`, unless the middleware recorded a decision itself; what
 * `allowRequest` refuses is `authz_deny`. Each connection ends with one line `socket_closed`. Events are counted and never read.
 * Returns the same server.
 *
 *     const io = auditSocketIo(new Server(http))
 *     io.use((socket, next) => authenticate(socket).then((user) => { socket.data.user = user; next() }, next))
 *     io.on('connection', (socket) => socket.on('read', () => audit.record('data_access', { … })))
 *
 * The actor is fixed when the socket is let in. Throws AUDIT_LIBRARY_UNKNOWN for what is no Socket.IO server,
 * AUDIT_OPTION_INVALID naming the option.
 */
export function auditSocketIo<S extends SocketIoLike>(io: S, options: SocketIoOptions = {}): S {
  checkOptions(where, options, ['actor'])
  const root = memberOf(io, 'sockets')
  const watching: Watching = { options, views: new WeakMap() }
  if (!isObject(root)) throw new AuditError('AUDIT_LIBRARY_UNKNOWN', `${where}: expected a Server of Socket.IO 4`)
  watchNamespace(root, watching)
  const known = memberOf(io, '_nsps')
  if (known instanceof Map) for (const namespace of known.values()) watchNamespace(namespace, watching)
  const on = memberOf(io, 'on')
  if (typeof on === 'function')
    Reflect.apply(on, io, ['new_namespace', (namespace: unknown) => watchNamespace(namespace, watching)])
  wrapOnce(where, io, 'attach', (inner) => {
    return function attach(...given) {
      const result = Reflect.apply(inner, this, given)
      watchEngine(memberOf(io, 'engine'), watching)
      return result
    }
  })
  watchEngine(memberOf(io, 'engine'), watching)
  return io
}

const where = 'auditSocketIo()'

interface Watching {
  readonly options: SocketIoOptions
  readonly views: WeakMap<object, ConnectionView>
}

function watchNamespace(namespace: unknown, watching: Watching): void {
  if (!isObject(namespace)) return
  wrapOnce(where, namespace, 'run', (inner) => {
    return function run(socket, done) {
      const view = viewOf(socket, watching)
      if (view === undefined || typeof done !== 'function') return Reflect.apply(inner, this, [socket, done])
      let judged = false
      const ended = (error?: unknown): unknown => {
        if (!judged) {
          judged = true
          view.identify(() => whoActs(socket, watching.options))
          if (error) refused(view, socket)
        }
        return view.run(() => Reflect.apply(done, undefined, error === undefined ? [] : [error]))
      }
      return view.run(() => Reflect.apply(inner, this, [socket, ended]))
    }
  })
  wrapOnce(where, namespace, '_doConnect', (inner) => {
    return function doConnect(socket, ...given) {
      const view = viewOf(socket, watching)
      if (view === undefined || !isObject(socket)) return Reflect.apply(inner, this, [socket, ...given])
      // A recovered connection passes no middleware.
      view.identify(() => whoActs(socket, watching.options))
      follow(socket, view)
      return view.run(() => Reflect.apply(inner, this, [socket, ...given]))
    }
  })
}

/** One for each socket, made when it is first seen. */
function viewOf(socket: unknown, { options, views }: Watching): ConnectionView | undefined {
  const request = memberOf(socket, 'request')
  if (!isObject(socket) || !(request instanceof IncomingMessage)) return undefined
  const known = views.get(socket)
  if (known !== undefined) return known
  const audit = auditOf(options, request)
  if (audit === undefined) return undefined
  const made = openConnection(audit, request, socket)
  views.set(socket, made)
  return made
}

function whoActs(socket: unknown, { actor }: SocketIoOptions): unknown {
  const data = memberOf(socket, 'data')
  const request = memberOf(socket, 'request')
  return (
    actor?.(socket) ??
    (isObject(data) ? actorFrom(data) : undefined) ??
    (isObject(request) ? actorFrom(request) : undefined)
  )
}

/** What came in is never read: that there was something is enough. */
function refused(view: ConnectionView, socket: unknown): void {
  if (view.decided) return
  const { audit } = view
  const someone = view.actor() !== undefined
  const handshake = memberOf(socket, 'handshake')
  const sent = memberOf(handshake, 'auth')
  const presented =
    (isObject(sent) && Object.keys(sent).length > 0) ||
    memberOf(memberOf(handshake, 'headers'), 'authorization') !== undefined
  view.run(() => {
    if (!someone && presented) recordOnce(audit, 'login', 'login_failure', { reason: 'invalid_credentials' })
    else recordOnce(audit, 'authz', 'authz_deny', denial(someone ? 'forbidden' : 'unauthenticated'))
  })
}

function denial(reason: 'forbidden' | 'unauthenticated') {
  return { outcome: 'denied', reason, decision: { effect: 'deny' } } as const
}

/** Everything that arrives for a socket goes through one of these. */
function follow(socket: object, view: ConnectionView): void {
  const conversation = new Conversation(view)
  const inContext = (name: string, before: (given: readonly unknown[]) => void, after?: typeof before): void => {
    wrapOnce(where, socket, name, (inner) => {
      return function inConnection(...given) {
        before(given)
        try {
          return view.run(() => Reflect.apply(inner, this, given))
        } finally {
          after?.(given)
        }
      }
    })
  }
  inContext('_onpacket', ([packet]) => {
    const type = memberOf(packet, 'type')
    if (type === event || type === binaryEvent) conversation.messages++
  })
  inContext('_onerror', () => undefined)
  inContext(
    '_onclose',
    () => undefined,
    ([reason]) => conversation.end(endOf(reason)),
  )
}

/** Types of packets in the protocol of Socket.IO. */
const event = 2
const binaryEvent = 5

const ends: ReadonlyMap<unknown, SocketEnd['reason']> = new Map([
  ['transport close', 'lost'],
  ['ping timeout', 'timeout'],
  ['transport error', 'error'],
  ['parse error', 'error'],
] as const)

function endOf(reason: unknown): SocketEnd {
  return { reason: ends.get(reason) ?? 'closed' }
}

/** Handshakes, which the engine answers by itself. */
function watchEngine(engine: unknown, { options }: Watching): void {
  if (!isObject(engine)) return
  const first = wrapOnce(where, engine, 'handleUpgrade', (inner) => {
    return function handleUpgrade(request, stream, ...given) {
      const handle = (): unknown => Reflect.apply(inner, this, [request, stream, ...given])
      if (!(request instanceof IncomingMessage) || !(stream instanceof Duplex)) return handle()
      const audit = auditOf(options, request)
      return audit === undefined ? handle() : followHandshake(audit, request, stream, handle)
    }
  })
  const on = memberOf(engine, 'on')
  if (!first || typeof on !== 'function') return
  Reflect.apply(on, engine, [
    'connection_error',
    (error: unknown) => {
      const request = memberOf(error, 'req')
      if (memberOf(error, 'code') !== forbidden || !(request instanceof IncomingMessage)) return
      const audit = auditOf(options, request)
      if (audit === undefined) return
      openConnection(audit, request, {}).run(() => recordOnce(audit, 'authz', 'authz_deny', denial('forbidden')))
    },
  ])
}

/** The engine's code for what `allowRequest` refused. */
const forbidden = 4

function isObject(value: unknown): value is object {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
}
