/**
 * What an answer says by its status alone: somebody unknown, somebody refused, something broken.
 *
 * These are the records a request owes although nobody wrote a line for it. Where the application told its own story of the
 * decision already, the automatic one is left out by the caller: two records of one refusal would count twice.
 */
import type { ActorInput, Category, EventInput } from '../event.ts'
import type { RawRequest } from './exchange.ts'

/** What the answer is judged by, besides its status. */
export interface Owing {
  readonly req: RawRequest
  readonly actor: ActorInput | undefined
  /** Header and cookie names in lower case. */
  readonly credentials: ReadonlySet<string>
  /** What the route is declared to need. */
  readonly permission: string | undefined
}

export interface OwedRecord {
  readonly type: 'invalid_token_presented' | 'authz_deny' | 'application_error'
  readonly event: EventInput
  /** Records of these categories, made by the application in the same exchange, tell the same and replace this one. */
  readonly replacedBy: readonly Category[]
}

/** The record that an answer with this status owes, if any. */
export function recordOwed(status: number | undefined, owing: Owing): OwedRecord | undefined {
  if (status === 401) {
    if (presentsCredential(owing.req, owing.credentials)) {
      return { type: 'invalid_token_presented', event: {}, replacedBy: ['authn', 'authz', 'security'] }
    }
    return { type: 'authz_deny', event: denied('unauthenticated', owing), replacedBy: ['authn', 'authz'] }
  }
  if (status === 403) return { type: 'authz_deny', event: denied('forbidden', owing), replacedBy: ['authn', 'authz'] }
  if (status !== undefined && status >= 500)
    return { type: 'application_error', event: {}, replacedBy: ['application'] }
  return undefined
}

function denied(reason: string, owing: Owing): EventInput {
  return { outcome: 'denied', reason, decision: { effect: 'deny', ...decidedOn(owing) } }
}

/**
 * What a route with a declared permission did not refuse. Recorded where a rule of the policy names `authz_allow`: an answer
 * that is no success and no refusal says nothing of who was allowed, and a redirection may be one to a login.
 */
export function allowanceOf(status: number | undefined, owing: Owing): EventInput | undefined {
  if (owing.permission === undefined || status === undefined) return undefined
  if (status < 200 || (status >= 300 && status !== 304)) return undefined
  return { reason: 'permission', decision: { effect: 'allow', ...decidedOn(owing) } }
}

function decidedOn({ actor, permission }: Owing): { permission?: string; rolesEvaluated?: readonly string[] } {
  const roles = actor?.roles
  return {
    ...(permission === undefined ? {} : { permission }),
    ...(roles === undefined ? {} : { rolesEvaluated: roles }),
  }
}

/** Authorization, or a header or cookie that the application declared to carry a credential. Presence counts, not the value. */
export function presentsCredential(req: Pick<RawRequest, 'headers'>, credentials: ReadonlySet<string>): boolean {
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
