/**
 * Tells the coverage what decorators say of each route.
 *
 * Which routes there are is known from Express and from Fastify. Nest hands each to its adapter, with the prefix and version in
 * its path and the metadata of the method on the function; that is where the two are put together.
 */
import type { HttpServer } from '@nestjs/common'
import { type ModulesContainer, Reflector } from '@nestjs/core'
import type { Audit } from '@trailmark/core'
import { type CoverageRegister, coverageOf, verbOf } from '@trailmark/core/http'
import { wrapOnce } from '@trailmark/core/integration'
import { type Mark, markOfRoute } from './audited.ts'

/** Methods of Nest's adapters that register a route. */
const registering = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'search', 'all'] as const

/** What is told of an application before its routes are registered. */
export interface Routes {
  /** Paths of controllers, as they were written. */
  readonly controllers: Set<string>
}

/** `listedAs` is how the framework lists a route that Nest registers with this method: `ALL` for one of all methods. */
export function watchMarks(
  adapter: HttpServer,
  audit: Audit,
  listedAs: (method: string) => readonly string[] = (method) => [method],
): Routes {
  const register = coverageOf(audit)
  const controllers = new Set<string>()
  for (const name of registering) {
    if (typeof Reflect.get(adapter, name) !== 'function') continue
    wrapOnce('AuditModule', adapter, name, (inner) => {
      return function registerRoute(...given: readonly unknown[]) {
        const path = given[0]
        const handler = given.at(-1)
        if (typeof path === 'string') for (const one of controllers) tellPrefix(register, path, one)
        const mark = typeof handler === 'function' ? markOfRoute(handler) : undefined
        if (typeof path === 'string' && mark !== undefined)
          for (const method of listedAs(name.toUpperCase())) tell(register, path, method, mark)
        return Reflect.apply(inner, this, given)
      }
    })
  }
  return { controllers }
}

/** A controller is mounted like a router: under the application's prefix and version, and its own path. */
function tellPrefix(register: CoverageRegister, path: string, controller: string): void {
  const at = path.indexOf(controller)
  const end = at + controller.length
  if (at === -1 || !(path.length === end || path[end] === '/')) return
  register.under(path.slice(0, end))
  if (at > 0) register.under(path.slice(0, at))
}

function tell(register: CoverageRegister, path: string, method: string, mark: Mark): void {
  const route = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  if ('reason' in mark) register.exempt(route, method, mark.reason)
  else register.declared(route, method, verbOf(mark.statement))
}

/** Where `@Controller()` leaves its path, or paths. */
const pathKey = 'path'
const reflector = new Reflector()

/** Of every controller of the application; the root is no prefix. */
export function controllerPaths(modules: ModulesContainer): readonly string[] {
  const paths: string[] = []
  for (const module of modules.values()) {
    for (const { metatype } of module.controllers.values()) {
      const written: unknown = typeof metatype === 'function' ? reflector.get(pathKey, metatype) : undefined
      for (const path of [written].flat()) {
        if (typeof path !== 'string') continue
        const plain = `/${path.replace(/^\/+|\/+$/g, '')}`
        if (plain !== '/') paths.push(plain)
      }
    }
  }
  return paths
}
