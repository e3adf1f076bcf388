/**
 * A store of sessions, looked on at: express-session, @fastify/session and koa-session ask theirs in the same three words,
 * `get`, `set` and `destroy`, with a callback or a promise. What it means is in `session-watch.ts`.
 */
import { type ActorInput, type Audit, AuditError } from '@trailmark/core'
import { type AnyFunction, actorFrom, ask, wrapOnce } from '@trailmark/core/integration'
import { checkOptions } from '../check-options.ts'
import { memberOf } from '../member.ts'
import { type Ended, SessionWatch } from './session-watch.ts'
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

/** What is known of the library that uses the store. */
export interface SessionLibrary {
  /** The call to name in an error. */
  readonly where: string
  /** When what the store gives has expired, where the library itself looks. */
  readonly expiryOf?: (stored: unknown) => unknown
  /** The library puts a function on the store that makes a session for a request. */
  readonly generates?: true
}

/** Looks on at `store`, once. */
export function watchSessions<S extends SessionStoreLike>(
  store: S,
  options: SessionOptions,
  { where, expiryOf = () => undefined, generates }: SessionLibrary,
): S {
  checkOptions(where, options, { user: 'function' })
  const { audit, user } = options
  for (const name of ['get', 'set', 'destroy'])
    if (typeof memberOf(store, name) !== 'function')
      throw new AuditError(
        'AUDIT_LIBRARY_UNKNOWN',
        `${where}: expected a store of sessions; there is no method ${name}()`,
      )
  const watch = new SessionWatch(audit, (session) => whose(session, user), expiryOf, generates === true)
  if (!wrapOnce(where, store, 'get', (inner) => looking(inner, (id) => watch.got(id)))) return store
  wrapOnce(where, store, 'set', (inner) => looking(inner, (id, session) => watch.set(id, session)))
  wrapOnce(where, store, 'destroy', (inner) => looking(inner, (id) => watch.destroy(id)))
  if (typeof memberOf(store, 'clear') === 'function')
    wrapOnce(where, store, 'clear', (inner) => looking(inner, () => watch.clear()))
  if (generates) tellsMade(store, (id) => watch.made(id))
  return store
}

/** The function may be put there after us or before. */
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

/** Calls `begin` with the first two arguments, and what that gives with the end. */
function looking(inner: AnyFunction, begin: (first: unknown, second: unknown) => Ended | undefined): AnyFunction {
  return function (this: unknown, ...given) {
    const ended = ask(() => begin(given[0], given[1])) as Ended | undefined
    return ended === undefined ? Reflect.apply(inner, this, given) : watchAnswer(inner, this, given, ended)
  }
}
