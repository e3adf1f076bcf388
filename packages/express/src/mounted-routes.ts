/**
 * Tells the coverage which routes an application has, each audited, exempt with a reason, or neither.
 *
 * Express does not say when a route is mounted, so the stacks are read when somebody asks for the coverage.
 */
import type { Audit } from '@trailmark/core'
import { type CoverageRegister, mountOf, watchCoverage } from '@trailmark/core/http'
import { pathText, unknownPart, writtenPath } from './layer-path.ts'
import { type Mark, markOf } from './mark.ts'
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
    const stack = routerOf(rootOf(app))?.stack ?? []
    tellStack(stack, { register, way: [], inherited: [], followed: [], inside: [], found: holdsAudit(stack, []) })
  })
}

/** A declaration in front of several routes holds for those under its prefix that are mounted after it. */
interface Inherited {
  readonly prefix: string
  readonly mark: Mark
}

/** Where the walk over the stacks is, in the order in which requests pass them. */
interface Place {
  readonly register: CoverageRegister
  readonly way: readonly string[]
  readonly inherited: readonly Inherited[]
  /** Under these prefixes requests have passed the audit by now. One list for the whole walk: it is left where it was entered. */
  readonly followed: string[]
  /** The stacks the walk is in: a router that is mounted in itself is not entered again. */
  readonly inside: readonly (readonly Layer[])[]
  /** False where the audit stands in no stack, wrapped in another function: nothing is known of the order then. */
  readonly found: boolean
}

function tellStack(stack: readonly Layer[], place: Place): void {
  const { register, way, followed } = place
  if (way.length > depthMax || place.inside.includes(stack)) return
  const inherited = [...place.inherited]
  const inside = [...place.inside, stack]
  for (const layer of stack) {
    if (layer.route !== undefined) {
      tellRoute(layer.route, { ...place, inherited })
      continue
    }
    const deeper = [...way, writtenPath(layer) ?? unknownPart]
    const prefix = joined(deeper)
    const mark = markOf(layer.handle)
    if (mark !== undefined) inherited.push({ prefix, mark })
    if (mountOf(layer.handle) !== undefined) followed.push(prefix)
    const below = stackIn(layer)
    if (below !== undefined || isHidden(layer)) register.under(prefix)
    if (below !== undefined) tellStack(below, { ...place, way: deeper, inherited, inside })
    else if (isHidden(layer)) {
      const hidden = joined([...deeper, unknownPart])
      register.mounted(hidden, 'ALL')
      if (isEarly(hidden, place)) register.before(hidden, 'ALL')
    }
  }
}

/** The layers behind a layer; undefined where there are none, or nobody saw them being mounted. */
function stackIn(layer: Layer): readonly Layer[] | undefined {
  const app = mountedIn(layer)
  if (app !== undefined) return routerOf(app)?.stack ?? []
  return isRouter(layer.handle) ? layer.handle.stack : undefined
}

function holdsAudit(stack: readonly Layer[], inside: readonly (readonly Layer[])[]): boolean {
  if (inside.length > depthMax || inside.includes(stack)) return false
  return stack.some((layer) => {
    if (mountOf(layer.handle) !== undefined) return true
    const below = stackIn(layer)
    return below !== undefined && holdsAudit(below, [...inside, stack])
  })
}

/** In front of the audit, as far as the stacks show where that is. */
function isEarly(template: string, { followed, found }: Place): boolean {
  return found && !followed.some((prefix) => isUnder(template, prefix))
}

function tellRoute(route: Route, place: Place): void {
  const { register, way, inherited } = place
  const paths: readonly unknown[] = Array.isArray(route.path) ? route.path.flat(Number.POSITIVE_INFINITY) : [route.path]
  for (const path of paths) {
    const template = joined([...way, pathText(path) ?? unknownPart])
    const early = isEarly(template, place)
    for (const method of methodsOf(route)) {
      register.mounted(template, method)
      if (early) register.before(template, method)
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
