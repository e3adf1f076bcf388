/**
 * Logins, failed logins and logouts of an application that uses Passport: `@trailmark/integrations/passport`.
 *
 * `authenticate()` makes a middleware, and each strategy it asks says how that went; both are looked on at, and nothing of
 * what they do changes. What a strategy is for decides what is recorded: see `passport/strategy-kind.ts`.
 */
import { AuditError } from '@trailmark/core'
import { type AnyFunction, ask, isWrapped, watchCall, wrapOnce } from '@trailmark/core/integration'
import { memberOf } from './member.ts'
import { Attempt } from './passport/attempt.ts'
import { type Prepare, requestMethods } from './passport/request-methods.ts'
import { type PassportOptions, type PassportSettings, readSettings } from './passport/settings.ts'

export type { PassportOptions } from './passport/settings.ts'

/** What is called of a Passport. */
export interface PassportLike {
  authenticate(...given: never[]): unknown
  initialize(...given: never[]): unknown
}

/**
 * Records `login_success`, `login_failure`, `invalid_token_presented` and `logout` for what this Passport authenticates, each
 * at most once in a request, together with a declared login route once. Returns the same Passport. Call it before the first
 * `passport.authenticate()`: middleware made earlier is not seen.
 *
 *     import passport from 'passport'
 *     auditPassport(passport)
 *     app.post('/login', passport.authenticate('local', { failureRedirect: '/login' }), home)
 *
 * A login is on record once `req.login()` has made the session. With `session: false` and a callback that never calls
 * `req.login()`, the answer tells: 2xx is a login. User names are stored as tokens; passwords and tokens are never read.
 *
 * Throws AUDIT_LIBRARY_UNKNOWN for what is no Passport, AUDIT_OPTION_INVALID naming the option.
 */
export function auditPassport<T extends PassportLike>(passport: T, options: PassportOptions = {}): T {
  const settings = readSettings(options)
  if (isWrapped(memberOf(passport, 'authenticate'))) return passport
  const pristine = pristineRequest(passport)
  if (typeof memberOf(passport, '_strategy') !== 'function' || typeof memberOf(pristine, 'logIn') !== 'function')
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      'auditPassport(): expected a Passport 0.6 or 0.7 for Express or Connect',
    )
  const prepare = requestMethods(pristine, settings)
  const start: Start = { attempt: undefined }
  wrapOnce('auditPassport()', passport, 'initialize', (inner) => preparing(inner, prepare))
  wrapOnce('auditPassport()', passport, '_strategy', (inner) => findingStrategies(inner, start))
  wrapOnce('auditPassport()', passport, 'authenticate', (inner) => authenticating(inner, settings, prepare, start))
  return passport
}

/** The attempt whose next strategy is being looked up. Passport does that in one turn, so one place is enough. */
interface Start {
  attempt: Attempt | undefined
}

/** A request as the library itself prepares it. */
function pristineRequest(passport: PassportLike): object {
  const request = {}
  ask(() => {
    const middleware: unknown = Reflect.apply(passport.initialize, passport, [{ compat: false }])
    if (typeof middleware !== 'function') return undefined
    // Of another framework it may answer by a promise, which is listened to.
    return Reflect.apply(middleware, undefined, [request, {}, () => undefined])
  })
  return request
}

function preparing(inner: AnyFunction, prepare: Prepare): AnyFunction {
  return function (this: unknown, ...given) {
    return aroundMiddleware(Reflect.apply(inner, this, given), (req, call) => {
      prepare(req)
      return call()
    })
  }
}

function authenticating(inner: AnyFunction, settings: PassportSettings, prepare: Prepare, start: Start): AnyFunction {
  return function (this: unknown, ...given) {
    const [named, second] = given
    const options = typeof second === 'function' ? undefined : second
    const layers: readonly unknown[] = Array.isArray(named) ? named : [named]
    for (const layer of layers) watchGivenStrategy(layer, start)
    // `assignProperty` connects an account to somebody who is logged in already.
    const looksOn = memberOf(options, 'assignProperty') === undefined && layers.some((layer) => layer !== 'session')
    return aroundMiddleware(Reflect.apply(inner, this, given), (req, call) => {
      prepare(req)
      if (!looksOn) return call()
      return starting(start, new Attempt(settings, req, layers.length, options), call)
    })
  }
}

/** A middleware that does what it did, with `around` before it. */
function aroundMiddleware(middleware: unknown, around: (req: object, call: () => unknown) => unknown): unknown {
  if (typeof middleware !== 'function') return middleware
  const holder = { middleware }
  wrapOnce('auditPassport()', holder, 'middleware', (inner) => {
    return function (this: unknown, ...given) {
      const call = (): unknown => Reflect.apply(inner, this, given)
      const [req] = given
      return typeof req === 'object' && req !== null ? around(req, call) : call()
    }
  })
  return holder.middleware
}

function starting(start: Start, attempt: Attempt, call: () => unknown): unknown {
  const before = start.attempt
  start.attempt = attempt
  try {
    return call()
  } finally {
    start.attempt = before
  }
}

/** Passport makes an object of its own from what `_strategy()` finds; one in between looks on. */
function findingStrategies(inner: AnyFunction, start: Start): AnyFunction {
  return function (this: unknown, ...given) {
    const strategy = Reflect.apply(inner, this, given)
    const { attempt } = start
    start.attempt = undefined
    if (attempt === undefined || typeof strategy !== 'object' || strategy === null) return strategy
    const name = typeof given[0] === 'string' ? given[0] : undefined
    const between: unknown = Object.create(strategy)
    const authenticate = memberOf(strategy, 'authenticate')
    if (typeof between !== 'object' || between === null || typeof authenticate !== 'function') return strategy
    const outer: AnyFunction = function (this: unknown, ...rest) {
      return lookOn(attempt, name, this, start, () => Reflect.apply(authenticate, this, rest))
    }
    return Object.defineProperty(between, 'authenticate', { value: outer, configurable: true, writable: true })
  }
}

/** A strategy handed over as an object is used as it is, by every request. */
function watchGivenStrategy(layer: unknown, start: Start): void {
  if (typeof layer !== 'object' || layer === null || typeof memberOf(layer, 'authenticate') !== 'function') return
  const name = memberOf(layer, 'name')
  wrapOnce('auditPassport()', layer, 'authenticate', (inner) => {
    return function (this: unknown, ...rest) {
      const { attempt } = start
      start.attempt = undefined
      const call = (): unknown => Reflect.apply(inner, this, rest)
      return attempt === undefined
        ? call()
        : lookOn(attempt, typeof name === 'string' ? name : undefined, this, start, call)
    }
  })
}

function lookOn(
  attempt: Attempt,
  name: string | undefined,
  strategy: unknown,
  start: Start,
  call: () => unknown,
): unknown {
  if (typeof strategy !== 'object' || strategy === null) return call()
  attempt.watch(strategy, name, (next) => starting(start, attempt, next))
  return watchCall(call, ({ failed }) => (failed ? attempt.broke(name, strategy) : undefined))
}
