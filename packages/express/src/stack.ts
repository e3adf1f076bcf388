/**
 * Express's own data as the adapter reads it: applications, routers, layers and routes of versions 4.17 to 5.
 *
 * None of it is public, so every step asks before it believes: what does not have the expected shape is simply not there.
 * Express 4 keeps its router as `_router` and throws when `router` is read; Express 5 has `router` alone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

export type Next = (error?: unknown) => void

/**
 * Middleware for `app.use()` and for routes. In Node's own words on purpose: Express's would fix the types of the route's
 * parameters for the handlers beside it.
 */
export type AuditHandler = (req: IncomingMessage, res: ServerResponse, next: Next) => void

export interface Route {
  readonly path?: unknown
  readonly methods?: unknown
  readonly stack?: readonly Layer[]
}

export interface Layer {
  handle: unknown
  name?: string
  readonly route?: Route
  /** In a route's own stack: the method the handler stands for, in lower case; absent for all. */
  readonly method?: string
  /** Express 4: the path as a pattern, with a flag for the common `/`. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
  /** Express 5 since router 2.3: the path as it was written. */
  readonly rawPath?: unknown
  /** Express 5: true for a prefix of `/`. */
  readonly slash?: boolean
  /** Express 5: one function per path. */
  readonly matchers?: readonly ((path: string) => false | { readonly path: string; readonly params: object })[]
}

export interface Router {
  readonly stack: Layer[]
  use(handler: (error: unknown, req: IncomingMessage, res: ServerResponse, next: Next) => void): unknown
}

/** An Express application, or a sub-application. */
export interface Application {
  handle(req: IncomingMessage, res: ServerResponse, callback?: Next): void
  use(...given: unknown[]): unknown
  readonly parent?: unknown
  /** Where a sub-application stands: a path, a pattern or a list of them. */
  readonly mountpath?: unknown
}

/** The application whose code is running for this request. */
export function applicationOf({ app }: { readonly app?: unknown; toString(): string }): Application | undefined {
  return isApplication(app) ? app : undefined
}

export function isApplication(value: unknown): value is Application {
  return typeof value === 'function' && 'handle' in value && typeof value.handle === 'function'
}

/** The request's target as the client wrote it; Express takes the prefixes of routers off `req.url`. */
export function originalUrlOf(req: IncomingMessage & { readonly originalUrl?: unknown }): string | undefined {
  const { originalUrl } = req
  return typeof originalUrl === 'string' ? originalUrl : req.url
}

/** Whether the application says `X-Powered-By` with its answers. */
export function isPoweredBy(app: Application): boolean {
  const enabled: unknown = Reflect.get(app, 'enabled')
  return typeof enabled === 'function' && Reflect.apply(enabled, app, ['x-powered-by']) === true
}

/** The application that everything else is mounted in, as far as parents are known. */
export function rootOf(app: Application): Application {
  let root = app
  // Bounded: a parent that is its own child would otherwise hold the request for ever.
  for (let depth = 0; depth < 100 && isApplication(root.parent); depth++) root = root.parent
  return root
}

/** The router of an application; undefined before an Express 4 application has any. */
export function routerOf(app: object): Router | undefined {
  try {
    const router: unknown = Reflect.get(app, '_router') ?? Reflect.get(app, 'router')
    return isRouter(router) ? router : undefined
  } catch {
    return undefined
  }
}

export function isRouter(value: unknown): value is Router {
  return (
    (typeof value === 'function' || (typeof value === 'object' && value !== null)) &&
    'stack' in value &&
    Array.isArray(value.stack)
  )
}

/** The route that matched, if one did. */
export function matchedRoute({ route }: { readonly route?: unknown; toString(): string }): Route | undefined {
  return typeof route === 'object' && route !== null ? route : undefined
}
