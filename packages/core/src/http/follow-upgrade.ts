/**
 * The line of an upgrade, written at its handshake: `upgraded` for a 101, else how the refusal was answered.
 *
 * Where a framework routes the request as well, before the handshake or after it, its exchange and this line find each
 * other by the request object, so that each request still has exactly one.
 */
import type { IncomingMessage, Server } from 'node:http'
import { clientAddress } from '../capture/client-ip.ts'
import { openContext } from '../capture/open-context.ts'
import type { ExchangeFacts } from '../draft.ts'
import type { Runtime } from '../runtime.ts'
import { recordOwed } from './decisions.ts'
import { exchangeOf, type RawRequest } from './exchange.ts'
import { methodOf, userAgentOf } from './exchange-facts.ts'
import { LiveExchange } from './live-exchange.ts'
import { settingsOf } from './settings.ts'
import { type Handshake, watchUpgrades } from './upgrade.ts'

const told = new WeakSet<object>()

/** Whether the terminal line of this request was written at its handshake. */
export function wasToldAtHandshake(req: RawRequest): boolean {
  return told.has(req)
}

/** From a server's first request on, its upgrades are told too. */
export function followUpgrades(runtime: Runtime, req: RawRequest): void {
  const server = 'stream' in req ? undefined : serverOf(req)
  if (server !== undefined) watchUpgrades(server, (handshake) => tell(runtime, handshake))
}

/** Node keeps the server on its sockets; a request from elsewhere (a test's injection) has none. */
function serverOf(req: IncomingMessage): Server | undefined {
  const server: unknown = Reflect.get(req.socket ?? {}, 'server')
  return isServer(server) ? server : undefined
}

function isServer(value: unknown): value is Server {
  return typeof value === 'object' && value !== null && 'prependListener' in value && 'listenerCount' in value
}

function tell(runtime: Runtime, { req, status }: Handshake): void {
  const upgraded = status === 101
  const exchange = exchangeOf(req)
  if (exchange !== undefined) {
    if (upgraded && exchange instanceof LiveExchange) exchange.upgrade()
    return // A refusal goes through the framework's response and ends there.
  }
  told.add(req)
  const { trace, proxies } = settingsOf(runtime)
  const context = openContext(req, trace)
  const client = clientAddress(req, proxies)
  const facts: ExchangeFacts = {
    requestId: context.requestId,
    traceId: context.traceId,
    spanId: context.spanId,
    traceFlags: context.traceFlags,
    remote: context.remote,
    clientAddress: client.address,
    peerAddress: client.peer,
    trustedHops: client.trustedHops,
    userAgent: userAgentOf(req),
    http: {
      method: methodOf(req),
      status,
      completion: upgraded ? 'upgraded' : status === undefined ? 'aborted' : 'completed',
    },
  }
  const owed = recordOwed(status, {
    req,
    actor: undefined,
    credentials: runtime.options.credentials,
    permission: undefined,
  })
  if (owed !== undefined) runtime.recordIn(facts, owed.type, owed.event)
  runtime.accessLine(facts)
}
