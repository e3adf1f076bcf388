/** How adapters ask whether a request is for a debugging endpoint, before anything of the application runs. */
import type { Audit } from '../audit.ts'
import { runtimeOf } from '../runtime.ts'
import type { DebugBlock } from './debug-guard-patterns.ts'
import type { RawRequest } from './exchange.ts'
import { settingsOf } from './settings.ts'

/**
 * Why the framework's own 404 has to answer this request; undefined lets it through, which outside production is always.
 * `target` is the request target, `rewritten` what the framework routes by, where that is something else. Never throws.
 *
 *     const block = findDebugBlock(audit, req, req.originalUrl, req.url)
 */
export function findDebugBlock(
  audit: Audit,
  req: RawRequest,
  target: string | undefined,
  rewritten?: string,
): DebugBlock | undefined {
  const { guard } = settingsOf(runtimeOf(audit))
  if (guard === undefined || target === undefined) return undefined
  const found = guard.judge(req, target)
  return found !== undefined || rewritten === undefined || rewritten === target ? found : guard.judge(req, rewritten)
}

/** For frameworks that say when all routes are registered: tells of debugging routes among them, in production. */
export function lookAtDebugRoutes(audit: Audit): void {
  settingsOf(runtimeOf(audit)).guard?.lookAtRoutes()
}
