/**
 * A store of sessions, looked on at: express-session, @fastify/session and koa-session ask theirs in the same three words,
 * `get`, `set` and `destroy`, with a callback or a promise.
 *
 * A session that a client presents and the store does not have is `session_expired`, once for each identifier: browsers keep
 * sending it. What a request does to a session of its own is told when the request ends (`session-visit.ts`); one that is
 * not its own was revoked. Identifiers of sessions are stored as tokens.
 */
import {
  type ActorInput,
  type Audit,
  AuditError,
  currentContext,
  type RequestContext,
  runInContext,
} from '@trailmark/core'
import {
  type AnyFunction,
  actorFrom,
  ask,
  atEnd,
  auditFor,
  type CallEnd,
  findViewOf,
  recordOnce,
  wrapOnce,
} from '@trailmark/core/integration'
import { memberOf } from '../member.ts'
import { BoundedSet } from './bounded-set.ts'
import { type Seen, SessionVisit, tellRevoked } from './session-visit.ts'
import { sessionTarget } from './tell-login.ts'
import { textIn } from './text.ts'
import { watchAnswer } from './watch-answer.ts'

/** What is called of a store. */
export interface SessionStoreLike {
  get(...given: never[]): unknown
  set(...given: never[]): unknown
  destroy(...given: never[]): unknown
}

export interface SessionOptions {
  /** Default: the audit that follows the request. */
  readonly audit?: Audit
  /** Whose session it is: an identifier, or an object that has one. Default: `userId`, `user` or passport's. */
  user?(session: unknown): unknown
}

const rememberedMax = 10_000

/** Looks on at `store`, once. `expiryOf` tells when what the store gives has expired, where the library itself looks. */
export function watchSessions<S extends SessionStoreLike>(
  where: string,
  store: S,
  { audit, user }: SessionOptions,
  expiryOf: (stored: unknown) => unknown = () => undefined,
): S {
  if (user !== undefined && typeof user !== 'function')
    throw new AuditError('AUDIT_OPTION_INVALID', `${where}: user must be a function`)
  for (const name of ['get', 'set', 'destroy'])
    if (typeof memberOf(store, name) !== 'function')
      throw new AuditError(
        'AUDIT_LIBRARY_UNKNOWN',
        `${where}: expected a store of sessions; there is no method ${name}()`,
      )
  const watch = new SessionWatch(audit, (session) => whose(session, user), expiryOf)
  if (!wrapOnce(where, store, 'get', (inner) => looking(inner, (id) => watch.got(id)))) return store
  wrapOnce(where, store, 'set', (inner) => looking(inner, (id, session) => watch.set(id, session)))
  wrapOnce(where, store, 'destroy', (inner) => looking(inner, (id) => watch.destroy(id)))
  if (typeof memberOf(store, 'clear') === 'function')
    wrapOnce(where, store, 'clear', (inner) => looking(inner, () => watch.clear()))
  tellsMade(store, (id) => watch.made(id))
  return store
}

/** express-session puts a function on the store that makes a session for a request, and does so after us or before. */
function tellsMade(store: object, made: (id: unknown) => void): void {
  const around = (inner: unknown): unknown => {
    if (typeof inner !== 'function') return inner
    return function (this: unknown, ...given: unknown[]): unknown {
      const result: unknown = Reflect.apply(inner, this, given)
      ask(() => made(memberOf(given[0], 'sessionID')))
      return result
    }
  }
  let generate = around(memberOf(store, 'generate'))
  Object.defineProperty(store, 'generate', {
    configurable: true,
    enumerable: true,
    get: () => generate,
    set: (next: unknown) => {
      generate = around(next)
    },
  })
}

function whose(session: unknown, user: SessionOptions['user']): ActorInput | undefined {
  return user === undefined ? actorFrom({ session }) : actorFrom({ user: ask(() => user(session)) })
}

type Ended = (end: CallEnd) => void

/** Calls `begin` with the first two arguments, and what that gives with the end. */
function looking(inner: AnyFunction, begin: (first: unknown, second: unknown) => Ended | undefined): AnyFunction {
  return function (this: unknown, ...given) {
    const ended = ask(() => begin(given[0], given[1])) as Ended | undefined
    return ended === undefined ? Reflect.apply(inner, this, given) : watchAnswer(inner, this, given, ended)
  }
}

class SessionWatch {
  /** The library says which identifiers it makes. */
  tellsMade = false
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
  ) {
    this.#audit = audit
    this.#whose = whose
    this.#expiryOf = expiryOf
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
    return (end) => {
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
      if (failed) return
      this.#visit(context).saved = saved
      this.#settle(context)
    }
  }

  destroy(given: unknown): Ended | undefined {
    const id = textIn(given)
    if (id === undefined || this.#over.has(id)) return undefined
    const context = followed()
    return ({ failed }) => {
      if (failed || !this.#over.add(id)) return
      if (context === undefined) return tellRevoked(auditFor(this.#audit), undefined, [id])
      const visit = this.#visit(context)
      // Libraries also destroy what was never saved; where they do not say what they made, the first is taken for that.
      if (visit.current === undefined && !this.tellsMade) visit.made ??= id
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
    this.tellsMade = true
    const id = textIn(given)
    const context = followed()
    if (id !== undefined && context !== undefined) this.#visit(context).made = id
  }

  clear(): Ended | undefined {
    const context = followed()
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
