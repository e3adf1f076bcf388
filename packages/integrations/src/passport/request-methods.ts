/**
 * `req.login()` and `req.logout()`, looked on at. Passport puts them on a request unless they are there already, so ours are
 * put there first: functions made once around the library's own, not once for each request.
 */
import { type AnyFunction, isWrapped, wrapOnce } from '@trailmark/core/integration'
import { type LoginFacts, tellLogin, tellLoginFailure, tellLogout, whoNow } from '../authn/tell-login.ts'
import { watchAnswer } from '../authn/watch-answer.ts'
import { memberOf } from '../member.ts'
import { Attempt } from './attempt.ts'
import type { PassportSettings } from './settings.ts'

/** Puts both on a request, under both spellings. */
export type Prepare = (req: object) => void

/** `pristine` is a request on which the library has put its own. */
export function requestMethods(pristine: object, settings: PassportSettings): Prepare {
  const login = watched(pristine, 'logIn', (inner) => watchLogin(inner, settings))
  const logout = watched(pristine, 'logOut', (inner) => watchLogout(inner, settings))
  return (req) => {
    login(req, 'login')
    logout(req, 'logout')
  }
}

/** Replaces a method wherever it is not ours yet. The last one seen is kept: it is the same for every request. */
function watched(
  pristine: object,
  name: 'logIn' | 'logOut',
  make: (inner: AnyFunction) => AnyFunction,
): (req: object, spelling: string) => void {
  let last: { readonly inner: unknown; readonly outer: unknown } | undefined
  return (req, spelling) => {
    const inner = memberOf(req, name) ?? memberOf(pristine, name)
    if (typeof inner !== 'function' || isWrapped(inner)) return
    if (last?.inner !== inner) {
      const holder = { [name]: inner }
      wrapOnce('auditPassport()', holder, name, make)
      last = { inner, outer: holder[name] }
    }
    Reflect.set(req, name, last.outer)
    Reflect.set(req, spelling, last.outer)
  }
}

function watchLogin(inner: AnyFunction, { audit }: PassportSettings): AnyFunction {
  return function (this: unknown, ...given) {
    const req = typeof this === 'object' && this !== null ? this : undefined
    const attempt = req === undefined ? undefined : Attempt.of(req)
    if (req === undefined || attempt?.isOnlyChecking === true) return Reflect.apply(inner, this, given)
    const known: LoginFacts = attempt?.login ?? { audit, request: req, actor: whoNow(undefined, given[0]) }
    const settle = (failed: boolean): void => {
      attempt?.settled()
      const facts = { ...known, sessionId: memberOf(req, 'sessionID') }
      if (!failed) tellLogin(facts)
      else tellLoginFailure({ ...facts, actor: { ...known.actor, proved: true } }, 'error')
    }
    return watchDone(this, inner, given, settle)
  }
}

function watchLogout(inner: AnyFunction, { audit }: PassportSettings): AnyFunction {
  return function (this: unknown, ...given) {
    const req = typeof this === 'object' && this !== null ? this : undefined
    // Asked before: afterwards nobody is there.
    const actor = req === undefined ? undefined : whoNow(req, memberOf(req, 'user') ?? undefined)
    if (req === undefined || actor === undefined) return Reflect.apply(inner, this, given)
    const facts = { audit, request: req, actor, sessionId: memberOf(req, 'sessionID') }
    return watchDone(this, inner, given, (failed) => tellLogout(facts, failed))
  }
}

function watchDone(self: unknown, inner: AnyFunction, given: unknown[], settle: (failed: boolean) => void): unknown {
  const answers = given.some((one) => typeof one === 'function')
  // Where the callback is missing, what is thrown is about that: the application's mistake, and no login that failed.
  return watchAnswer(inner, self, given, ({ failed }) => (answers || !failed ? settle(failed) : undefined))
}
