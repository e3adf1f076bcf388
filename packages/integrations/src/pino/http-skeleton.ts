/**
 * Requests and responses as a log may show them: a method, a status, and nothing else. Everything they hold came over the
 * wire, in names as well as values, and a framework's wrapper reaches half the application.
 */
import { ClientRequest, IncomingMessage, OutgoingMessage, ServerResponse } from 'node:http'
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { types } from 'node:util'

export interface HttpSkeleton {
  readonly method?: string
  readonly status?: number
}

/** The skeleton of a request or response, of Node or fetch or a framework around one; undefined for any other value. */
export function httpOf(value: unknown): HttpSkeleton | undefined {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return undefined
  if (value instanceof Http2ServerRequest || value instanceof ClientRequest || value instanceof Request) {
    return methodOf(value.method)
  }
  if (value instanceof ServerResponse || value instanceof Http2ServerResponse) return statusOf(value.statusCode)
  if (value instanceof Response) return statusOf(value.status)
  if (value instanceof Headers) return {}
  if (isMessage(value)) return { ...methodOf(own(value, 'method')), ...statusOf(own(value, 'statusCode')) }
  // Fastify's request and reply keep Node's as `raw`; Koa's context, request and response keep it as `req`.
  const inner = own(value, 'raw') ?? (Object.getPrototypeOf(value) === Object.prototype ? undefined : own(value, 'req'))
  return isMessage(inner) ? httpOf(inner) : undefined
}

/** Node's own, or what tests inject in its place: streams with the fields of one. */
function isMessage(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return false
  if (value instanceof IncomingMessage || value instanceof OutgoingMessage) return true
  return Object.hasOwn(value, 'rawHeaders') && Object.hasOwn(value, 'headers')
}

function own(value: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(value, name)?.value
}

function methodOf(method: unknown): HttpSkeleton {
  return typeof method === 'string' && /^[A-Z-]{1,20}$/.test(method) ? { method } : {}
}

/** An incoming request has a `statusCode` of null. */
function statusOf(status: unknown): HttpSkeleton {
  return typeof status === 'number' ? { status } : {}
}
