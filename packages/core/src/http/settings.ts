/** What following a request needs of its audit, put together once per audit and not once per request. */
import { compileProxies, type Proxies } from '../capture/client-ip.ts'
import type { TraceSettings } from '../capture/open-context.ts'
import type { Runtime } from '../runtime.ts'
import { createOpenings, type Openings } from './opening.ts'

export interface FollowSettings {
  readonly trace: TraceSettings
  readonly proxies: Proxies
  readonly openings: Openings
}

const known = new WeakMap<Runtime, FollowSettings>()

export function settingsOf(runtime: Runtime): FollowSettings {
  let settings = known.get(runtime)
  if (settings === undefined) {
    const { clock, options } = runtime
    settings = {
      trace: {
        trust: options.trust,
        tokenOf: (purpose, value) => runtime.tokenOf(purpose, value),
        clock,
        notice: (code, message) => runtime.notice(code, message),
      },
      proxies: compileProxies(options.proxies),
      openings: createOpenings(() => clock.monotonic(), options.limits.openingMs),
    }
    known.set(runtime, settings)
  }
  return settings
}
