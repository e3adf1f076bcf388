/**
 * Who acted, read from where authentication libraries leave it: `user`, `auth` and `session`.
 *
 * The values are the application's own objects, half of them filled from a token that a client sent. They are read by name,
 * one property at a time; getters that throw, proxies and endless strings cost the actor and never the request.
 */
import type { ActorInput, ActorType } from '../event.ts'
import { OwnActor } from '../own-event.ts'
import { ask } from './ask.ts'

const idCharsMax = 1_024
const rolesMax = 32
const roleCharsMax = 64
/** In the order of how sure the name is: `sub` of a token before a field somebody chose to call `uid`. */
const idNames = ['id', 'sub', 'userId', 'user_id', '_id', 'uid'] as const

/**
 * The actor, or undefined when nobody is authenticated. `source` is whatever has `user`, `auth` and `session`: Express's
 * request, Koa's `ctx.state` with the session added. `user` wins over `auth`, `auth` over `session`; a string or number
 * is the identifier itself, an object is asked for `id`, `sub`, `userId`, `user_id`, `_id` and `uid`. Roles are taken from
 * `roles` (a list) or `role`. Never throws.
 */
export function actorFrom(source: object): ActorInput | undefined {
  return (
    fromIdentity(field(source, 'user')) ??
    fromIdentity(field(source, 'auth')) ??
    fromIdentity(field(field(source, 'auth'), 'payload')) ??
    fromIdentity(field(field(source, 'auth'), 'user')) ??
    fromSession(field(source, 'session'))
  )
}

const actorTypes: ReadonlySet<string> = new Set(['user', 'service', 'api_key', 'system', 'agent', 'anonymous'])

/**
 * What an application answered when asked for the actor, as plain values: what has another type is left out, and an answer
 * that is no actor at all (a promise, a string) is none. Never throws.
 */
export function plainActor(question: () => unknown): ActorInput | undefined {
  const answer = ask(question)
  if (typeof answer !== 'object' || answer === null) return undefined
  try {
    // All members at once, which is what the engine is quick at.
    return actorOf(answer)
  } catch {
    // Of an object with a getter that throws, the members that do not.
    return actorOf(Object.fromEntries(memberNames.map((name) => [name, field(answer, name)])))
  }
}

/** What an answer may say. */
interface Members {
  readonly id?: unknown
  readonly type?: unknown
  readonly sessionRef?: unknown
  readonly authMethod?: unknown
  readonly onBehalfOf?: unknown
  readonly mfa?: unknown
  readonly proved?: unknown
  readonly roles?: unknown
  readonly role?: unknown
}

const memberNames = ['id', 'type', 'sessionRef', 'authMethod', 'onBehalfOf', 'mfa', 'proved', 'roles', 'role'] as const

function actorOf({
  id: named,
  type,
  sessionRef,
  authMethod,
  onBehalfOf,
  mfa,
  proved,
  roles,
  role,
}: Members): OwnActor | undefined {
  const id = identifier(named)
  const known = typeof type === 'string' && actorTypes.has(type)
  if (id === undefined && !known) return undefined
  return new OwnActor({
    id,
    type: known ? (type as ActorType) : undefined,
    sessionRef: shortText(sessionRef),
    authMethod: shortText(authMethod),
    onBehalfOf: shortText(onBehalfOf),
    mfa: typeof mfa === 'boolean' ? mfa : undefined,
    proved: typeof proved === 'boolean' ? proved : undefined,
    roles: rolesIn(roles, role),
  })
}

function shortText(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= idCharsMax ? value : undefined
}

function fromIdentity(identity: unknown): ActorInput | undefined {
  const direct = identifier(identity)
  if (direct !== undefined) return { id: direct }
  for (const name of idNames) {
    const id = identifier(field(identity, name))
    if (id === undefined) continue
    const roles = rolesOf(identity)
    return roles === undefined ? { id } : { id, roles }
  }
  return undefined
}

/** A session names its user in few ways; its own `id` is the session's and must not become the actor. */
function fromSession(session: unknown): ActorInput | undefined {
  const id = identifier(field(session, 'userId')) ?? identifier(field(session, 'user_id'))
  if (id !== undefined) return { id }
  return fromIdentity(field(session, 'user')) ?? fromIdentity(field(field(session, 'passport'), 'user'))
}

/** Undefined where there are none. */
function rolesOf(identity: unknown): readonly string[] | undefined {
  const roles = field(identity, 'roles')
  return rolesIn(roles, isList(roles) ? undefined : field(identity, 'role'))
}

function rolesIn(roles: unknown, role: unknown): readonly string[] | undefined {
  const listed = isList(roles)
  if (!listed && role === undefined) return undefined
  const list = listed ? roles : [role]
  const names: string[] = []
  for (let i = 0; names.length < rolesMax && i < Math.min(lengthOf(list), 4 * rolesMax); i++) {
    const role = field(list, String(i))
    if (typeof role === 'string' && role.length > 0 && role.length <= roleCharsMax) names.push(role)
  }
  return names.length === 0 ? undefined : names
}

/** A string or a number that can name somebody; identifiers of document databases are asked for their hex form. */
function identifier(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > 0 && value.length <= idCharsMax ? value : undefined
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  if (typeof value === 'bigint') return value.toString()
  const toHexString = field(value, 'toHexString')
  if (typeof toHexString !== 'function') return undefined
  try {
    const hex: unknown = Reflect.apply(toHexString, value, [])
    return typeof hex === 'string' ? identifier(hex) : undefined
  } catch {
    return undefined
  }
}

function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value)
  } catch {
    return false // A revoked proxy.
  }
}

function lengthOf(list: readonly unknown[]): number {
  const length = field(list, 'length')
  return typeof length === 'number' ? length : 0
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return Reflect.get(value, name)
  } catch {
    return undefined
  }
}
