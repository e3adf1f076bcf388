/**
 * Guards of the application, watched: a refusal is recorded with the name of the guard that refused.
 *
 * Nest asks one guard after the other and throws when one says no, without a word of which. So `canActivate` of each guard is
 * wrapped, on the instance where there is one for all requests, on the class where Nest makes one per request. Guards that let
 * in are recorded where a rule of the policy names `authz_allow`.
 */
import type { CanActivate, ExecutionContext } from '@nestjs/common'
import { type ModulesContainer, Reflector } from '@nestjs/core'
import type { Exchange } from '@trailmark/core/http'
import {
  findViewOf,
  isWrapped,
  presentsCredential,
  recordDecision,
  runtimeOf,
  watchCall,
  wrapOnce,
} from '@trailmark/core/integration'
import { isObservable, tap } from 'rxjs'
import type { Enhancers } from './application-config.ts'
import { markOf } from './audited.ts'
import { statusOf } from './errors.ts'
import { exchangeIn, rawOf } from './http-request.ts'

/** Where `@UseGuards()` leaves them. */
const usedGuards = '__guards__'
const reflector = new Reflector()

/** Every guard that is known when routes are about to be registered; one of a module loaded later is not watched. */
export function watchGuards(modules: ModulesContainer, { globalGuards, globalRequestGuards }: Enhancers): void {
  for (const guard of globalGuards) watchGuard(guard)
  for (const guard of globalRequestGuards) watchGuard(guard)
  for (const module of modules.values()) {
    for (const wrapper of module.injectables.values()) {
      if (wrapper.subtype !== 'guard') continue
      watchGuard(wrapper.isDependencyTreeStatic() ? wrapper.instance : prototypeOf(wrapper.metatype))
    }
    // Guards that were handed over as instances are in no container.
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype !== 'function') continue
      for (const guard of guardsOf(metatype)) watchGuard(guard)
    }
  }
}

function prototypeOf(metatype: unknown): unknown {
  return typeof metatype === 'function' ? metatype.prototype : undefined
}

function guardsOf(controller: { readonly prototype: object }): readonly unknown[] {
  const methods = Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).map(({ value }) => value)
  return [controller, ...methods].flatMap((one: unknown) => {
    const found: unknown = typeof one === 'function' ? reflector.get(usedGuards, one) : undefined
    return Array.isArray(found) ? found : []
  })
}

function watchGuard(guard: unknown): void {
  if (!isGuard(guard) || isWrapped(guard.canActivate) || !Object.isExtensible(guard)) return
  wrapOnce('AuditModule', guard, 'canActivate', (inner) => {
    return function canActivate(this: unknown, ...given: readonly unknown[]): unknown {
      const [context] = given
      const asked = isContext(context) ? askedIn(context, nameOf(this)) : undefined
      if (asked === undefined) return Reflect.apply(inner, this, given)
      return watchCall(
        () => observed(Reflect.apply(inner, this, given), asked),
        (end) => {
          if (end.failed) asked.failed(end.error)
          else if (!isObservable(end.value)) asked.decided(end.value)
        },
      )
    }
  })
}

/** What a guard decides of one request. */
interface Asking {
  decided(answer: unknown): void
  failed(error: unknown): void
}

/** Of an observable the last value counts. */
function observed(answer: unknown, asked: Asking): unknown {
  if (!isObservable(answer)) return answer
  let last: unknown
  return answer.pipe(
    tap({
      next: (value) => {
        last = value
      },
      complete: () => asked.decided(last),
      error: (error: unknown) => asked.failed(error),
    }),
  )
}

function askedIn(context: ExecutionContext, guard: string): Asking | undefined {
  const exchange = exchangeIn(context)
  if (exchange === undefined) return undefined
  const request: object = rawOf(context.switchToHttp().getRequest())
  const about = { guard, request, ...permissionOf(context) }
  const { audit } = exchange
  return {
    decided(answer) {
      if (!answer) recordDecision(audit, { ...about, effect: 'deny', reason: 'forbidden' })
      else if (isAllowAskedFor(exchange, request, guard))
        recordDecision(audit, { ...about, effect: 'allow', reason: 'policy' })
    },
    failed(error) {
      const status = statusOf(error)
      if (status === 401 && isOfCredential(exchange, request)) return
      if (status === 401) recordDecision(audit, { ...about, effect: 'deny', reason: 'unauthenticated' })
      else if (status === 403) recordDecision(audit, { ...about, effect: 'deny', reason: 'forbidden' })
      // Any other exception is an answer (too many requests, not found), any other error no decision.
      else if (status === undefined || status >= 500) {
        exchange.fail(error)
        recordDecision(audit, { ...about, effect: 'deny', undecided: { error }, reason: 'undecided' })
      }
    },
  }
}

/** What the handler is declared to need stands on the refusal. */
function permissionOf(context: ExecutionContext): { readonly permission?: string } {
  const mark = markOf(context.getHandler(), context.getClass())
  if (mark === undefined || !('statement' in mark) || mark.statement.kind !== 'access') return {}
  const { permission } = mark.statement.options
  return permission === undefined ? {} : { permission }
}

/** A 401 to a request with a credential is an invalid token, which the exchange records and which says more. */
function isOfCredential({ audit }: Exchange, request: object): boolean {
  const headers: unknown = Reflect.get(request, 'headers')
  if (typeof headers !== 'object' || headers === null) return false
  return presentsCredential({ headers: { ...headers } }, runtimeOf(audit).options.credentials)
}

function isAllowAskedFor({ audit }: Exchange, request: object, guard: string): boolean {
  const view = findViewOf(request)
  if (view === undefined) return false
  const actor = view.actor()
  const event = { reason: 'policy', metadata: { guard }, decision: { effect: 'allow' } } as const
  return runtimeOf(audit).isAskedFor(view.facts(), 'authz_allow', event, actor === undefined ? {} : { actor })
}

function isGuard(value: unknown): value is CanActivate {
  return (
    typeof value === 'object' && value !== null && 'canActivate' in value && typeof value.canActivate === 'function'
  )
}

function isContext(value: unknown): value is ExecutionContext {
  return typeof value === 'object' && value !== null && 'switchToHttp' in value && 'getHandler' in value
}

/** The guard's class. Guards of `AuthGuard('jwt')` have a class that Passport's module made. */
function nameOf(guard: unknown): string {
  const name: unknown = typeof guard === 'object' && guard !== null ? guard.constructor.name : undefined
  return typeof name === 'string' && /^[A-Za-z]\w{0,63}$/.test(name) ? name : 'guard'
}
