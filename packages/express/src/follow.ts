/** What only Express knows of a request: which template its route was mounted with, and where its user is kept. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Audit } from '@trailmark/core'
import { actorFrom, type Exchange, followRequest } from '@trailmark/core/http'
import { routeTemplate } from './route-template.ts'
import { type Application, applicationOf } from './stack.ts'

/** `app` is remembered now: after an error Express has taken a sub-application's name back from the request. */
export function followExpress(
  audit: Audit,
  req: IncomingMessage,
  res: ServerResponse,
  app: Application | undefined = applicationOf(req),
): Exchange {
  return followRequest(audit, req, res, {
    route: () => routeTemplate(req, app),
    actor: () => actorFrom(req),
  })
}
