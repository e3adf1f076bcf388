/**
 * What an answer says by its status alone: somebody unknown, somebody refused, something broken.
 *
 * These are the records a request owes although nobody wrote a line for it. Where the application told its own story of the
 * decision already, the automatic one is left out by the caller: two records of one refusal would count twice.
 */
import type { ActorInput, Category, EventInput } from '../event.ts'
import type { RawRequest } from './exchange.ts'

export interface OwedRecord {
  readonly type: 'invalid_token_presented' | 'authz_deny' | 'application_error'
  readonly event: EventInput
  /** Records of these categories, made by the application in the same exchange, tell the same and replace this one. */
  readonly replacedBy: readonly Category[]
}

/** The record that an answer with this status owes, if any. `credentials` are header and cookie names in lower case. */
export function recordOwed(
  status: number | undefined,
  req: RawRequest,
  actor: ActorInput | undefined,
  credentials: ReadonlySet<string>,
): OwedRecord | undefined {
  if (status === 401) {
    if (presentsCredential(req, credentials)) {
      return { type: 'invalid_token_presented', event: {}, replacedBy: ['authn', 'authz', 'security'] }
    }
    return { type: 'authz_deny', event: denied('unauthenticated', actor), replacedBy: ['authn', 'authz'] }
  }
  if (status === 403) return { type: 'authz_deny', event: denied('forbidden', actor), replacedBy: ['authn', 'authz'] }
  if (status !== undefined && status >= 500)
    return { type: 'application_error', event: {}, replacedBy: ['application'] }
  return undefined
}

function denied(reason: string, actor: ActorInput | undefined): EventInput {
  const roles = actor?.roles
  return {
    outcome: 'denied',
    reason,
    decision: roles === undefined ? { effect: 'deny' } : { effect: 'deny', rolesEvaluated: roles },
  }
}

/** Authorization, or a header or cookie that the application declared to carry a credential. Presence counts, not the value. */
export function presentsCredential(req: RawRequest, credentials: ReadonlySet<string>): boolean {
  const { headers } = req
  if (headers.authorization !== undefined) return true
  const cookies = typeof headers.cookie === 'string' ? headers.cookie.toLowerCase() : ''
  for (const name of credentials) {
    const lower = name.toLowerCase()
    if (headers[lower] !== undefined || hasCookie(cookies, lower)) return true
  }
  return false
}

/** Walks the Cookie header without splitting it: its length is the client's choice. */
function hasCookie(cookies: string, name: string): boolean {
  for (let from = cookies.indexOf(name); from !== -1; from = cookies.indexOf(name, from + 1)) {
    const before = from === 0 ? ';' : cookies[from - 1]
    if ((before === ';' || before === ' ') && cookies[from + name.length] === '=') return true
  }
  return false
}
