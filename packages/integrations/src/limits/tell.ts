/** What the integrations of rate limiters share: the options, and how a limiter's answer becomes a record. */
import type { Audit } from '@trailmark/core'
import { auditFor, type RateLimited, recordRateLimited } from '@trailmark/core/integration'

export interface LimiterOptions {
  /** Default: the audit that follows the request, else the process's own. */
  readonly audit?: Audit
  /** Your name of this limiter, at most 64 characters without spaces. Default: the library's. */
  readonly limiter?: string
  /** What the limiter counts by. Default: `per_address`. */
  readonly reason?: 'per_address' | 'per_account' | 'per_key' | 'global' | 'concurrency' | 'cost'
}

/** The options as `checkOptions` checks them. */
export const limiterOptions = {
  limiter: 'text',
  reason: ['per_address', 'per_account', 'per_key', 'global', 'concurrency', 'cost'],
} as const

/** Records that a limiter refused a request. Never throws. */
export function tellLimited(options: LimiterOptions, limited: RateLimited, request: object | undefined): void {
  try {
    const { limiter = limited.limiter, reason } = options
    recordRateLimited(auditFor(options.audit, request), { ...limited, limiter, reason }, request)
  } catch {
    // What cannot be recorded must not change what the limiter does.
  }
}

/** A count as the catalogue has it: a whole number from 0. */
export function wholeOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? Math.round(number) : undefined
}
