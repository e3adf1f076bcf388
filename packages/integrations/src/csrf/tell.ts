/** What the integrations of CSRF protections share: how a refused request becomes one record. */
import type { Audit } from '@trailmark/core'
import { auditFor, recordOnce } from '@trailmark/core/integration'
import { memberOf } from '../member.ts'

export interface CsrfOptions {
  /** Default: the audit that follows the request, else the process's own. */
  readonly audit?: Audit
}

const originCharsMax = 300
/** Where clients usually leave the token; a protection told to look elsewhere finds it where these do not look. */
const headerNames = ['csrf-token', 'xsrf-token', 'x-csrf-token', 'x-xsrf-token']
const bodyNames = ['_csrf', 'csrf', 'csrfToken', 'csrf_token']

/** Records that a request was refused for its CSRF token, once for each request. Never throws. */
export function tellRefused(options: CsrfOptions, request: object, status: unknown): void {
  try {
    const origin = memberOf(memberOf(request, 'headers'), 'origin')
    const metadata = {
      ...(typeof origin === 'string' && origin.length <= originCharsMax ? { origin } : {}),
      ...(typeof status === 'number' ? { status } : {}),
    }
    const reason = hasToken(request) ? 'invalid_token' : 'missing_token'
    recordOnce(auditFor(options.audit, request), 'csrf', 'csrf_validation_failed', { reason, metadata, request })
  } catch {
    // What cannot be recorded must not change what the protection does.
  }
}

/** Presence counts, not the value. */
function hasToken(request: object): boolean {
  const headers = memberOf(request, 'headers')
  const body = memberOf(request, 'body')
  return (
    headerNames.some((name) => memberOf(headers, name) !== undefined) ||
    bodyNames.some((name) => memberOf(body, name) !== undefined)
  )
}
