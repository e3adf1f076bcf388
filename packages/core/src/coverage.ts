/**
 * Which mounted routes are audited: every route is declared, exempt with a reason, or reported.
 *
 * Adapters tell what they see; nothing here reads a request. The answer is data for `trailmark coverage` and for a test of
 * the application that fails when a route was forgotten.
 */

export type RouteStatus = 'audited' | 'exempt' | 'unaudited'

export interface RouteCoverage {
  readonly method: string
  /** The template as mounted: `/patients/:id`. */
  readonly route: string
  readonly status: RouteStatus
  /** What the route was declared to do; only where audited. */
  readonly verb?: string
  /** Why the route needs no record; only where exempt. */
  readonly reason?: string
  /** Why it is not audited, where that is known: `before_audit` is mounted in front of the audit, which follows none of its requests. */
  readonly gap?: 'before_audit'
  /** Records of access to tables of the option `data` that its declaration does not name; only where there are any. */
  readonly drift?: number
  /** The tables of that data, as the option `data` names them; at most 20. */
  readonly tables?: readonly string[]
}

/** Every route seen so far, sorted by route and method, with the counts. */
export interface Coverage {
  readonly routes: readonly RouteCoverage[]
  readonly audited: number
  readonly exempt: number
  readonly unaudited: number
  /** Routes that touched data they do not declare, since the start of the process. */
  readonly drifting: number
  /** True when more than `routesMax` routes were told; those beyond are not listed. */
  readonly truncated: boolean
}

/** For adapters: how routes are told. Telling the same route again changes nothing; a declaration beats an exemption. */
export interface CoverageRegister {
  mounted(route: string, method: string): void
  declared(route: string, method: string, verb: string): void
  exempt(route: string, method: string, reason: string): void
  /** The route stands in front of the audit: whatever it declares, its requests are not followed. */
  before(route: string, method: string): void
  /** A request of the route touched a table of personal data that the route does not declare. */
  drifted(route: string, method: string, table: string): void
  /** A router or application is mounted under this path: what is blocked at the root is blocked there, too. */
  under(prefix: string): void
  /** Every such path. */
  prefixes(): readonly string[]
  /** For frameworks that cannot say when a route is mounted: `tell` is asked before every report. It must not throw. */
  watch(tell: () => void): void
  report(): Coverage
}

/** More than any application mounts; a bound, so that routes made from requests by mistake cannot grow without end. */
export const routesMax = 10_000
const prefixesMax = 1_000
/** Tables named for a route that drifts. */
const driftTablesMax = 20

/** What configuration says of a mounted route, where code says nothing. */
type Configured = (route: string, method: string) => { readonly verb?: string; readonly reason?: string } | undefined

export function createCoverage(configured: Configured = () => undefined): CoverageRegister {
  const seen = new Map<string, Seen>()
  const prefixes = new Set<string>()
  const watchers = new Set<() => void>()
  let truncated = false

  function entry(route: string, method: string) {
    const verb = method.toUpperCase()
    const key = `${verb} ${route}`
    let found = seen.get(key)
    if (found === undefined) {
      if (seen.size >= routesMax) {
        truncated = true
        return undefined
      }
      found = { method: verb, route }
      seen.set(key, found)
    }
    return found
  }

  /** The entry that answers a request: a HEAD is mostly answered by what was mounted for GET. */
  function entryOf(route: string, method: string) {
    const known = (name: string) => seen.get(`${name} ${route}`)
    return known(method) ?? (method === 'HEAD' ? known('GET') : undefined) ?? known('ALL') ?? entry(route, method)
  }

  return {
    mounted: (route, method) => void entry(route, method),
    declared(route, method, verb) {
      const found = entry(route, method)
      if (found !== undefined) found.verb = verb
    },
    exempt(route, method, reason) {
      const found = entry(route, method)
      if (found !== undefined) found.reason = reason
    },
    before(route, method) {
      const found = entry(route, method)
      if (found !== undefined) found.before = true
    },
    drifted(route, method, table) {
      const found = entryOf(route, method)
      if (found === undefined) return
      found.drift = (found.drift ?? 0) + 1
      found.tables ??= new Set()
      if (found.tables.size < driftTablesMax) found.tables.add(table)
    },
    under(prefix) {
      if (prefixes.size < prefixesMax) prefixes.add(prefix)
    },
    prefixes() {
      for (const tell of watchers) tell()
      return [...prefixes]
    },
    watch: (tell) => void watchers.add(tell),
    report() {
      for (const tell of watchers) tell()
      const routes = [...seen.values()].map((one) => describe(withConfigured(one, configured))).sort(byRoute)
      const count = (status: RouteStatus) => routes.filter((route) => route.status === status).length
      const drifting = routes.filter(({ drift }) => drift !== undefined).length
      return {
        routes,
        audited: count('audited'),
        exempt: count('exempt'),
        unaudited: count('unaudited'),
        drifting,
        truncated,
      }
    },
  }
}

interface Seen {
  readonly method: string
  readonly route: string
  verb?: string
  reason?: string
  before?: true
  drift?: number
  tables?: Set<string>
}

/** A declaration beats an exemption, whoever says it. */
function withConfigured(seen: Seen, configured: Configured): Seen {
  return seen.verb === undefined ? { ...configured(seen.route, seen.method), ...seen } : seen
}

function describe(seen: Seen): RouteCoverage {
  const { drift, tables } = seen
  return { ...statusOf(seen), ...(drift === undefined ? {} : { drift, tables: [...(tables ?? [])].sort() }) }
}

function statusOf({ method, route, verb, reason, before }: Seen): RouteCoverage {
  // What needs no record needs no audit in front of it either.
  if (before && (verb !== undefined || reason === undefined))
    return { method, route, status: 'unaudited', gap: 'before_audit' }
  if (verb !== undefined) return { method, route, status: 'audited', verb }
  if (reason !== undefined) return { method, route, status: 'exempt', reason }
  return { method, route, status: 'unaudited' }
}

function byRoute(a: RouteCoverage, b: RouteCoverage): number {
  if (a.route !== b.route) return a.route < b.route ? -1 : 1
  return a.method < b.method ? -1 : a.method > b.method ? 1 : 0
}
