/**
 * Every Fastify instance of this process and every route it has, whenever the audit was registered.
 *
 * Fastify announces each instance on a diagnostics channel before anything is registered on it. The audit's adapter is told only
 * of routes that come after it: those before it are followed where they stand on the same instance, and not where they stand in a
 * child that was made earlier.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { FoundRoute } from './report.ts'

export interface FastifyInstances {
  readonly instances: readonly object[]
  /** Routes of one instance and its children, as they stand now; `told` says which ones an audit knows better. */
  routesOf(instance: object, told: (method: string, route: string) => boolean): readonly FoundRoute[]
  /** Whether the audit is registered on the instance or in one of its children. */
  isAudited(instance: object): boolean
}

interface Seen {
  readonly methods: readonly string[]
  readonly url: string
  readonly config: unknown
  /** The instance or child that it was registered on. */
  readonly owner: object
}

const routesMax = 20_000
const pluginName = '@trailmark/fastify'

/** From now on. */
export function watchFastify(): FastifyInstances {
  const seen = new Map<object, Seen[]>()
  subscribe('fastify.initialization', (message) => {
    const fastify: unknown =
      typeof message === 'object' && message !== null ? Reflect.get(message, 'fastify') : undefined
    if (typeof fastify !== 'object' || fastify === null || seen.has(fastify)) return
    const routes: Seen[] = []
    seen.set(fastify, routes)
    const addHook: unknown = Reflect.get(fastify, 'addHook')
    if (typeof addHook !== 'function') return
    function onRoute(this: object, route: object): void {
      const url: unknown = Reflect.get(route, 'url')
      const methods = [Reflect.get(route, 'method')].flat().map(String)
      if (typeof url !== 'string' || routes.length >= routesMax) return
      routes.push({ methods, url, config: Reflect.get(route, 'config'), owner: this })
    }
    Reflect.apply(addHook, fastify, ['onRoute', onRoute])
  })
  return {
    get instances() {
      return [...seen.keys()]
    },
    routesOf: (instance, told) =>
      (seen.get(instance) ?? []).flatMap(({ methods, url, config, owner }) =>
        methods
          .filter((method) => !told(method, url))
          .map((method): FoundRoute => ({ method, route: url, ...standing(owner, config) })),
      ),
    isAudited: (instance) => hasAudit(instance) || (seen.get(instance) ?? []).some(({ owner }) => hasAudit(owner)),
  }
}

type Standing = Omit<FoundRoute, 'method' | 'route'>

/** Of a route that the adapter was not told of. */
function standing(owner: object, config: unknown): Standing {
  const declared: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, 'audit') : undefined
  const says = typeof declared === 'object' && declared !== null ? Object.keys(declared) : []
  const reason: unknown = says.includes('exempt') && declared ? Reflect.get(Object(declared), 'exempt') : undefined
  if (typeof reason === 'string') return { status: 'exempt', reason }
  if (!hasAudit(owner)) return { status: 'unaudited', gap: 'not_mounted' }
  // Children that stood already when the audit came keep the hooks they had.
  if (!isRegisteredOn(owner)) return { status: 'unaudited', gap: 'before_audit' }
  const verb = says[0]
  return verb === undefined ? { status: 'unaudited' } : { status: 'audited', verb }
}

function hasAudit(instance: object): boolean {
  try {
    const hasPlugin: unknown = Reflect.get(instance, 'hasPlugin')
    return typeof hasPlugin === 'function' && Reflect.apply(hasPlugin, instance, [pluginName]) === true
  } catch {
    return false
  }
}

/** On this instance itself: what stands around it does not have the audit. */
function isRegisteredOn(instance: object): boolean {
  const around: unknown = Object.getPrototypeOf(instance)
  return typeof around !== 'object' || around === null || !hasAudit(around)
}
