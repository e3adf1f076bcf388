/**
 * One authentication: from the middleware's call until its strategies have decided.
 *
 * Passport gives each strategy five functions to say how it went. They are replaced by ones that look on. Strategies are
 * asked in turn, so a failure counts only when it is the last; what is said twice counts once; and that a strategy accepted
 * somebody is a login only once the session is made, because what runs between the two may still refuse.
 */
import { type AnyFunction, ask, atEnd, claim, type ExchangeEnd } from '@trailmark/core/integration'
import { type LoginFacts, type LoginFailureReason, tellLogin, tellLoginFailure, whoNow } from '../authn/tell-login.ts'
import { tellRefusal } from '../authn/tokens.ts'
import { memberOf } from '../member.ts'
import { claimedBy, type Failure, failureReason, isAttempt, isPresented, tokenScheme, whyRefused } from './failure.ts'
import type { PassportSettings } from './settings.ts'
import { foreign, kindOf, methodOf, type StrategyKind } from './strategy-kind.ts'

/** Requests with an authentication that was accepted and whose session may be made by a call of `req.login()`. */
const accepted = new WeakMap<object, Attempt>()

export class Attempt {
  readonly #settings: PassportSettings
  readonly #req: object
  readonly #strategies: number
  /** The application said that there will be no session: its answer is the outcome. */
  readonly #sessionless: boolean
  readonly #failures: Failure[] = []
  #decided = false
  #accepting: StrategyKind | undefined
  #login: LoginFacts | undefined

  constructor(settings: PassportSettings, req: object, strategies: number, options: unknown) {
    this.#settings = settings
    this.#req = req
    this.#strategies = strategies
    this.#sessionless = memberOf(options, 'session') === false
  }

  /** The attempt that let this request in, if any. */
  static of(req: object): Attempt | undefined {
    return accepted.get(req)
  }

  /** Looks on at what this strategy will say. `again` says that its next one may be started. */
  watch(strategy: object, name: string | undefined, again: (call: () => unknown) => unknown): void {
    const kind = kindOf(name, strategy, this.#settings)
    if (kind === 'session') return
    this.#listen(strategy, 'success', (user, _info, say) => {
      this.#accept(kind, user, name, strategy)
      this.#accepting = kind
      try {
        return say()
      } finally {
        this.#accepting = undefined
      }
    })
    this.#listen(strategy, 'fail', (challenge, status, say) => {
      const numbered = typeof challenge === 'number'
      const said = numbered ? { status: challenge, challenge: undefined } : { status: numberOr(status), challenge }
      this.#failures.push({ name, strategy, kind, ...said })
      if (this.#failures.length < this.#strategies) return again(say)
      this.#fail()
      return say()
    })
    this.#listen(strategy, 'error', (_error, _nothing, say) => {
      this.broke(name, strategy)
      return say()
    })
    const decides = (_first: unknown, _second: unknown, say: () => unknown): unknown => {
      this.#decided = true
      return say()
    }
    this.#listen(strategy, 'pass', decides)
    this.#listen(strategy, 'redirect', (url, status, say) => {
      // Sent on to an identity provider: a route that is declared as a login would take that for one.
      if (kind === 'login') ask(() => claim('login', this.#req))
      return decides(url, status, say)
    })
  }

  /** The strategy could not say who it is, for a reason of its own. */
  broke(name: string | undefined, strategy: object): void {
    if (!this.#decide() || kindOf(name, strategy, this.#settings) !== 'login') return
    this.#tellFailure({ name, strategy }, 'error')
  }

  /** True while a strategy for credentials of every request hands its user on: no login, although `req.login()` is called. */
  get isOnlyChecking(): boolean {
    return this.#accepting === 'token'
  }

  /** What is known of the login that `req.login()` completes. */
  get login(): LoginFacts | undefined {
    return this.#login
  }

  /** The session is made, or could not be. */
  settled(): void {
    this.#login = undefined
  }

  #listen(strategy: object, action: string, listen: (a: unknown, b: unknown, say: () => unknown) => unknown): void {
    const inner = memberOf(strategy, action)
    if (typeof inner !== 'function') return
    const outer: AnyFunction = (...given) => listen(given[0], given[1], () => Reflect.apply(inner, strategy, given))
    Reflect.set(strategy, action, outer)
  }

  #decide(): boolean {
    const first = !this.#decided
    this.#decided = true
    return first
  }

  #accept(kind: StrategyKind, user: unknown, name: string | undefined, strategy: object): void {
    if (!this.#decide()) return
    accepted.set(this.#req, this)
    if (kind !== 'login') return
    const method = methodOf(name, strategy)
    const { audit } = this.#settings
    const actor = whoNow(undefined, user)
    this.#login = { audit, request: this.#req, actor, method, provider: providerOf(name) }
    ask(() => atEnd((end) => this.#judge(end), this.#req))
  }

  /** Nobody called `req.login()`: then the answer tells, where it is said to be all that there will be. */
  #judge({ status }: ExchangeEnd): void {
    const login = this.#login
    this.#login = undefined
    if (login === undefined || status === undefined) return
    const proved = { ...login, actor: { ...login.actor, proved: true } }
    if (status >= 400) tellLoginFailure(proved, status >= 500 ? 'error' : 'not_allowed')
    else if (status < 300 && this.#sessionless) tellLogin(login)
  }

  #fail(): void {
    if (!this.#decide()) return
    const logins = this.#failures.filter((one) => one.kind === 'login')
    const tokens = this.#failures.filter((one) => one.kind === 'token')
    const only = tokens.length === 0
    const login = logins.find((one) => only || isAttempt(one))
    const { audit } = this.#settings
    if (login !== undefined) {
      this.#tellFailure(login, failureReason(login, this.#settings, this.#req))
      return
    }
    const token = tokens.find((one) => isPresented(one, this.#req, audit))
    if (token !== undefined) tellRefusal(whyRefused(token), { audit, request: this.#req, scheme: tokenScheme(token) })
  }

  #tellFailure({ name, strategy }: Pick<Failure, 'name' | 'strategy'>, reason: LoginFailureReason | undefined): void {
    const { audit } = this.#settings
    const method = methodOf(name, strategy)
    const id = claimedBy(this.#req, strategy, this.#settings)
    const actor = id === undefined ? undefined : { id, proved: false }
    const why = reason === 'invalid_credentials' && foreign.has(method) ? 'sso_failed' : reason
    tellLoginFailure({ audit, request: this.#req, actor, method, provider: providerOf(name) }, why)
  }
}

/** The name as metadata takes it. */
function providerOf(name: string | undefined): string | undefined {
  return name !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/.test(name) ? name : undefined
}

function numberOr(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
