/**
 * Node's own request and response, as `@hono/node-server` hands them to an application in `c.env`.
 *
 * Ids, addresses, timeouts and how an answer ended are read from them, so there is no audit of a request without.
 */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { AuditError } from '@trailmark/core'
import type { RawRequest, RawResponse } from '@trailmark/core/http'

export interface NodeExchange {
  readonly req: RawRequest
  readonly res: RawResponse
}

/** What node-server put into the environment; undefined on any other runtime, for `app.request()`, and at a handshake. */
export function findNodeExchange(env: unknown): NodeExchange | undefined {
  if (typeof env !== 'object' || env === null) return undefined
  const { incoming: req, outgoing: res }: { incoming?: unknown; outgoing?: unknown } = env
  if (!(req instanceof IncomingMessage || req instanceof Http2ServerRequest)) return undefined
  return res instanceof ServerResponse || res instanceof Http2ServerResponse ? { req, res } : undefined
}

/** Node's request of a handshake: node-server runs the application for it without a response. */
export function isHandshake(env: unknown): boolean {
  return typeof env === 'object' && env !== null && Reflect.get(env, 'incoming') instanceof IncomingMessage
}

/** Throws `AUDIT_OPTION_INVALID` where there is no request of Node's: a trail without it would only look like one. */
export function readNodeExchange(env: unknown): NodeExchange {
  const found = findNodeExchange(env)
  if (found !== undefined) return found
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    'auditMiddleware: the request has no c.env.incoming and c.env.outgoing. The audit works on @hono/node-server, and on no other runtime; in tests, serve the application instead of calling app.request()',
  )
}

/** What node-server takes for an answer that is on the wire already. */
export function alreadySent(): Response {
  const sent = new Response(null, RESPONSE_ALREADY_SENT)
  // node-server writes its own light responses without a look at their headers; one whose body was asked for is no longer light.
  void sent.body
  return sent
}
