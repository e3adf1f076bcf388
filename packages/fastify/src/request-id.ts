/**
 * One id instead of two: Fastify's `request.id` and `reqId` become the audit's request id.
 */
import { randomUUID } from 'node:crypto'
import { exchangeOf, type RawRequest } from '@trailmark/core/http'

/**
 * For Fastify's option of the same name: `request.id` is the audit's request id, the one in records and in `x-request-id`.
 *
 * Holds for requests that reach the instance's own server with the plugin registered on the root instance; injected ones
 * get an id that is theirs alone.
 *
 * ```ts
 * const app = fastify({ genReqId })
 * await app.register(auditPlugin)
 * ```
 */
export function genReqId(request: RawRequest): string {
  return exchangeOf(request)?.context.requestId ?? randomUUID()
}
