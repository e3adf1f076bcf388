/**
 * The template of the route that answered, as it was mounted: `/tenants/:tenant/patients/:id`.
 *
 * Express knows the route but not the way that led to it, and a router may be mounted twice. So the live stacks are searched
 * for every chain of layers that ends at the route, and the chain that fits the request's path is written down. The raw
 * path never stands in for a template: what cannot be known is `*`.
 */
import type { IncomingMessage } from 'node:http'
import { pathText, type Taken, takePath, unknownPart, writtenPath } from './layer-path.ts'
import { mountedIn } from './mounting.ts'
import {
  type Application,
  applicationOf,
  isApplication,
  isRouter,
  type Layer,
  matchedRoute,
  originalUrlOf,
  type Route,
  rootOf,
  routerOf,
} from './stack.ts'

/** Layers from the root to the route; the last one is the route's own. */
type Chain = readonly Layer[]

const depthMax = 32
/** A router that is mounted in itself has more ways than anybody can walk: so often it is entered on one, */
const entriesMax = 3
/** and so many layers are looked at for one route. */
const layersMax = 50_000
const templates = new WeakMap<Route, string>()

/** The template, or undefined when no route matched. `app` is the application the request was first seen in. */
export function routeTemplate(req: IncomingMessage, app: Application | undefined): string | undefined {
  const route = matchedRoute(req)
  if (route === undefined) return undefined
  const known = templates.get(route)
  if (known !== undefined) return known

  const path = pathOf(req)
  const chains = chainsTo(route, app, applicationOf(req))
  const [only] = chains
  const chain = chains.length === 1 ? only : chains.find((candidate) => fits(candidate, path))
  if (chain === undefined) return joined([unknownPart, lastPart(route, undefined)])
  const { template, fixed } = written(chain, route, path)
  // Written once for a route with one way to it; a second way would make the first answer wrong for the other.
  if (fixed && chains.length === 1) templates.set(route, template)
  return template
}

/** Chains from the root; where it leads nowhere (a sub-application it does not show), from the applications we know. */
function chainsTo(route: Route, ...apps: readonly (Application | undefined)[]): Chain[] {
  const starts = new Set(apps.filter((app) => app !== undefined))
  for (const root of new Set([...starts].map(rootOf))) {
    const chains: Chain[] = []
    collect(root, route, [], chains, { layers: layersMax })
    if (chains.length > 0) return chains
  }
  for (const app of starts) {
    const chains: Chain[] = []
    collect(app, route, [{ handle: undefined, rawPath: mountPathOf(app) }], chains, { layers: layersMax })
    if (chains.length > 0) return chains
  }
  return []
}

function collect(where: unknown, route: Route, way: Chain, found: Chain[], left: { layers: number }): void {
  if (way.length > depthMax) return
  const stack = stackOf(where)
  if (way.filter((layer) => stack.includes(layer)).length >= entriesMax) return
  for (const layer of stack) {
    if (left.layers-- <= 0) return
    const chain = [...way, layer]
    if (layer.route === route) found.push(chain)
    else if (layer.route === undefined) collect(mountedIn(layer) ?? layer.handle, route, chain, found, left)
  }
}

function stackOf(where: unknown): readonly Layer[] {
  if (isRouter(where)) return where.stack
  return isApplication(where) ? (routerOf(where)?.stack ?? []) : []
}

function mountPathOf(app: Application): string {
  const parts: string[] = []
  let at = app
  for (let depth = 0; depth < depthMax && isApplication(at.parent); depth++) {
    parts.unshift(typeof at.mountpath === 'string' ? at.mountpath : unknownPart)
    at = at.parent
  }
  return joined(parts)
}

function fits(chain: Chain, path: string): boolean {
  let rest = path
  for (const layer of chain) {
    const taken = takePath(layer, rest)
    if (taken === undefined) return false
    rest = after(rest, taken.length)
  }
  return true
}

function written(chain: Chain, route: Route, path: string): { readonly template: string; readonly fixed: boolean } {
  const parts: string[] = []
  let rest: string | undefined = path
  let fixed = true
  for (const layer of chain.slice(0, -1)) {
    const taken: Taken | undefined = rest === undefined ? undefined : takePath(layer, rest)
    const text = writtenPath(layer)
    fixed &&= text !== undefined
    parts.push(text ?? taken?.template ?? unknownPart)
    rest = rest === undefined || taken === undefined ? undefined : after(rest, taken.length)
  }
  parts.push(lastPart(route, rest === undefined ? undefined : takePath(chain.at(-1)!, rest)?.template))
  return { template: joined(parts), fixed: fixed && !Array.isArray(route.path) }
}

/** A route keeps its path as it was written; of a list it is the one that matched. */
function lastPart(route: Route, taken: string | undefined): string {
  const { path } = route
  if (Array.isArray(path)) return taken ?? unknownPart
  return pathText(path) ?? unknownPart
}

function after(path: string, length: number): string {
  const rest = path.slice(length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** `/api`, `/`, `/users/` is `/api/users`. */
export function joined(parts: readonly string[]): string {
  const text = parts
    .map((part) => (part.endsWith('/') ? part.slice(0, -1) : part))
    .map((part) => (part === '' || part.startsWith('/') ? part : `/${part}`))
    .join('')
  return text === '' ? '/' : text
}

function pathOf(req: IncomingMessage): string {
  const url = originalUrlOf(req)
  if (url === undefined) return '/'
  const absolute = url.startsWith('/') ? url : url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '')
  return /^[^?#]*/.exec(absolute)?.[0] || '/'
}
