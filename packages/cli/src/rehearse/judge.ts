/**
 * What a report means: every route accounted for or not, what is wrong with the mounting, and whether a build may pass.
 *
 * A baseline is what somebody accepted for now. It never makes a route audited: it only keeps known gaps from failing a build, so
 * that new ones do.
 */
import type { Baseline, BaselineFinding, BaselineRoute } from './baseline.ts'
import type { FoundRoute, Framework, Rehearsed } from './report.ts'

/** Stable names, for baselines and for SARIF. */
export const rules = {
  'unaudited-route': 'A mounted route neither declares what it does to data nor says why it needs no record.',
  'route-before-audit': 'A route is mounted in front of the audit: its requests are not followed.',
  'audit-not-mounted': 'An application is served without the audit.',
  'audit-after-body-parser': 'The audit is mounted after a body parser: requests the parser refuses are not recorded.',
  'audit-after-authentication': 'The audit is mounted after authentication: refused logins are not recorded.',
  'audit-mounted-twice': 'The audit is mounted twice for the same requests: the second one does nothing.',
  'no-routes': 'No route was found, so nothing is known.',
  'routes-not-listed': 'There are more routes than are listed.',
  'below-minimum': 'Fewer routes are accounted for than was asked for.',
} as const
export type Rule = keyof typeof rules

export interface Finding {
  readonly rule: Rule
  readonly text: string
  /** What to do about it. */
  readonly advice?: string
  /** In the baseline. */
  readonly accepted: boolean
}

export interface JudgedRoute extends FoundRoute {
  /** Unaudited, and in the baseline. */
  readonly accepted?: true
  readonly note?: string
}

export interface Verdict {
  /** By route and method. */
  readonly routes: readonly JudgedRoute[]
  readonly findings: readonly Finding[]
  /** What the baseline holds and no longer is so. */
  readonly stale: readonly (BaselineRoute | BaselineFinding)[]
  readonly audited: number
  readonly exempt: number
  readonly unaudited: number
  /** Of the unaudited ones, those in the baseline. */
  readonly accepted: number
  /** Audited and exempt of all, 0 to 100, rounded down to a tenth. */
  readonly percent: number
  readonly ok: boolean
}

export interface Terms {
  readonly baseline?: Baseline
  /** Percentage below which it fails. Without a baseline it decides alone. */
  readonly min?: number
}

type Report = Extract<Rehearsed, { ok: true }>

/** Findings that no baseline accepts: they say that the answer itself is worth nothing, or add up others. */
function isOwn(rule: string): boolean {
  return ['no-routes', 'routes-not-listed', 'below-minimum', 'route-before-audit'].includes(rule)
}

export function judge(report: Report, { baseline, min }: Terms): Verdict {
  const known = new Map(baseline?.routes.map((one) => [keyOf(one), one]))
  const routes = report.routes
    .map((route): JudgedRoute => {
      const entry = route.status === 'unaudited' ? known.get(keyOf(route)) : undefined
      if (entry === undefined) return route
      return { ...route, accepted: true, ...(entry.note !== undefined && { note: entry.note }) }
    })
    .sort(byRoute)
  const count = (status: FoundRoute['status']): number => routes.filter((route) => route.status === status).length
  const audited = count('audited')
  const exempt = count('exempt')
  const percent = routes.length === 0 ? 0 : Math.floor(((audited + exempt) * 1_000) / routes.length) / 10
  const accepts = new Set(baseline?.findings.map(({ rule }) => rule).filter((rule) => !isOwn(rule)))
  // Routes in front of the audit are accepted one by one.
  if (routes.every(({ gap, accepted }) => gap !== 'before_audit' || accepted)) accepts.add('route-before-audit')
  const findings = findingsOf(report, percent, min).map((one) => ({ ...one, accepted: accepts.has(one.rule) }))
  const accepted = routes.filter((route) => route.accepted).length
  const unaudited = count('unaudited')
  const open = min !== undefined && baseline === undefined ? 0 : unaudited - accepted
  return {
    routes,
    findings,
    stale: staleOf(baseline, routes, findings),
    audited,
    exempt,
    unaudited,
    accepted,
    percent,
    ok: open === 0 && findings.every((finding) => finding.accepted),
  }
}

/** The baseline that accepts everything of this verdict that can be accepted; notes of the old one stay. */
export function baselineFor({ routes, findings }: Verdict, old?: Baseline): Baseline {
  const notes = new Map(old?.routes.map((one) => [keyOf(one), one.note]))
  const ruleNotes = new Map(old?.findings.map(({ rule, note }) => [rule, note]))
  return {
    routes: routes
      .filter(({ status }) => status === 'unaudited')
      .map(({ method, route }) => withNote({ method, route }, notes.get(keyOf({ method, route })))),
    findings: [...new Set(findings.map(({ rule }) => rule))]
      .filter((rule) => !isOwn(rule))
      .sort()
      .map((rule) => withNote({ rule }, ruleNotes.get(rule))),
  }
}

function withNote<T extends object>(entry: T, note: string | undefined): T & { readonly note?: string } {
  return note === undefined ? entry : { ...entry, note }
}

export function keyOf({ method, route }: { readonly method: string; readonly route: string }): string {
  return `${method} ${route}`
}

const lines: Readonly<Record<Framework, string>> = {
  express: "app.use(auditMiddleware()) of '@trailmark/express', before everything else",
  koa: "app.use(auditMiddleware()) of '@trailmark/koa', before everything else",
  fastify: "await app.register(auditPlugin) of '@trailmark/fastify', before everything else",
  hono: "app.use(auditMiddleware(app)) of '@trailmark/hono', before everything else",
  nest: "imports: [AuditModule.forRoot()] of '@trailmark/nestjs', in the root module",
  http: 'the adapter of the framework that answers',
}

const orderRules: Readonly<Record<string, readonly [Rule, string]>> = {
  AUDIT_MOUNTED_AFTER_BODY_PARSER: ['audit-after-body-parser', 'Mount the audit first.'],
  AUDIT_MOUNTED_AFTER_AUTHENTICATION: ['audit-after-authentication', 'Mount the audit first.'],
  AUDIT_MOUNTED_TWICE: ['audit-mounted-twice', 'Remove one of them.'],
}

function findingsOf(report: Report, percent: number, min: number | undefined): Omit<Finding, 'accepted'>[] {
  const found: Omit<Finding, 'accepted'>[] = []
  for (const framework of new Set(report.applications.filter(({ audited }) => !audited).map((one) => one.framework))) {
    const text = `the audit is not mounted in an application of ${framework === 'http' ? 'node:http' : framework}`
    found.push({ rule: 'audit-not-mounted', text, advice: `Missing is ${lines[framework]}.` })
  }
  const early = report.routes.filter(({ gap }) => gap === 'before_audit').length
  if (early > 0)
    found.push({
      rule: 'route-before-audit',
      text: `routes mounted in front of the audit: ${early}`,
      advice: 'Mount the audit first.',
    })
  for (const { code, seen } of report.order) {
    const known = Object.hasOwn(orderRules, code) ? orderRules[code] : undefined
    if (known === undefined) continue
    const [rule, advice] = known
    const text = rules[rule].replace(/\.$/, '')
    found.push({ rule, text: seen === undefined ? text : `${text} (seen: ${seen})`, advice })
  }
  if (report.routes.length === 0) found.push({ rule: 'no-routes', text: 'no route was found in what was loaded' })
  if (report.truncated) found.push({ rule: 'routes-not-listed', text: 'there are more routes than are listed here' })
  if (min !== undefined && percent < min)
    found.push({ rule: 'below-minimum', text: `${percent} % of the routes are accounted for, asked for are ${min} %` })
  return found
}

function staleOf(
  baseline: Baseline | undefined,
  routes: readonly JudgedRoute[],
  findings: readonly Finding[],
): readonly (BaselineRoute | BaselineFinding)[] {
  if (baseline === undefined) return []
  const open = new Set(routes.filter(({ status }) => status === 'unaudited').map(keyOf))
  const there = new Set<string>(findings.map(({ rule }) => rule))
  return [
    ...baseline.routes.filter((one) => !open.has(keyOf(one))),
    ...baseline.findings.filter(({ rule }) => !there.has(rule)),
  ]
}

function byRoute(a: FoundRoute, b: FoundRoute): number {
  if (a.route !== b.route) return a.route < b.route ? -1 : 1
  return a.method < b.method ? -1 : a.method > b.method ? 1 : 0
}
