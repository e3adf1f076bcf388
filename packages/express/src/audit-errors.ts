/**
 * `app.use(auditErrors())`: safe error answers from an error handler of the application's own stack.
 *
 * `auditMiddleware()` answers what nobody handled already. This one is for applications that want the safe answer earlier,
 * in one Router alone, or in an application that another framework calls.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { auditFrom } from '@trailmark/core/http'
import { lastWordOf } from './last-word.ts'
import type { ExpressOptions } from './middleware.ts'
import type { Next } from './stack.ts'

/** What `app.use()` takes for errors: Express tells by the four parameters. */
export type AuditErrorHandler = (error: unknown, req: IncomingMessage, res: ServerResponse, next: Next) => void

/**
 * Answers errors with a problem document (RFC 9457): the status, the request id, nothing of the error's own words; or cuts
 * the connection when headers are out. The error goes into the request's record as a skeleton. Mount it last.
 *
 * The audit is the one that follows the request; `options` count only for requests that none follows.
 */
export function auditErrors(options?: ExpressOptions): AuditErrorHandler {
  const lastWord = lastWordOf(() => auditFrom(options))
  return function trailmarkErrors(error, req, res, _next) {
    lastWord.error(error, req, res)
  }
}
