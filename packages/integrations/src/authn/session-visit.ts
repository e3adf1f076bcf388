/**
 * The session of one request, as its store saw it: whose it was when the request came, and whose it is when it ends.
 *
 *     nobody's → somebody's                      login_success
 *     somebody's → nobody's                      logout
 *     somebody's → the same, by another name     session_expired, rotated
 *
 * Judged at the end, because libraries give a session another identifier in several steps: the old one is destroyed before
 * the new one is saved, and passport takes the user out before it does either.
 */
import type { ActorInput, Audit } from '@trailmark/core'
import { recordOnce } from '@trailmark/core/integration'
import { sessionTarget, tellLogin, tellLogout } from './tell-login.ts'

/** A session and its user. */
export interface Seen {
  readonly id: string
  readonly actor: ActorInput | undefined
}

export class SessionVisit {
  /** The store was asked for what the client presented. */
  looked = false
  /** What it is asked for, until it answers. */
  asking: string | undefined
  /** The session as the request found it. */
  before: Seen | undefined
  /** The identifier that was made for this request last. */
  made: string | undefined
  /** The session as it was saved last. */
  saved: Seen | undefined
  /** The store destroyed what the request had found. */
  destroyed = false
  /** Somebody's session could not be saved: that the one before is gone is no logout. */
  unsaved = false
  /** Sessions that this request ended and that are not its own. */
  readonly others = new Set<string>()
  /** It will be judged when the request ends. */
  awaited = false

  /** The session that the request works with. */
  get current(): string | undefined {
    return this.saved?.id ?? this.before?.id
  }

  /** Says what became of it. `request` is any form of the request that `findViewOf()` knows. */
  tell(audit: Audit, request: object): void {
    const { before, saved, destroyed } = this
    const was = before?.actor
    const is = saved === undefined && !destroyed ? was : saved?.actor
    if (is?.id !== undefined && is.id !== was?.id)
      tellLogin({
        audit,
        request,
        actor: is,
        sessionId: saved?.id,
        method: 'session',
        sessionKept: saved?.id === before?.id,
      })
    else if (was?.id !== undefined && is?.id === undefined && !this.unsaved)
      tellLogout({ audit, request, actor: was, sessionId: before?.id })
    else if (was !== undefined && before !== undefined && destroyed) {
      recordOnce(audit, 'session:rotated', 'session_expired', {
        request,
        actor: { ...was, sessionRef: before.id },
        reason: 'rotated',
        ...sessionTarget(before.id),
      })
    }
    this.before = saved ?? (destroyed ? undefined : before)
    this.saved = undefined
    this.destroyed = false
    if (this.others.size > 0) tellRevoked(audit, request, [...this.others])
    this.others.clear()
  }
}

/** Sessions ended from elsewhere: the last 20 by name, all of them by number. */
export function tellRevoked(audit: Audit, request: object, ids: readonly string[]): void {
  recordOnce(audit, 'session:revoked', 'session_revoked', {
    request,
    targets: ids.slice(-20).map((id) => ({ type: 'session', id })),
    ...(ids.length === 0 ? {} : { metadata: { sessions: ids.length } }),
  })
}
