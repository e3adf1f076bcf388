/**
 * What a route does with personal data, said where the route is mounted: `audited.read('patient', { … })`.
 *
 * The middleware declares the access to the exchange and lets the request go on; the record is made at the end, with the
 * outcome the answer shows. It carries a mark, so that the coverage can tell declared routes from forgotten ones.
 */
import { AuditError, defaultAudit } from '@trailmark/core'
import {
  type AccessOptions,
  type AccessVerb,
  type AnyCallOptions,
  type AuditedCall,
  bindStatement,
  callAuditedOr,
  type EventOptions,
  type Exchange,
  exchangeOf,
  type Known,
  type LoginOptions,
  type LogoutOptions,
  type Question,
  type Statement,
  state,
  tellOrder,
  verbOf,
} from '@trailmark/core/http'
import type { Context, Middleware } from 'koa'
import { followKoa } from './follow.ts'
import { marked } from './mark.ts'

/** What questions are asked with: Koa's own context. What the handler knows it leaves in `ctx.state`. */
export type Asked = [ctx: Context]
/** One question about the request, asked with Koa's own context. A promise is no answer: nothing waits. */
export type Ask = Question<Asked>

export interface AuditedOptions extends AccessOptions<Asked> {}

/** Declares what a route does, or a function. Throws an `AuditError` for options that cannot be right. See `audited`. */
export interface Declare {
  /** Middleware; it also wraps functions and decorates methods. */
  (resource: string, options?: AuditedOptions): AuditedCall<Record<never, never>> & Middleware
  /** Questions of a function's own arguments: for wrapping and decorating alone, as `@trailmark/core/decorators` has it. */
  <const O extends AnyCallOptions>(resource: string, options: O & Known<O>): AuditedCall<O>
}

/**
 * Middleware for routes that touch personal data, let people in, or change what they may do. Functions among the options that
 * throw cost their field, never the request. `audited.export`, and whatever policy puts into class `block`, lets the handler
 * run only once the attempt is durable; within 2 s or the answer is a 503 problem. What an event cannot be recorded without
 * (a purpose) has to be stated: otherwise the call throws `AUDIT_OPTION_INVALID`. The verbs wrap functions and decorate
 * methods too, as those of `@trailmark/core/decorators` do.
 *
 * ```ts
 * router.get('/patients/:id', audited.read('patient', { id: (ctx) => ctx.params.id, subject: (ctx) => ctx.params.id }), show)
 * router.post('/login', audited.login({ user: (ctx) => ctx.request.body.email, method: 'password' }), login)
 * router.put('/me/password', audited.event('password_change', { subject: (ctx) => ctx.state.user.id }), change)
 * router.get('/health', audited.exempt('no personal data'), health)
 * ```
 */
export const audited = {
  read: declaring('read'),
  create: declaring('create'),
  update: declaring('update'),
  delete: declaring('delete'),
  export: declaring('export'),
  /** Recorded as `bulk_query`. */
  search: declaring('search'),
  /** Recorded as `data_share`. */
  share: declaring('share'),
  /**
   * Somebody logs in here: 2xx and 3xx are `login_success` of whom the application knows by then, 4xx and 5xx are
   * `login_failure` of whom the request claims to be. One record per request, also where a library tells of the login too.
   */
  login(options?: LoginOptions<Asked>): Middleware {
    return stating(state.login(options))
  },
  /** Somebody logs out here; who it was is asked before the handler runs. */
  logout(options?: LogoutOptions<Asked>): Middleware {
    return stating(state.logout(options))
  },
  /** Any other event of the catalogue, or one of your own; what the answer shows is its outcome. */
  event(type: string, options?: EventOptions<Asked>): Middleware {
    return stating(state.event(type, options))
  },
  /** Says why a route needs no record; the reason stands in the coverage. Throws an `AuditError` for an empty reason. */
  exempt(reason: string): Middleware {
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new AuditError('AUDIT_OPTION_INVALID', 'audited.exempt: a reason is needed, for whoever reads the coverage')
    }
    return marked((_ctx, next) => next(), { reason })
  },
} as const

function declaring(verb: AccessVerb): Declare {
  return (resource: string, options: object = {}) =>
    marked(
      callAuditedOr(verb, resource, options, () => middlewareOf(state.access(verb, resource, options))),
      'permission' in options && typeof options.permission === 'string'
        ? { verb, permission: options.permission }
        : { verb },
    )
}

function stating(statement: Statement<Asked>): Middleware {
  return marked(middlewareOf(statement), { verb: verbOf(statement) })
}

function middlewareOf(statement: Statement<Asked>): Middleware {
  return (ctx, next) => {
    const exchange = exchangeOf(ctx.req) ?? followUnmounted(ctx)
    const durable = exchange.declare(bindStatement(statement, ctx))
    if (durable === undefined) return exchange.run(next)
    // Where it says false the request has its answer, and Koa finds nothing left to write.
    return durable.then((goOn) => (goOn ? exchange.run(next) : undefined))
  }
}

/** A declared route without the audit in front of it: what was declared must not be lost for that. */
function followUnmounted(ctx: Context): Exchange {
  const audit = defaultAudit()
  tellOrder(audit, 'missing')
  return followKoa(audit, ctx)
}
