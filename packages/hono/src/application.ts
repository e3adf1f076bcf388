/**
 * A Hono application as this adapter uses it.
 *
 * Hono tells a middleware neither when it is mounted nor where, so whoever mounts the audit hands the application over. What
 * is private in it is asked for before it is believed.
 */
import { AuditError } from '@trailmark/core'

/** Any Hono application, whatever its types. */
export interface HonoApplication {
  readonly routes: readonly HonoRoute[]
  fetch(request: Request, ...rest: readonly unknown[]): Response | Promise<Response>
  basePath(path: string): object
}

/** One handler of a route: Hono lists each of them by itself. */
export interface HonoRoute {
  readonly basePath: string
  readonly path: string
  readonly method: string
  readonly handler: unknown
}

/** Throws `AUDIT_OPTION_INVALID` for anything that is no Hono 4 application. */
export function checkApplication(where: string, app: unknown): void {
  if (isApplication(app) && 'errorHandler' in app) return
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    `${where}: hand it the Hono application that is served, as in ${where}(app)`,
  )
}

export function isApplication(value: unknown): value is HonoApplication {
  return (
    typeof value === 'object' &&
    value !== null &&
    'routes' in value &&
    Array.isArray(value.routes) &&
    'fetch' in value &&
    typeof value.fetch === 'function' &&
    'basePath' in value &&
    typeof value.basePath === 'function'
  )
}

/** The handler itself: Hono wraps those of an application with error handling of its own when it is mounted in another. */
export function handlerOf(route: HonoRoute): unknown {
  let { handler } = route
  for (let depth = 0; depth < 32 && typeof handler === 'function'; depth++) {
    const inner: unknown = Reflect.get(handler, '__COMPOSED_HANDLER')
    if (inner === undefined) break
    handler = inner
  }
  return handler
}

/** True for what only passes requests on: it stands for all methods and takes a `next`. */
export function isMiddleware(route: HonoRoute): boolean {
  const handler = handlerOf(route)
  return route.method === 'ALL' && typeof handler === 'function' && handler.length > 1
}
