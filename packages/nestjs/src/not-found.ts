/**
 * How an unknown path is answered, for requests that nothing of the application is to see: with the handler that Nest registers
 * for them, so that a blocked endpoint cannot be told from one that never was.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpServer } from '@nestjs/common'
import { wrapOnce } from '@trailmark/core/integration'

type NotFoundHandler = (req: IncomingMessage, res: ServerResponse) => unknown

/** What Nest has registered by now. */
export interface Unknown {
  handler?: NotFoundHandler
  /** Unknown paths outside of it are left to Express. */
  prefix: string
}

export function watchNotFound(adapter: HttpServer): Unknown {
  const unknown: Unknown = { prefix: '' }
  wrapOnce('AuditModule', adapter, 'setNotFoundHandler', (inner) => {
    return function setNotFoundHandler(...given: readonly unknown[]) {
      const [handler, prefix] = given
      if (typeof handler === 'function') unknown.handler = (req, res) => Reflect.apply(handler, undefined, [req, res])
      if (typeof prefix === 'string') unknown.prefix = prefix.replace(/^\/?(.*?)\/?$/, '$1')
      return Reflect.apply(inner, this, given)
    }
  })
  return unknown
}

/** False for what Express answers with its own page. */
export function answerUnknown(
  { handler, prefix }: Unknown,
  app: object,
  req: IncomingMessage,
  res: ServerResponse,
): boolean {
  const path = (req.url ?? '').replace(/[?#].*$/, '')
  if (handler === undefined || !(prefix === '' || path === `/${prefix}` || path.startsWith(`/${prefix}/`))) return false
  dress(app, req, res)
  handler(req, res)
  return true
}

/** What Express does to both before it runs anything. */
function dress(app: object, req: IncomingMessage, res: ServerResponse): void {
  const own = (name: string): object | null => {
    const value: unknown = Reflect.get(app, name)
    return typeof value === 'object' ? value : null
  }
  Object.setPrototypeOf(req, own('request'))
  Object.setPrototypeOf(res, own('response'))
  Object.assign(req, { res, originalUrl: req.url })
  Object.assign(res, { req, locals: Object.create(null) })
}

/** What Nest answers through Fastify, whose reply there is none of before Fastify has seen the request. */
export function answerUnknownRaw(req: { readonly method?: string; readonly url?: string }, res: ServerResponse): void {
  const message = `Cannot ${req.method} ${req.url}`
  const body = JSON.stringify({ message, error: 'Not Found', statusCode: 404 })
  res.statusCode = 404
  res.setHeader('content-type', 'application/json; charset=utf-8')
  res.setHeader('content-length', String(Buffer.byteLength(body)))
  if (req.method === 'HEAD') res.end()
  else res.end(body)
}
