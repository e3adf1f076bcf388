/**
 * Every Fastify instance of this process and every route it has, whenever the audit was registered.
 *
 * Fastify announces each instance on a diagnostics channel before anything is registered on it. The audit's adapter is told only
 * of routes that come after it: those before it are followed where they stand on the same instance, and not where they stand in a
 * child that was made earlier.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { CoverageRegister } from '@trailmark/core/http'
import type { Listed } from './read-stack.ts'

export interface FastifyInstances {
  readonly instances: readonly object[]
  /** Tells an audit's register of routes that its adapter was not told of. */
  tell(instance: object, register: CoverageRegister): void
  /** Routes of the instance and its children that stand where no audit is. */
  unaudited(instance: object): readonly Listed[]
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
    tell(instance, register) {
      const known = new Set(register.report().routes.map(({ method, route }) => `${method} ${route}`))
      for (const { methods, url, config, owner } of seen.get(instance) ?? []) {
        if (!hasAudit(owner)) continue
        for (const method of methods) if (!known.has(`${method} ${url}`)) tellLate(register, url, method, owner, config)
      }
    },
    unaudited: (instance) =>
      (seen.get(instance) ?? [])
        .filter(({ owner }) => !hasAudit(owner))
        .flatMap(({ methods, url }) => methods.map((method): Listed => [method, url])),
    isAudited: (instance) => hasAudit(instance) || (seen.get(instance) ?? []).some(({ owner }) => hasAudit(owner)),
  }
}

function tellLate(register: CoverageRegister, url: string, method: string, owner: object, config: unknown): void {
  register.mounted(url, method)
  // Children that stood already when the audit came keep the hooks they had.
  if (!isRegisteredOn(owner)) register.before(url, method)
  const declared: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, 'audit') : undefined
  if (typeof declared !== 'object' || declared === null) return
  const reason: unknown = Reflect.get(declared, 'exempt')
  if (reason === undefined) register.declared(url, method, kinds.find((kind) => kind in declared) ?? 'declared')
  else register.exempt(url, method, String(reason))
}

/** What a declaration is named by, among its other members. */
const kinds = ['read', 'create', 'update', 'delete', 'export', 'search', 'share', 'login', 'logout', 'event']

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
