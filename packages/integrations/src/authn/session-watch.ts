/**
 * What becomes of the sessions in one store, as it is asked for them.
 *
 * A session that a client presents and the store does not have is `session_expired`, once for each identifier: browsers keep
 * sending it. What a request does to a session of its own is told when the request ends (`session-visit.ts`); one that is
 * not its own was revoked. Identifiers of sessions are stored as tokens.
 */
import { type ActorInput, type Audit, currentContext, type RequestContext, runInContext } from '@trailmark/core'
import { atEnd, auditFor, type CallEnd, findViewOf, recordOnce } from '@trailmark/core/integration'
import { memberOf } from '../member.ts'
import { BoundedSet } from './bounded-set.ts'
import { type Seen, SessionVisit, tellRevoked } from './session-visit.ts'
import { sessionTarget } from './tell-login.ts'
import { textIn } from './text.ts'

/** Told how a question to the store ended. */
export type Ended = (end: CallEnd) => void

const rememberedMax = 10_000

export class SessionWatch {
  /** The library says which identifiers it makes. */
  readonly #tellsMade: boolean
  readonly #audit: Audit | undefined
  readonly #whose: (session: unknown) => ActorInput | undefined
  readonly #expiryOf: (stored: unknown) => unknown
  readonly #visits = new WeakMap<RequestContext, SessionVisit>()
  /** Ended, and on record as that or not worth it: a browser goes on sending the cookie. */
  readonly #over = new BoundedSet(rememberedMax)
  /** Read where no audit follows the request: whose they were before is not known. */
  readonly #unseen = new BoundedSet(rememberedMax)

  constructor(
    audit: Audit | undefined,
    whose: (session: unknown) => ActorInput | undefined,
    expiryOf: (stored: unknown) => unknown,
    tellsMade: boolean,
  ) {
    this.#audit = audit
    this.#whose = whose
    this.#expiryOf = expiryOf
    this.#tellsMade = tellsMade
  }

  got(given: unknown): Ended | undefined {
    const id = textIn(given)
    const context = followed()
    if (id === undefined) return undefined
    if (context === undefined) {
      this.#unseen.add(id)
      return undefined
    }
    // The first is the one that the client presented; the others are asked for by the application.
    const visit = this.#visit(context)
    if (visit.looked) return undefined
    visit.looked = true
    visit.asking = id
    return (end) => {
      visit.asking = undefined
      const stored = end.failed ? undefined : end.value
      if (end.failed && memberOf(end.error, 'code') !== 'ENOENT') return
      const actor = stored ? this.#whose(stored) : undefined
      const expired = stored ? isPast(this.#expiryOf(stored)) : true
      if (!expired) visit.before = { id, actor }
      else if (this.#over.add(id)) this.#tellExpired(context, { id, actor }, stored !== undefined && stored !== null)
    }
  }

  set(given: unknown, session: unknown): Ended | undefined {
    const id = textIn(given)
    const context = followed()
    if (id === undefined || context === undefined || this.#unseen.has(id)) return undefined
    const saved = { id, actor: this.#whose(session) }
    return ({ failed }) => {
      const visit = this.#visit(context)
      visit.unsaved = failed && saved.actor?.id !== undefined
      if (failed) return
      visit.saved = saved
      this.#settle(context)
    }
  }

  /** Outside of any request it is mostly a store that clears up, which revokes nothing. */
  destroy(given: unknown): Ended | undefined {
    const id = textIn(given)
    const context = followed()
    if (id === undefined || context === undefined || this.#over.has(id)) return undefined
    // A store that finds it expired while it is asked for it: the answer will say so.
    if (this.#visits.get(context)?.asking === id) return undefined
    return ({ failed }) => {
      if (failed || !this.#over.add(id)) return
      const visit = this.#visit(context)
      // Libraries also destroy what was never saved; where they do not say what they made, the first is taken for that.
      if (visit.current === undefined && !this.#tellsMade) visit.made ??= id
      if (id === visit.made && visit.current !== id) return
      if (visit.current !== id) visit.others.add(id)
      else {
        visit.destroyed = true
        visit.saved = undefined
      }
      this.#settle(context)
    }
  }

  /** The library made this identifier for the request: nobody else has a session of that name. */
  made(given: unknown): void {
    const id = textIn(given)
    const context = followed()
    if (id !== undefined && context !== undefined) this.#visit(context).made = id
  }

  clear(): Ended | undefined {
    const context = followed()
    if (context === undefined) return undefined
    return ({ failed }) => (failed ? undefined : tellRevoked(auditFor(this.#audit, context), context, []))
  }

  #visit(context: RequestContext): SessionVisit {
    const visit = this.#visits.get(context) ?? new SessionVisit()
    this.#visits.set(context, visit)
    return visit
  }

  /** Has the visit judged when the request ends; at once where it has ended already. */
  #settle(context: RequestContext): void {
    const visit = this.#visit(context)
    if (visit.awaited) return
    const tell = (): void => visit.tell(auditFor(this.#audit, context), context)
    visit.awaited = atEnd(() => {
      visit.awaited = false
      tell()
    }, context)
    if (!visit.awaited) tell()
  }

  /** `known` says that the store had it still. */
  #tellExpired(context: RequestContext, { id, actor }: Seen, known: boolean): void {
    runInContext(context, () => {
      recordOnce(auditFor(this.#audit, context), 'session:expired', 'session_expired', {
        request: context,
        actor: { ...actor, sessionRef: id },
        ...(known ? { reason: 'expired' as const } : {}),
        ...sessionTarget(id),
      })
    })
  }
}

/** The context of the request in progress, if an audit follows it. */
function followed(): RequestContext | undefined {
  const context = currentContext()
  return context !== undefined && findViewOf(context) !== undefined ? context : undefined
}

function isPast(expiry: unknown): boolean {
  if (expiry === undefined || expiry === null) return false
  const timeMs = typeof expiry === 'string' ? Date.parse(expiry) : Number(expiry)
  return timeMs <= Date.now()
}
