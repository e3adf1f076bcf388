/**
 * The line of an upgrade, written at its handshake: `upgraded` for a 101, else how the refusal was answered.
 *
 * Where a framework routes the request as well, before the handshake or after it, its exchange and this line find each
 * other by the request object, so that each request still has exactly one.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Audit } from '../audit.ts'
import { runInContext } from '../context.ts'
import { findViewOf, type Runtime, runtimeOf } from '../runtime.ts'
import { exchangeOf, type RawRequest } from './exchange.ts'
import { ConnectionView, handshakeOf } from './handshake-view.ts'
import { LiveExchange } from './live-exchange.ts'
import { areUpgradesWatched, type Handshake, watchHandshake, watchUpgrades } from './upgrade.ts'

const told = new WeakSet<object>()

/** Whether the terminal line of this request was written at its handshake. */
export function wasToldAtHandshake(req: RawRequest): boolean {
  return told.has(req)
}

/** From a server's first request on, its upgrades are told too. */
export function followUpgrades(audit: Audit, runtime: Runtime, req: RawRequest): void {
  const server = 'stream' in req ? undefined : serverOf(req)
  if (server !== undefined && !areUpgradesWatched(server))
    watchUpgrades(server, (handshake) => tell(audit, runtime, handshake))
}

/**
 * For integrations of sockets: the connection that `req` begins, to run its messages in. `connection` is the library's object
 * of it, by which records find it. A request that somebody follows keeps its ids.
 */
export function openConnection(audit: Audit, req: IncomingMessage, connection: object): ConnectionView {
  return new ConnectionView(audit, findViewOf(req) ?? handshakeOf(audit, runtimeOf(audit), req), connection)
}

/**
 * For the same: runs `work`, which answers the handshake, in its context. Its line is written whether or not its server was seen
 * before. Returns and throws what `work` does.
 */
export function followHandshake<T>(audit: Audit, req: IncomingMessage, socket: Duplex, work: () => T): T {
  const runtime = runtimeOf(audit)
  const { context } = findViewOf(req) ?? handshakeOf(audit, runtime, req)
  watchHandshake(socket, (status) => tell(audit, runtime, { req, status }))
  return runInContext(context, work)
}

/** Node keeps the server on its sockets; a request from elsewhere (a test's injection) has none. */
function serverOf(req: IncomingMessage): Server | undefined {
  const server: unknown =
    req.socket === null || req.socket === undefined ? undefined : Reflect.get(req.socket, 'server')
  return isServer(server) ? server : undefined
}

function isServer(value: unknown): value is Server {
  return typeof value === 'object' && value !== null && 'prependListener' in value && 'listenerCount' in value
}

function tell(audit: Audit, runtime: Runtime, { req, status }: Handshake): void {
  const exchange = exchangeOf(req)
  if (exchange !== undefined) {
    if (status === 101 && exchange instanceof LiveExchange) exchange.upgrade()
    return // A refusal goes through the framework's response and ends there.
  }
  told.add(req)
  handshakeOf(audit, runtime, req).end(status)
}
