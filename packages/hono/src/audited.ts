/**
 * What a route does with personal data, said where the route is mounted: `audited.read('patient', { … })`.
 *
 * The middleware declares the access to the exchange and lets the request go on; the record is made at the end, with the
 * outcome the answer shows. It carries a mark, so that the coverage can tell declared routes from forgotten ones.
 */
import { AuditError, defaultAudit } from '@trailmark/core'
import {
  type AccessDeclaration,
  type AccessVerb,
  checkAccessOptions,
  type Exchange,
  exchangeOf,
  tellOrder,
} from '@trailmark/core/http'
import type { Context, MiddlewareHandler } from 'hono'
import { followHono } from './follow.ts'
import { alreadySent, type NodeExchange, readNodeExchange } from './node-request.ts'

/** One question about the request, asked with Hono's own context. A promise is no answer: nothing waits. */
export type Ask = (c: Context) => unknown

export interface AuditedOptions {
  /** Identifier of what is touched: a string, a number, or a list of at most 20. Stored as tokens. */
  readonly id?: Ask
  /** Identifiers of the people whose data it is: a string, a number, or a list of at most 20. Stored as pseudonyms. */
  readonly subject?: Ask
  /** Identifier of the target's owner. Stored as a token. */
  readonly owner?: Ask
  /** How many records were touched: a count, or `{ records, bytes }`. Asked at the end, so the handler can leave it in `c.set()`. */
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
export type Declare = (resource: string, options?: AuditedOptions) => MiddlewareHandler

/**
 * Middleware for routes that touch personal data. Functions among the options that throw cost their field, never the
 * request. `audited.export`, and whatever policy puts into class `block`, lets the handler run only once the attempt is
 * durable; within 2 s or the answer is a 503 problem.
 *
 * ```ts
 * app.get('/patients/:id', audited.read('patient', { subject: (c) => c.req.param('id') }), show)
 * app.get('/health', audited.exempt('no personal data'), health)
 * ```
 */
export const audited = {
  read: declaring('read'),
  create: declaring('create'),
  update: declaring('update'),
  delete: declaring('delete'),
  export: declaring('export'),
  /** Says why a route needs no record; the reason stands in the coverage. Throws an `AuditError` for an empty reason. */
  exempt(reason: string): MiddlewareHandler {
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new AuditError('AUDIT_OPTION_INVALID', 'audited.exempt: a reason is needed, for whoever reads the coverage')
    }
    return marked((_c, next) => next(), { reason })
  },
} as const

/** What a middleware of this file says of its route. */
export interface Mark {
  readonly verb?: AccessVerb
  readonly reason?: string
}

const marks = new WeakMap<object, Mark>()

/** The mark of a middleware; undefined for one that is not of this file. */
export function markOf(middleware: unknown): Mark | undefined {
  return typeof middleware === 'function' ? marks.get(middleware) : undefined
}

function marked(middleware: MiddlewareHandler, mark: Mark): MiddlewareHandler {
  marks.set(middleware, mark)
  return middleware
}

function declaring(verb: AccessVerb): Declare {
  return (resource, options = {}) => {
    checkAccessOptions(`audited.${verb}`, resource, options)
    return marked(
      async (c, next) => {
        const node = readNodeExchange(c.env)
        const exchange = exchangeOf(node.req) ?? followUnmounted(c, node)
        const durable = exchange.declare(declarationOf(verb, resource, options, c))
        // Where it says false the request has its answer, and node-server has nothing left to write.
        if (durable !== undefined && !(await durable)) return alreadySent()
        await exchange.run(next)
        return undefined
      },
      { verb },
    )
  }
}

function declarationOf(verb: AccessVerb, resource: string, options: AuditedOptions, c: Context): AccessDeclaration {
  const { id, subject, owner, volume, metadata, purpose, permission, class: dataClass, event } = options
  return {
    verb,
    resource,
    purpose,
    permission,
    class: dataClass,
    event,
    id: id && (() => id(c)),
    subject: subject && (() => subject(c)),
    owner: owner && (() => owner(c)),
    volume: volume && (() => volume(c)),
    metadata: metadata && (() => metadata(c)),
  }
}

/** A declared route without the audit in front of it: what was declared must not be lost for that. */
function followUnmounted(c: Context, node: NodeExchange): Exchange {
  const audit = defaultAudit()
  tellOrder(audit, 'missing')
  return followHono(audit, node, c)
}
