/**
 * The records of somebody coming in, failing to, and leaving: each once in a request, however many libraries see it.
 *
 * Who came in is what the application itself says of the request by then, so that a login and what follows it carry the same
 * name. Of a failure the name is only claimed. The session's identifier is named twice, as the actor's session and as a
 * target: somebody else may end that session later.
 */
import { type ActorInput, type Audit, type BuiltInEvents, currentContext, type MetadataInput } from '@trailmark/core'
import { actorFrom, ask, auditFor, claim, findViewOf, recordDynamic } from '@trailmark/core/integration'

type LoginMetadata = MetadataInput<BuiltInEvents['login_success']['metadata']>
/** Why a login failed, in the catalogue's words. */
export type LoginFailureReason = BuiltInEvents['login_failure']['reasons'][number]
/** How somebody proved who they are, in the catalogue's words. */
export type LoginMethod = NonNullable<LoginMetadata['method']>

export interface LoginFacts {
  readonly audit?: Audit | undefined
  readonly request?: object | undefined
  /** Who it is as the library knows it; what the application says of the request comes first. */
  readonly actor?: ActorInput | undefined
  readonly sessionId?: unknown
  readonly method?: LoginMethod | undefined
  /** The session goes on under the identifier it had before. */
  readonly sessionKept?: boolean | undefined
  /** The identity provider or the strategy, where its name says more than the method. */
  readonly provider?: string | undefined
}

/** Requests in which a login failed that we told: a second try in the same request may still succeed. */
const failedIn = new WeakSet<object>()

/** Records `login_success`, unless this request's login is on record. Never throws. */
export function tellLogin(facts: LoginFacts): void {
  ask(() => {
    const { request } = facts
    const first = claim('login', request)
    if (!first && !failedIn.delete(placeOf(request))) return
    const actor = withSession(whoIs(facts), facts.sessionId)
    recordDynamic(auditFor(facts.audit, request), 'login_success', {
      ...(request === undefined ? {} : { request }),
      ...(actor === undefined ? {} : { actor }),
      ...sessionTarget(facts.sessionId),
      metadata: metadataOf(facts),
    })
  })
}

/** Records `login_failure`, unless this request's login is on record. `actor.proved` is false where the name is only claimed. */
export function tellLoginFailure(facts: LoginFacts, reason: LoginFailureReason | undefined): void {
  ask(() => {
    const { request, actor } = facts
    if (!claim('login', request)) return
    failedIn.add(placeOf(request))
    recordDynamic(auditFor(facts.audit, request), 'login_failure', {
      ...(request === undefined ? {} : { request }),
      actor: actor ?? {},
      ...(reason === undefined ? {} : { reason }),
      metadata: metadataOf(facts),
    })
  })
}

/** Records `logout` of `facts.actor`, unless this request's is on record; a session of nobody ends unseen. Never throws. */
export function tellLogout(facts: LoginFacts, failed = false): void {
  ask(() => {
    const { request, actor } = facts
    if (actor === undefined || !claim('logout', request)) return
    recordDynamic(auditFor(facts.audit, request), 'logout', {
      ...(request === undefined ? {} : { request }),
      actor: withSession(actor, facts.sessionId),
      ...sessionTarget(facts.sessionId),
      ...(failed ? { outcome: 'failure' as const } : { reason: 'by_user' as const }),
    })
  })
}

/** Who the application says is behind this request now; else who `user` is. */
export function whoNow(request: object | undefined, user?: unknown): ActorInput | undefined {
  const said = request === undefined ? undefined : ask(() => findViewOf(request)?.actor())
  return (said as ActorInput | undefined) ?? (user === undefined ? undefined : actorFrom({ user }))
}

/** `session` as a target, to be found again by its token when somebody else ends it. */
export function sessionTarget(sessionId: unknown): { readonly targets?: readonly [{ type: 'session'; id: string }] } {
  return typeof sessionId === 'string' && sessionId !== '' ? { targets: [{ type: 'session', id: sessionId }] } : {}
}

/** One object for all forms of one request. */
function placeOf(request: object | undefined): object {
  return (request === undefined ? undefined : findViewOf(request)?.context) ?? currentContext() ?? request ?? {}
}

function whoIs({ request, actor }: LoginFacts): ActorInput | undefined {
  return whoNow(request) ?? actor
}

function withSession<A extends ActorInput | undefined>(actor: A, sessionId: unknown): A | ActorInput {
  return actor === undefined || typeof sessionId !== 'string' ? actor : { ...actor, sessionRef: sessionId }
}

function metadataOf({ method, provider, sessionKept }: LoginFacts): LoginMetadata {
  return {
    ...(method === undefined ? {} : { method }),
    ...(provider === undefined ? {} : { provider }),
    ...(sessionKept === true ? { session_kept: true } : {}),
  }
}
