/**
 * The debug guard of one audit: what it finds is told to the operator, once, and recorded, folded above a rate.
 *
 * It also looks at the routes that are registered, as far as the framework shows them: a debugging route that cannot be
 * reached in production is somebody's mistake, and finding that out from a 404 takes an afternoon.
 */
import type { Proxies } from '../capture/client-ip.ts'
import type { ExchangeFacts } from '../draft.ts'
import type { Runtime } from '../runtime.ts'
import { DebugGuard } from './debug-guard.ts'
import { DebugFold, type Folded } from './debug-guard-fold.ts'
import type { DebugBlock, DebugGuardRules } from './debug-guard-patterns.ts'
import type { RawRequest } from './exchange.ts'

/** What the 404 of a blocked request says of itself in the record. */
const status = 404
/** Routes that one notice names. */
const namedMax = 8
/** When routes are looked at after the audit was mounted: most are registered by then. */
const lookMs = 1_000

export class DebugWatch {
  readonly #runtime: Runtime
  readonly #guard: DebugGuard
  readonly #fold: DebugFold
  readonly #registered = new Set<string>()

  constructor(runtime: Runtime, rules: DebugGuardRules, proxies: Proxies) {
    const { clock, coverage } = runtime
    this.#runtime = runtime
    this.#guard = new DebugGuard({ rules, proxies, coverage, monotonicMs: () => clock.monotonic() })
    this.#fold = new DebugFold(clock, (block, facts, folded) => this.#write(block, facts, folded))
    runtime.beforeEnd(() => this.#fold.flush())
    setTimeout(() => this.lookAtRoutes(), lookMs).unref()
  }

  /** See `DebugGuard.judge`. */
  judge(req: RawRequest, target: string): DebugBlock | undefined {
    return this.#guard.judge(req, target)
  }

  /** Records what was blocked, when the request has ended. */
  record(block: DebugBlock, facts: ExchangeFacts): void {
    this.#runtime.notice(
      `DEBUG_BLOCKED_${block.rule.toUpperCase()}`,
      `requests for ${block.what} are answered 404 in production; debugGuard.allow names single paths to let through`,
    )
    this.#fold.add(block, facts)
  }

  /** Tells of registered routes that nobody can reach. Only new ones are recorded; never throws. */
  lookAtRoutes(): void {
    if (this.#runtime.closed) return
    const named: string[] = []
    for (const { method, route } of this.#runtime.coverage.report().routes) {
      const rule = this.#guard.ruleOf(route)
      if (rule === undefined) continue
      named.push(`${method} ${route}`)
      if (this.#registered.has(rule)) continue
      this.#registered.add(rule)
      this.#runtime.recordIn(
        undefined,
        'debug_endpoint_blocked',
        { reason: 'registered_route', metadata: { rule } },
        { actor: { type: 'system' } },
      )
    }
    if (named.length === 0) return
    this.#runtime.weaken('debug_routes_registered')
    const more = named.length > namedMax ? ` and ${named.length - namedMax} more` : ''
    this.#runtime.notice(
      'DEBUG_ROUTES_REGISTERED',
      `debugging routes are registered and answered 404 in production: ${named.slice(0, namedMax).join(', ')}${more}; remove them, or name them in debugGuard.allow`,
    )
  }

  #write({ rule, reason }: DebugBlock, facts: ExchangeFacts, folded?: Folded): void {
    const extra = folded === undefined ? {} : { aggregate: folded }
    this.#runtime.recordIn(facts, 'debug_endpoint_blocked', { reason, metadata: { rule, status } }, extra)
  }
}
