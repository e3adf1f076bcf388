/**
 * Tells the coverage which routes an application has, each audited, exempt with a reason, or neither.
 *
 * Hono lists every handler by itself, those of applications mounted in it included, in the order in which requests pass them.
 * What stands for all methods and takes a `next` is middleware: declared there, a mark holds for the routes that come after it.
 */
import type { Audit } from '@trailmark/core'
import { type CoverageRegister, mountOf, watchCoverage } from '@trailmark/core/http'
import { type HonoApplication, type HonoRoute, handlerOf, isMiddleware } from './application.ts'
import { type Mark, markOf } from './audited.ts'

export function watchRoutes(audit: Audit, app: HonoApplication): void {
  watchCoverage(audit, (register) => tellRoutes(register, app.routes))
}

function tellRoutes(register: CoverageRegister, routes: readonly HonoRoute[]): void {
  const inherited: { readonly prefix: string; readonly mark: Mark }[] = []
  const followed: string[] = []
  // Where the audit stands in no list, wrapped in another function, nothing is known of the order.
  const found = routes.some((route) => mountOf(handlerOf(route)) !== undefined)
  for (const route of routes) {
    const handler = handlerOf(route)
    const mark = markOf(handler)
    if (route.basePath !== '/') register.under(route.basePath)
    if (route.method === 'ALL' && (isMiddleware(route) || mark !== undefined)) {
      const prefix = route.path.replace(/\/?\*$/, '')
      if (mountOf(handler) !== undefined) followed.push(prefix)
      if (mark !== undefined) inherited.push({ prefix, mark })
      continue
    }
    const { path, method } = route
    register.mounted(path, method)
    if (found && !followed.some((prefix) => isUnder(path, prefix))) register.before(path, method)
    const said = mark ?? inherited.find(({ prefix }) => isUnder(path, prefix))?.mark
    if (said?.verb !== undefined) register.declared(path, method, said.verb)
    else if (said?.reason !== undefined) register.exempt(path, method, said.reason)
  }
}

function isUnder(route: string, prefix: string): boolean {
  return prefix === '' || route === prefix || route.startsWith(`${prefix}/`)
}
