/** The audit of a process that made none: `app.use(auditMiddleware())` and nothing else. */
import { type Audit, createAudit } from './audit.ts'
import { runtimeOf } from './runtime.ts'

const DEFAULT = Symbol.for('@trailmark/core/audit/1')

/**
 * The audit that adapters share when none is given: made with no options on first use, one per process, whichever copy of
 * this package asks. Once it was closed the next call makes a new one. Throws as `createAudit()` does.
 */
export function defaultAudit(): Audit {
  const found: unknown = Reflect.get(globalThis, DEFAULT)
  if (isOpenAudit(found)) return found
  const made = createAudit()
  Object.defineProperty(globalThis, DEFAULT, { value: made, configurable: true })
  return made
}

function isOpenAudit(value: unknown): value is Audit {
  try {
    return typeof value === 'object' && value !== null && !runtimeOf(value).closed
  } catch {
    return false
  }
}
