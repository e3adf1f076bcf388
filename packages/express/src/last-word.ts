/**
 * How a request ends that the application left unanswered, or must not see: a safe problem document, or Express's own 404 page.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Audit } from '@trailmark/core'
import { exchangeOf, findDebugBlock } from '@trailmark/core/http'
import finalhandler from 'finalhandler'
import { followExpress } from './follow.ts'
import { isPoweredBy, originalUrlOf } from './stack.ts'
import type { LastWord } from './take-over.ts'

/** Answers 404 to a request that nothing of the application is to see. Where it returns false, Express's page answers. */
export type AnswerNotFound = (req: IncomingMessage, res: ServerResponse) => unknown

/** Express's own page. */
const notFoundPage: AnswerNotFound = (req, res) => finalhandler(req, res)(undefined)

/**
 * Requests that failed before they reached the audit are followed from here on, so that they leave a line too. `blocked`
 * answers those that are kept out.
 */
export function lastWordOf(audit: () => Audit, blocked = notFoundPage): LastWord {
  return {
    error(error, req, res) {
      const exchange = exchangeOf(req) ?? followExpress(audit(), req, res)
      exchange.answerError(error)
    },
    notFound(req, res) {
      if (exchangeOf(req) === undefined) followExpress(audit(), req, res)
      // Without an error this is the 404 page alone, so that adding the audit changes nothing a visitor sees.
      notFoundPage(req, res)
    },
    keepOut(req, res, app) {
      const block = findDebugBlock(audit(), req, originalUrlOf(req), req.url)
      if (block === undefined) return false
      // What Express itself would have done by the time it finds no route.
      if (app !== undefined && isPoweredBy(app)) res.setHeader('X-Powered-By', 'Express')
      const exchange = exchangeOf(req) ?? followExpress(audit(), req, res, app)
      exchange.blocked(block)
      if (exchange.run(() => blocked(req, res)) === false) notFoundPage(req, res)
      return true
    },
  }
}
