/**
 * One list of routes out of what the audits were told, what Fastify registered, and what the stacks of applications without an
 * audit show.
 */
import { mountOf, orderProblemOf } from '@trailmark/core/http'
import { runtimeOf } from '@trailmark/core/integration'
import type { Application } from './applications.ts'
import type { FastifyInstances } from './fastify-routes.ts'
import { readStack, type Stack } from './read-stack.ts'
import type { FoundApplication, FoundOrder, FoundRoute } from './report.ts'

export interface Standing {
  readonly applications: readonly Application[]
  /** Every audit that was opened. */
  readonly audits: readonly object[]
  /** Notices as they would have been printed. */
  readonly notices: readonly string[]
  readonly fastify: FastifyInstances
  /** How many servers were told to listen. */
  readonly servers: number
}

export interface Described {
  readonly applications: readonly FoundApplication[]
  readonly routes: readonly FoundRoute[]
  readonly order: readonly FoundOrder[]
  readonly services: readonly string[]
  readonly truncated: boolean
}

/** Never throws: what cannot be read is not there. */
export function describeApplications({ applications, audits, notices, fastify, servers }: Standing): Described {
  const stacks = applications.map((application) => ({ application, stack: readStack(application) }))
  for (const { application, stack } of stacks) {
    for (const audit of stack.audits) mountOf(audit)?.watch(application.app)
    const [audit] = audits
    if (audit !== undefined) fastify.tell(application.app, runtimeOf(audit).coverage)
  }
  const routes = new Map<string, FoundRoute>()
  let truncated = false
  for (const audit of audits) {
    const report = runtimeOf(audit).coverage.report()
    truncated ||= report.truncated
    for (const { method, route, status, verb, reason, gap } of report.routes) {
      put(routes, {
        method,
        route,
        status,
        ...(verb !== undefined && { verb }),
        ...(reason !== undefined && { reason }),
        ...(gap !== undefined && { gap }),
      })
    }
  }
  const told = (method: string, route: string): boolean => routes.has(keyOf(method, route))
  const order: FoundOrder[] = notices.flatMap(orderFrom)
  const found: FoundApplication[] = []
  for (const { application, stack } of stacks) {
    const { framework, app } = application
    // A wrapped audit stands in no list; that it was told the routes shows it as well.
    const audited =
      stack.audits.length > 0 || fastify.isAudited(app) || stack.routes.some(([method, route]) => told(method, route))
    found.push({ framework, audited })
    for (const [method, route] of fastify.unaudited(app))
      put(routes, { method, route, status: 'unaudited', gap: 'not_mounted' })
    if (audited) order.push(...orderOf(stack))
    else
      for (const [method, route] of stack.routes)
        put(routes, { method, route, status: 'unaudited', gap: 'not_mounted' })
  }
  if (found.length === 0 && servers > 0) found.push({ framework: 'http', audited: routes.size > 0 })
  return {
    applications: found,
    routes: [...withoutHeads(routes)],
    order: unique(order),
    services: namesOf(audits),
    truncated,
  }
}

function namesOf(audits: readonly object[]): string[] {
  return [...new Set(audits.map((audit) => runtimeOf(audit).options.service.name))]
}

/** The same route in two applications stands once, with what is worse. */
function put(routes: Map<string, FoundRoute>, route: FoundRoute): void {
  const key = keyOf(route.method, route.route)
  const known = routes.get(key)
  if (known === undefined || route.status === 'unaudited') routes.set(key, route)
}

function keyOf(method: string, route: string): string {
  return `${method} ${route}`
}

/** Frameworks answer HEAD with what they do for GET; only one that differs is a route of its own. */
function* withoutHeads(routes: ReadonlyMap<string, FoundRoute>): Generator<FoundRoute> {
  for (const route of routes.values()) {
    const get = route.method === 'HEAD' ? routes.get(keyOf('GET', route.route)) : undefined
    if (get === undefined || get.status !== route.status) yield route
  }
}

const orderNotice = /^trailmark: .*?(?:\(seen: ([^)]*)\))? ?\[(AUDIT_MOUNTED_\w+|AUDIT_NOT_MOUNTED)\]$/

function orderFrom(line: string): FoundOrder[] {
  const [, seen, code] = orderNotice.exec(line) ?? []
  return code === undefined ? [] : [{ code, ...(seen !== undefined && { seen }) }]
}

const codeOf = { body: 'AUDIT_MOUNTED_AFTER_BODY_PARSER', identity: 'AUDIT_MOUNTED_AFTER_AUTHENTICATION' } as const

/** What stands in front of the audit, and a second audit in the same list. */
function orderOf({ before, audits }: Stack): FoundOrder[] {
  const early = before.flatMap((seen) => {
    const problem = orderProblemOf(seen)
    return problem === 'body' || problem === 'identity' ? [{ code: codeOf[problem], seen }] : []
  })
  return audits.length > 1 ? [...early, { code: 'AUDIT_MOUNTED_TWICE' }] : early
}

/** One of a code, as notices are told; the first that says what was seen. */
function unique(order: readonly FoundOrder[]): FoundOrder[] {
  const byCode = new Map<string, FoundOrder>()
  for (const one of order) if (byCode.get(one.code)?.seen === undefined) byCode.set(one.code, one)
  return [...byCode.values()]
}
