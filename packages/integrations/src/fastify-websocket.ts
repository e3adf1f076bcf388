/**
 * WebSocket routes of @fastify/websocket 11: `@trailmark/integrations/fastify-websocket`.
 *
 * The plugin routes a handshake like any request, so the audit's own plugin follows it: hooks, route and actor are known. What
 * comes after the handshake is followed as with ws, which does the work below.
 */
import { AuditError } from '@trailmark/core'
import { memberOf } from './member.ts'
import { checkOptions, type SocketOptions } from './sockets/settings.ts'
import { auditWs, type WebSocketServerLike } from './ws.ts'

/**
 * Runs everything that happens on WebSockets of this instance in the context of its handshake, by the actor of that moment.
 * Returns the same instance. Call it after `@fastify/websocket` is loaded, before the instance listens.
 *
 *     await app.register(auditPlugin)
 *     await app.register(websocket)
 *     auditFastifyWebsocket(app)
 *
 * Throws AUDIT_LIBRARY_UNKNOWN where the plugin is not loaded, AUDIT_OPTION_INVALID naming the option.
 */
export function auditFastifyWebsocket<I extends object>(instance: I, options: SocketOptions = {}): I {
  checkOptions('auditFastifyWebsocket()', options, [])
  const server = memberOf(instance, 'websocketServer')
  if (!isServer(server)) {
    const sentence = 'auditFastifyWebsocket(): the instance has no websocketServer; load @fastify/websocket first'
    throw new AuditError('AUDIT_LIBRARY_UNKNOWN', sentence)
  }
  auditWs(server, options)
  return instance
}

function isServer(value: unknown): value is WebSocketServerLike {
  return typeof memberOf(value, 'handleUpgrade') === 'function' && typeof memberOf(value, 'emit') === 'function'
}
