/**
 * Tells the coverage which routes an application has, each audited, exempt with a reason, or neither.
 *
 * Express does not say when a route is mounted, so the stacks are read when somebody asks for the coverage.
 */
import type { Audit } from '@trailmark/core'
import { type CoverageRegister, watchCoverage } from '@trailmark/core/http'
import { type Mark, markOf } from './audited.ts'
import { pathText, unknownPart, writtenPath } from './layer-path.ts'
import { isHidden, lookOnMounting, mountedIn } from './mounting.ts'
import { joined } from './route-template.ts'
import { type Application, isRouter, type Layer, type Route, rootOf, routerOf } from './stack.ts'

const depthMax = 32
/** Express 4 writes `app.all()` as every method Node knows. */
const allMethods = 20

export function watchRoutes(audit: Audit, app: Application): void {
  lookOnMounting(app)
  watchCoverage(audit, (register) => {
    // By now it may be mounted itself, and its routes then have a prefix.
    const root = rootOf(app)
    tellStack(register, routerOf(root)?.stack ?? [], [], [])
  })
}

/** A declaration in front of several routes holds for those under its prefix that are mounted after it. */
interface Inherited {
  readonly prefix: string
  readonly mark: Mark
}

function tellStack(
  register: CoverageRegister,
  stack: readonly Layer[],
  way: readonly string[],
  above: readonly Inherited[],
): void {
  if (way.length > depthMax) return
  const inherited = [...above]
  for (const layer of stack) {
    if (layer.route !== undefined) {
      tellRoute(register, layer.route, way, inherited)
      continue
    }
    const prefix = [...way, writtenPath(layer) ?? unknownPart]
    const mark = markOf(layer.handle)
    if (mark !== undefined) inherited.push({ prefix: joined(prefix), mark })
    const app = mountedIn(layer)
    if (app !== undefined || isRouter(layer.handle) || isHidden(layer)) register.under(joined(prefix))
    if (app !== undefined) tellStack(register, routerOf(app)?.stack ?? [], prefix, inherited)
    else if (isRouter(layer.handle)) tellStack(register, layer.handle.stack, prefix, inherited)
    else if (isHidden(layer)) register.mounted(joined([...prefix, unknownPart]), 'ALL')
  }
}

function tellRoute(
  register: CoverageRegister,
  route: Route,
  way: readonly string[],
  inherited: readonly Inherited[],
): void {
  const paths: readonly unknown[] = Array.isArray(route.path) ? route.path.flat(Number.POSITIVE_INFINITY) : [route.path]
  for (const path of paths) {
    const template = joined([...way, pathText(path) ?? unknownPart])
    for (const method of methodsOf(route)) {
      register.mounted(template, method)
      const mark = ownMark(route, method) ?? inherited.find(({ prefix }) => isUnder(template, prefix))?.mark
      if (mark?.verb !== undefined) register.declared(template, method, mark.verb)
      else if (mark?.reason !== undefined) register.exempt(template, method, mark.reason)
    }
  }
}

function methodsOf(route: Route): readonly string[] {
  const { methods } = route
  if (typeof methods !== 'object' || methods === null) return []
  const names = Object.keys(methods)
  return names.includes('_all') || names.length > allMethods ? ['ALL'] : names.map((name) => name.toUpperCase())
}

/** Handlers of a route stand for one method or, without one, for all. */
function ownMark(route: Route, method: string): Mark | undefined {
  for (const layer of route.stack ?? []) {
    const only = layer.method?.toUpperCase()
    if (only !== undefined && method !== 'ALL' && only !== method) continue
    const mark = markOf(layer.handle)
    if (mark !== undefined) return mark
  }
  return undefined
}

function isUnder(template: string, prefix: string): boolean {
  return prefix === '/' || template === prefix || template.startsWith(`${prefix}/`)
}
