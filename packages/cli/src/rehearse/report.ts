/**
 * What a rehearsal hands back: the routes of an application and whether each is audited, or why there are none.
 *
 * It comes out of a process that ran somebody's application, so it is read like anything from outside: bounded, and member by
 * member.
 */

export const frameworks = ['express', 'fastify', 'koa', 'hono', 'nest', 'http'] as const
export type Framework = (typeof frameworks)[number]

export const gaps = ['before_audit', 'not_mounted'] as const
/** Why a route is not audited, where that is known. */
export type Gap = (typeof gaps)[number]

export interface FoundRoute {
  readonly method: string
  readonly route: string
  readonly status: 'audited' | 'exempt' | 'unaudited'
  readonly verb?: string
  readonly reason?: string
  readonly gap?: Gap
}

export interface FoundApplication {
  readonly framework: Framework
  /** Whether the audit is mounted in it. */
  readonly audited: boolean
}

/** The codes of `AUDIT_MOUNTED_…` notices, and what was seen in front of the audit. */
export interface FoundOrder {
  readonly code: string
  readonly seen?: string
}

export const stages = ['load', 'export', 'ready', 'exit', 'nothing'] as const
/** Where it failed: loading the module, finding the export, `ready()`, the process ended itself, nothing was found. */
export type Stage = (typeof stages)[number]

export type Rehearsed =
  | {
      readonly ok: true
      readonly applications: readonly FoundApplication[]
      readonly routes: readonly FoundRoute[]
      readonly order: readonly FoundOrder[]
      /** Names under which the application's audits record. */
      readonly services: readonly string[]
      /** More routes than are listed. */
      readonly truncated: boolean
      /** An error that nobody caught after the application was there: its type, code and place. */
      readonly later?: string
    }
  | { readonly ok: false; readonly stage: Stage; readonly detail: string }

/** Several audits may tell 10,000 routes each; more than this is no application. */
export const routesMax = 20_000
export const reportBytesMax = 32 * 1_048_576
const textMax = 2_048
const listMax = 100

/** Reads a report. Undefined for anything that is none. */
export function parseReport(text: string): Rehearsed | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value)) return undefined
  if (value['ok'] === false) {
    const stage = stages.find((one) => one === value['stage'])
    const detail = textOf(value['detail'])
    return stage === undefined || detail === undefined ? undefined : { ok: false, stage, detail }
  }
  const { applications, routes, order, services, truncated, later } = value
  if (value['ok'] !== true || !isList(applications) || !isList(routes) || !isList(order)) return undefined
  const told = textOf(later)
  return {
    ok: true,
    applications: applications.slice(0, listMax).flatMap(applicationFrom),
    routes: routes.slice(0, routesMax).flatMap(routeFrom),
    order: order.slice(0, listMax).flatMap(orderFrom),
    services: isList(services) ? services.slice(0, listMax).flatMap((name) => textOf(name) ?? []) : [],
    truncated: truncated === true || routes.length > routesMax,
    ...(told !== undefined && { later: told }),
  }
}

function applicationFrom(value: unknown): FoundApplication[] {
  if (!isObject(value)) return []
  const framework = frameworks.find((one) => one === value['framework'])
  return framework === undefined ? [] : [{ framework, audited: value['audited'] === true }]
}

/** A route that cannot be read counts as nothing; its method and template are what identifies it. */
function routeFrom(value: unknown): FoundRoute[] {
  if (!isObject(value)) return []
  const method = textOf(value['method'])
  const route = textOf(value['route'])
  if (method === undefined || route === undefined) return []
  const verb = textOf(value['verb'])
  const reason = textOf(value['reason'])
  const gap = gaps.find((one) => one === value['gap'])
  if (value['status'] === 'audited') return [{ method, route, status: 'audited', ...(verb !== undefined && { verb }) }]
  if (value['status'] === 'exempt')
    return [{ method, route, status: 'exempt', ...(reason !== undefined && { reason }) }]
  return [{ method, route, status: 'unaudited', ...(gap !== undefined && { gap }) }]
}

function orderFrom(value: unknown): FoundOrder[] {
  if (!isObject(value)) return []
  const code = textOf(value['code'])
  const seen = textOf(value['seen'])
  return code === undefined ? [] : [{ code, ...(seen !== undefined && { seen }) }]
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, textMax) : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
