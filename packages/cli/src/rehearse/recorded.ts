/**
 * How often each route stands in the trail: declared is not yet recorded, and what is recorded may not be mounted any more.
 *
 * Counts only. Nothing of a record is shown, so the read is not recorded, as with `doctor`.
 */
import { type QueryOptions, query } from '@trailmark/query'
import { keyOf } from './judge.ts'
import type { FoundRoute } from './report.ts'

export interface RouteRecords {
  readonly method: string
  readonly route: string
  readonly records: number
  /** Records of data that the route does not declare. */
  readonly undeclared: number
}

export interface Recorded {
  /** Of the routes that are mounted; one that is missing was not recorded. */
  readonly mounted: ReadonlyMap<string, RouteRecords>
  /** In the trail, and not mounted. */
  readonly gone: readonly RouteRecords[]
  /** There are more routes in the trail than were counted. */
  readonly truncated: boolean
}

const routesMax = 20_000

export async function countRecorded(
  root: string,
  fromMs: number,
  mounted: readonly FoundRoute[],
  services: readonly string[],
  options: Pick<QueryOptions, 'signal' | 'onProgress'>,
): Promise<Recorded> {
  const counts = new Map<string, RouteRecords>()
  const known = new Set(mounted.map(keyOf))
  let truncated = false
  for await (const { http, service, metadata } of query(root, { from: fromMs }, options)) {
    if (http?.route === undefined || http.method === undefined) continue
    if (services.length > 0 && !services.includes(service.name)) continue
    const { route } = http
    const method = methodIn(known, http.method, route)
    const key = keyOf({ method, route })
    const before = counts.get(key)
    if (before === undefined && counts.size >= routesMax) {
      truncated = true
      continue
    }
    const { records = 0, undeclared = 0 } = before ?? {}
    const drift = metadata?.['undeclared'] === true ? 1 : 0
    counts.set(key, { method, route, records: records + 1, undeclared: undeclared + drift })
  }
  const all = [...counts]
  return {
    mounted: new Map(all.filter(([key]) => known.has(key))),
    gone: all.filter(([key]) => !known.has(key)).map(([, count]) => count),
    truncated,
  }
}

/** A route mounted for every method, and HEAD, which is answered as GET. */
function methodIn(known: ReadonlySet<string>, method: string, route: string): string {
  const asks = method === 'HEAD' ? ['HEAD', 'GET', 'ALL'] : [method, 'ALL']
  return asks.find((one) => known.has(keyOf({ method: one, route }))) ?? method
}
