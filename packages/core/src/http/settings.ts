/** What following a request needs of its audit, put together once per audit and not once per request. */
import { compileProxies, type Proxies } from '../capture/client-ip.ts'
import type { TraceSettings } from '../capture/open-context.ts'
import type { Runtime } from '../runtime.ts'
import { DebugWatch } from './debug-guard-watch.ts'
import { createOpenings, type Openings } from './opening.ts'

export interface FollowSettings {
  readonly trace: TraceSettings
  readonly proxies: Proxies
  readonly openings: Openings
  /** Undefined outside production. */
  readonly guard: DebugWatch | undefined
}

const known = new WeakMap<Runtime, FollowSettings>()

export function settingsOf(runtime: Runtime): FollowSettings {
  let settings = known.get(runtime)
  if (settings === undefined) {
    const { clock, options } = runtime
    const proxies = compileProxies(options.proxies)
    settings = {
      trace: {
        trust: options.trust,
        tokenOf: (purpose, value) => runtime.tokenOf(purpose, value),
        clock,
        notice: (code, message) => runtime.notice(code, message),
      },
      proxies,
      openings: createOpenings(() => clock.monotonic(), options.limits.openingMs),
      guard: options.debugGuard && new DebugWatch(runtime, options.debugGuard, proxies),
    }
    known.set(runtime, settings)
  }
  return settings
}
