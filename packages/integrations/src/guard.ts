/**
 * Guards that no engine stands behind: a function that says yes or no, or middleware that lets pass or refuses.
 *
 * What it decides is read off what it does anyway: the value it returns, `next()`, an error it hands on, an answer of its own.
 * One that does none of it has decided nothing, and nothing is recorded.
 */
import { AuditError } from '@trailmark/core'
import { type GuardKind, guardKinds, type Ruling, watchGuard } from './authz/guard-kinds.ts'
import { isOfCredential } from './authz/refusal.ts'
import { checkDecisionOptions, type DecisionOptions, tellDecision } from './authz/tell.ts'
import { isFirst, wasSeen } from './seen-before.ts'

export interface GuardOptions extends DecisionOptions {
  /** Your name of what somebody needs to pass: `patients:read`. Default: the guard's name. */
  readonly permission?: string
  /**
   * How the guard says what it decided. `check`: it returns true or false, or `{ granted }`, `{ allowed }`, now or as a promise.
   * `middleware`: it is given `next` (Express, hooks of Fastify with a callback). `hook`: it returns or throws (async hooks of
   * Fastify). `koa`: it is given `ctx` and `next`. Default: `middleware` where it is called with a function as its third argument, else `check`.
   */
  readonly kind?: GuardKind
}

/**
 * The same guard, with one record of each of its decisions, under `name`. Its answers, errors and promises stay as they are.
 * Throws `AUDIT_OPTION_INVALID` for a name of more than 64 characters or with spaces, and for an option that cannot be;
 * `AUDIT_LIBRARY_UNKNOWN` for what is no function. Around a guard that is recorded already nothing is added.
 *
 *     app.delete('/patients/:id', auditGuard('requireAdmin', requireAdmin, { permission: 'patients:delete' }), remove)
 *     const isOwner = auditGuard('isOwner', (req: Request) => req.user?.id === req.params.id)
 */
export function auditGuard<F extends (...given: never[]) => unknown>(
  name: string,
  guard: F,
  options: GuardOptions = {},
): F {
  checkDecisionOptions('auditGuard', options, { permission: 'text', kind: guardKinds })
  if (typeof name !== 'string' || !/^[A-Za-z@][\w.:/@-]{0,63}$/.test(name))
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'auditGuard: name must be 1 to 64 characters of a name, without spaces',
    )
  if (typeof guard !== 'function') throw new AuditError('AUDIT_LIBRARY_UNKNOWN', 'auditGuard: expected a function')
  if (wasSeen('guard', guard)) return guard
  const tell = (ruling: Ruling, request: unknown): void => {
    if (isOfCredential(ruling, request, options.audit)) return
    const about = typeof request === 'object' && request !== null ? { request } : {}
    tellDecision(options, { guard: name, permission: options.permission ?? name, ...about, ...ruling })
  }
  const asMiddleware = watchGuard.middleware(guard, tell)
  const watched = watchGuard[options.kind ?? 'check'](guard, tell)
  // Frameworks ask a function for its length and name, and applications put marks on it: all of that stays the guard's own.
  const made = new Proxy(guard, {
    apply: (_guard, self, given) =>
      Reflect.apply(options.kind === undefined && typeof given[2] === 'function' ? asMiddleware : watched, self, given),
  })
  isFirst('guard', made)
  return made
}
