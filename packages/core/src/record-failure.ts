/** A failure outside of any request, on record: of a job, of a message, of a stream. */
import type { Audit } from './audit.ts'
import { currentContext } from './context.ts'
import type { Receipt } from './receipt.ts'
import { runtimeOf } from './runtime.ts'

/**
 * Records `application_error` with the skeleton of what was thrown, in the context in progress. Never throws; the error's own words
 * are not kept.
 */
export function recordFailure(audit: Audit, error: unknown, origin: 'job' | 'stream' | 'other'): Receipt {
  const context = currentContext()
  return runtimeOf(audit).recordIn(context, 'application_error', { reason: 'handled', metadata: { origin } }, { error })
}
