/**
 * What a route does with personal data, said where the route is mounted: `audited.read('patient', { … })`.
 *
 * The middleware declares it to the exchange and lets the request go on; the record is made at the end, with the outcome the
 * answer shows. It carries a mark, so that the coverage can tell declared routes from forgotten ones.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { AuditError } from '@trailmark/core'
import {
  type AccessOptions,
  type AccessVerb,
  type AnyCallOptions,
  type AuditedCall,
  bindStatement,
  callAuditedOr,
  type EventOptions,
  exchangeOf,
  type Known,
  type LoginOptions,
  type LogoutOptions,
  type Question,
  type Statement,
  state,
  verbOf,
} from '@trailmark/core/http'
import type { Request, Response } from 'express'
import { followUnmounted } from './follow.ts'
import { marked } from './mark.ts'
import type { AuditHandler } from './stack.ts'

/** What questions are asked with: Express's own request and response. What the handler knows it leaves in `res.locals`. */
export type Asked = [req: Request, res: Response]
/** One question about the request, asked with Express's own request and response. A promise is no answer: nothing waits. */
export type Ask = Question<Asked>

export interface AuditedOptions extends AccessOptions<Asked> {}

/** Declares what a route does, or a function. Throws an `AuditError` for options that cannot be right. See `audited`. */
export interface Declare {
  /** Middleware; it also wraps functions and decorates methods. */
  (resource: string, options?: AuditedOptions): AuditedCall<Record<never, never>> & AuditHandler
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
 *     app.get('/patients/:id', audited.read('patient', { id: (req) => req.params.id, subject: (req) => req.params.id }), show)
 *     app.post('/login', audited.login({ user: (req) => req.body.email, method: 'password' }), login)
 *     app.put('/me/password', audited.event('password_change', { subject: (req) => req.user.id }), change)
 *     app.get('/health', audited.exempt('no personal data'), health)
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
  login(options?: LoginOptions<Asked>): AuditHandler {
    return stating(state.login(options))
  },
  /** Somebody logs out here; who it was is asked before the handler runs. */
  logout(options?: LogoutOptions<Asked>): AuditHandler {
    return stating(state.logout(options))
  },
  /** Any other event of the catalogue, or one of your own; what the answer shows is its outcome. */
  event(type: string, options?: EventOptions<Asked>): AuditHandler {
    return stating(state.event(type, options))
  },
  /** Says why a route needs no record; the reason stands in the coverage. Throws an `AuditError` for an empty reason. */
  exempt(reason: string): AuditHandler {
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new AuditError('AUDIT_OPTION_INVALID', 'audited.exempt: a reason is needed, for whoever reads the coverage')
    }
    return marked((_req, _res, next) => next(), { reason })
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

function stating(statement: Statement<Asked>): AuditHandler {
  return marked(middlewareOf(statement), { verb: verbOf(statement) })
}

function middlewareOf(statement: Statement<Asked>): AuditHandler {
  return (nodeReq: IncomingMessage, nodeRes: ServerResponse, next) => {
    // Express has put its own prototypes on both by the time it calls a handler.
    const req = nodeReq as Request
    const res = nodeRes as Response
    const exchange = exchangeOf(req) ?? followUnmounted(req, res)
    const durable = exchange.declare(bindStatement(statement, req, res))
    if (durable === undefined) exchange.run(next)
    // The promise never rejects; where it says false the request has its answer.
    else void durable.then((goOn) => (goOn ? exchange.run(next) : undefined))
  }
}
