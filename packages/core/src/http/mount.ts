/**
 * How a middleware says that it is the audit, to somebody who holds the application before its first request.
 *
 * Koa and a Router of Express tell a middleware nothing when it is mounted, so it would learn its application with the first
 * request. `trailmark coverage` sends none: it finds the middleware by this mark and hands it the application.
 */
import type { Audit } from '../audit.ts'

const MOUNT = Symbol.for('@trailmark/core/mount/1')

export interface Mount {
  readonly audit: Audit
  /** From now on this application's routes are in the audit's coverage. Must not throw, and may be called again. */
  watch(app: object): void
}

/** Marks a middleware as the audit of a framework. Returns the same function. */
export function markMount<F extends object>(middleware: F, mount: Mount): F {
  Object.defineProperty(middleware, MOUNT, { value: mount, configurable: true })
  return middleware
}

/** The mark of a middleware, whichever copy of this package made it; undefined for any other. Never throws. */
export function mountOf(value: unknown): Mount | undefined {
  if ((typeof value !== 'function' && typeof value !== 'object') || value === null) return undefined
  try {
    const mount: unknown = Reflect.get(value, MOUNT)
    return isMount(mount) ? mount : undefined
  } catch {
    return undefined
  }
}

function isMount(value: unknown): value is Mount {
  return (
    typeof value === 'object' &&
    value !== null &&
    'audit' in value &&
    'watch' in value &&
    typeof value.watch === 'function'
  )
}
