/**
 * Tells the coverage which routes an application has, each audited, exempt with a reason, or neither.
 *
 * Koa itself knows no routes. Those of @koa/router are read from the middleware it leaves in the application, when somebody
 * asks for the coverage; other routers stay unseen. The application is known from its first request on.
 */
import type { Audit } from '@trailmark/core'
import { type CoverageRegister, watchCoverage } from '@trailmark/core/http'
import type Koa from 'koa'
import { type Mark, markOf } from './audited.ts'

export function watchRoutes(audit: Audit, app: Koa): void {
  watchCoverage(audit, (register) => {
    for (const middleware of app.middleware) {
      const prefix = prefixOf(middleware)
      if (prefix !== undefined) register.under(prefix)
      for (const layer of layersOf(middleware)) tellLayer(register, layer)
    }
  })
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

function tellLayer(register: CoverageRegister, { path, methods, stack }: Layer): void {
  const mark = stack.map(markOf).find((one): one is Mark => one !== undefined)
  for (const method of methods) {
    const route = String(path)
    register.mounted(route, method)
    if (mark?.verb !== undefined) register.declared(route, method, mark.verb)
    else if (mark?.reason !== undefined) register.exempt(route, method, mark.reason)
  }
}
