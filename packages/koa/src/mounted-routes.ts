/**
 * Tells the coverage which routes an application has, each audited, exempt with a reason, or neither.
 *
 * Koa itself knows no routes. Those of @koa/router are read from the middleware it leaves in the application, when somebody
 * asks for the coverage; other routers stay unseen. The application is known from its first request on, or from whoever hands
 * it to the mark of the middleware.
 */
import type { Audit } from '@trailmark/core'
import { type CoverageRegister, mountOf, watchCoverage } from '@trailmark/core/http'
import type Koa from 'koa'
import { type Mark, markOf } from './mark.ts'

export function watchRoutes(audit: Audit, app: Koa): void {
  watchCoverage(audit, (register) => {
    const layers = app.middleware.map(layersOf)
    // Where the audit stands in no list, wrapped in another function, nothing is known of the order.
    const found = app.middleware.some(isAudit) || layers.flat().some(({ stack }) => stack.some(isAudit))
    let followed = !found
    for (const [at, middleware] of app.middleware.entries()) {
      followed ||= isAudit(middleware)
      const prefix = prefixOf(middleware)
      if (prefix !== undefined) register.under(prefix)
      tellLayers(register, layers[at] ?? [], followed)
    }
  })
}

/** Something that has middleware, as Koa keeps it. */
export function isApplication(app: object): app is Koa {
  return 'middleware' in app && Array.isArray(app.middleware)
}

function isAudit(middleware: unknown): boolean {
  return mountOf(middleware) !== undefined
}

/** A route of @koa/router, nested routers included: it copies their layers under their prefix. */
interface Layer {
  readonly path: string | RegExp
  readonly methods: readonly string[]
  readonly stack: readonly unknown[]
}

/** Where a router is mounted; its routes hold the prefix already, what it uses besides them does not. */
function prefixOf(middleware: object): string | undefined {
  const router: unknown = Reflect.get(middleware, 'router')
  const options: unknown = typeof router === 'object' && router !== null ? Reflect.get(router, 'opts') : undefined
  const prefix: unknown = typeof options === 'object' && options !== null ? Reflect.get(options, 'prefix') : undefined
  return typeof prefix === 'string' ? prefix : undefined
}

function layersOf(middleware: object): readonly Layer[] {
  const router: unknown = Reflect.get(middleware, 'router')
  const stack: unknown = typeof router === 'object' && router !== null ? Reflect.get(router, 'stack') : undefined
  return Array.isArray(stack) ? stack.filter(isLayer) : []
}

function isLayer(value: unknown): value is Layer {
  if (typeof value !== 'object' || value === null) return false
  const { path, methods, stack }: { path?: unknown; methods?: unknown; stack?: unknown } = value
  return (typeof path === 'string' || path instanceof RegExp) && Array.isArray(methods) && Array.isArray(stack)
}

/**
 * In the order in which a request passes them: what `router.use()` was given has no methods, and holds for the routes under its
 * path that come after it.
 */
function tellLayers(register: CoverageRegister, layers: readonly Layer[], followed: boolean): void {
  const followedBelow: string[] = []
  const inherited: { readonly prefix: string; readonly mark: Mark }[] = []
  for (const layer of layers) {
    const route = String(layer.path)
    const mark = layer.stack.map(markOf).find((one): one is Mark => one !== undefined)
    if (layer.methods.length === 0) {
      const prefix = prefixIn(route)
      if (layer.stack.some(isAudit)) followedBelow.push(prefix)
      if (mark !== undefined) inherited.push({ prefix, mark })
      continue
    }
    const early = !followed && !followedBelow.some((prefix) => isUnder(route, prefix))
    const declared = mark ?? inherited.find(({ prefix }) => isUnder(route, prefix))?.mark
    for (const method of layer.methods) {
      register.mounted(route, method)
      if (early) register.before(route, method)
      if (declared?.verb !== undefined) register.declared(route, method, declared.verb)
      else if (declared?.reason !== undefined) register.exempt(route, method, declared.reason)
    }
  }
}

/** `router.use()` without a path, and with one: the router writes a wildcard behind either. */
function prefixIn(path: string): string {
  return path.replace(/\/?(?:\{\/\*[^}]*\}|\(\.\*\)|\([^)]*\)|\*\w*)$/, '')
}

function isUnder(route: string, prefix: string): boolean {
  return prefix === '' || prefix === '/' || route === prefix || route.startsWith(`${prefix}/`)
}
