/** How a request ends that the application left unanswered: a safe problem document, or Express's own 404 page. */
import type { Audit } from '@trailmark/core'
import { exchangeOf } from '@trailmark/core/http'
import finalhandler from 'finalhandler'
import { followExpress } from './follow.ts'
import type { LastWord } from './take-over.ts'

/** Requests that failed before they reached the audit are followed from here on, so that they leave a line too. */
export function lastWordOf(audit: () => Audit): LastWord {
  return {
    error(error, req, res) {
      const exchange = exchangeOf(req) ?? followExpress(audit(), req, res)
      exchange.answerError(error)
    },
    notFound(req, res) {
      if (exchangeOf(req) === undefined) followExpress(audit(), req, res)
      // Without an error this is the 404 page alone, so that adding the audit changes nothing a visitor sees.
      finalhandler(req, res)(undefined)
    },
  }
}
