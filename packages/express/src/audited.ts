/**
 * What a route does with personal data, said where the route is mounted: `audited.read('patient', { … })`.
 *
 * The middleware declares the access to the exchange and lets the request go on; the record is made at the end, with the
 * outcome the answer shows. It carries a mark, so that the coverage can tell declared routes from forgotten ones.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { AuditError } from '@trailmark/core'
import { type AccessDeclaration, type AccessVerb, checkAccessOptions, exchangeOf } from '@trailmark/core/http'
import type { Request, Response } from 'express'
import { followUnmounted } from './follow.ts'
import type { AuditHandler } from './stack.ts'

/** One question about the request, asked with Express's own request and response. A promise is no answer: nothing waits. */
export type Ask = (req: Request, res: Response) => unknown

export interface AuditedOptions {
  /** Identifier of what is touched: a string, a number, or a list of at most 20. Stored as tokens. */
  readonly id?: Ask
  /** Identifiers of the people whose data it is. Stored as pseudonyms. */
  readonly subject?: Ask
  /** Identifier of the target's owner. Stored as a token. */
  readonly owner?: Ask
  /** How many records were touched: a count, or `{ records, bytes }`. Asked at the end, so the handler can leave it in `res.locals`. */
  readonly volume?: Ask
  /** Values the event's definition allows. Asked at the end. */
  readonly metadata?: Ask
  readonly purpose?: string
  /** Your name of what somebody needs for this: `patients:read`. A refusal of this route is recorded with it. */
  readonly permission?: string
  /** Your name of the data's class: `special_category`. */
  readonly class?: string
  /** The catalogue's event, where it is not the verb's own: `bulk_query`, `data_share`, … */
  readonly event?: string
}

/** Declares what a route does. Throws an `AuditError` for options that cannot be right. See `audited`. */
export type Declare = (resource: string, options?: AuditedOptions) => AuditHandler

/**
 * Middleware for routes that touch personal data. Functions among the options that throw cost their field, never the
 * request. `audited.export`, and whatever policy puts into class `block`, lets the handler run only once the attempt is
 * durable; within 2 s or the answer is a 503 problem.
 *
 *     app.get('/patients/:id', audited.read('patient', { id: (req) => req.params.id, subject: (req) => req.params.id }), show)
 *     app.get('/health', audited.exempt('no personal data'), health)
 */
export const audited = {
  read: declaring('read'),
  create: declaring('create'),
  update: declaring('update'),
  delete: declaring('delete'),
  export: declaring('export'),
  /** Says why a route needs no record; the reason stands in the coverage. Throws an `AuditError` for an empty reason. */
  exempt(reason: string): AuditHandler {
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new AuditError('AUDIT_OPTION_INVALID', 'audited.exempt: a reason is needed, for whoever reads the coverage')
    }
    return marked((_req, _res, next) => next(), { reason })
  },
} as const

/** What a middleware of this file says of its route. */
export interface Mark {
  readonly verb?: AccessVerb
  readonly reason?: string
}

const MARK = Symbol.for('@trailmark/express/mark/1')

/** The mark of a handler; undefined for one that is not of this file. */
export function markOf(handler: unknown): Mark | undefined {
  if (typeof handler !== 'function') return undefined
  const mark: unknown = Reflect.get(handler, MARK)
  return typeof mark === 'object' && mark !== null ? mark : undefined
}

function marked(handler: AuditHandler, mark: Mark): AuditHandler {
  Object.defineProperty(handler, MARK, { value: Object.freeze(mark) })
  return handler
}

function declaring(verb: AccessVerb): Declare {
  return (resource, options = {}) => {
    checkAccessOptions(`audited.${verb}`, resource, options)
    return marked(
      (req, res, next) => {
        const exchange = exchangeOf(req) ?? followUnmounted(req, res)
        const durable = exchange.declare(declarationOf(verb, resource, options, req, res))
        if (durable === undefined) exchange.run(next)
        // The promise never rejects; where it says false the request has its answer.
        else void durable.then((goOn) => (goOn ? exchange.run(next) : undefined))
      },
      { verb },
    )
  }
}

function declarationOf(
  verb: AccessVerb,
  resource: string,
  options: AuditedOptions,
  nodeReq: IncomingMessage,
  nodeRes: ServerResponse,
): AccessDeclaration {
  // Express has put its own prototypes on both by the time it calls a handler.
  const req = nodeReq as Request
  const res = nodeRes as Response
  const { id, subject, owner, volume, metadata, purpose, permission, class: dataClass, event } = options
  return {
    verb,
    resource,
    purpose,
    permission,
    class: dataClass,
    event,
    id: id && (() => id(req, res)),
    subject: subject && (() => subject(req, res)),
    owner: owner && (() => owner(req, res)),
    volume: volume && (() => volume(req, res)),
    metadata: metadata && (() => metadata(req, res)),
  }
}
