/**
 * Options for pino-http: `@trailmark/integrations/pino-http`.
 *
 * pino-http by itself prints authorization and cookie headers, raw URLs with their queries, and 200 for an answer that was
 * cut off halfway. With these options its line is the same `http_request` that core writes.
 */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AuditError, currentContext } from '@trailmark/core'
import { exchangeOf } from '@trailmark/core/http'
import { runtimeOf } from '@trailmark/core/integration'
import type { Logger } from 'pino'
import type { Options } from 'pino-http'
import { idsOf } from './line-ids.ts'
import { isAudited } from './pino/guard.ts'
import { auditedPino } from './pino/logger.ts'
import { levelOf, terminalFields } from './pino-http/terminal-line.ts'

export interface PinoHttpOptions {
  /** Made by `auditedPino()`. Default: one for the operational stream. */
  readonly logger?: Logger
}

/**
 * The options to give to pino-http 10 or 11. Mount it behind `auditMiddleware()`:
 *
 *     app.use(auditMiddleware({ audit: createAudit({ operational: 'none' }) }))
 *     app.use(pinoHttp(pinoHttpOptions()))
 *
 * `req.id` is our request id, and `req.log` carries our ids on every line. The terminal line has the method, the route's
 * template, status, duration and how the answer ended (`completed`, `aborted`, `timeout`, `error`); never headers, query,
 * body or the raw URL.
 *
 * A request has one terminal line. While the audit writes it, pino-http's is left out and only `req.log` remains; to have
 * pino-http write it instead, create the audit with `operational: 'none'`. Without `auditMiddleware()` the line is
 * pino-http's, and its request id is one of its own making.
 *
 * Throws AUDIT_OPTION_INVALID for a logger that `auditedPino()` did not make: it would print what it is given.
 */
export function pinoHttpOptions(options: PinoHttpOptions = {}): Options<IncomingMessage, ServerResponse> {
  const logger = options.logger ?? auditedPino({ stream: 'operational' })
  if (!isAudited(logger)) {
    throw new AuditError('AUDIT_OPTION_INVALID', 'logger: must be made by auditedPino(), or a child of such a logger')
  }
  return {
    logger,
    genReqId: (req) => (exchangeOf(req)?.context ?? currentContext())?.requestId ?? randomUUID(),
    customProps: (req) => idsFor(req),
    customLogLevel: (req, res, error) => (isTold(req) ? 'silent' : levelOf(req, res, error)),
    customSuccessObject: (req, res) => terminalFields(req, res),
    customErrorObject: (req, res, error) => terminalFields(req, res, error),
    customSuccessMessage: () => 'request ended',
    customErrorMessage: () => 'request failed',
  }
}

/** Asked twice, and has to answer the same both times: pino-http compares the answers and would bind a second set. */
function idsFor(req: IncomingMessage): object {
  const known = bound.get(req)
  if (known !== undefined) return known
  const context = exchangeOf(req)?.context ?? currentContext()
  const ids = context === undefined ? { request_id: String(req.id) } : idsOf(context)
  bound.set(req, ids)
  return ids
}

const bound = new WeakMap<IncomingMessage, object>()

/** Whether the audit that follows this request writes its terminal line. */
function isTold(req: IncomingMessage): boolean {
  const exchange = exchangeOf(req)
  return exchange !== undefined && runtimeOf(exchange.audit).options.operational !== 'none'
}
