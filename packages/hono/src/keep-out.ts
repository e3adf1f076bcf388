/**
 * What happens before the first handler of an application, and after the last: requests for debugging endpoints run nothing of
 * it, whatever was mounted first, and what is thrown without being an error is answered.
 */
import type { Audit } from '@trailmark/core'
import { exchangeOf, findDebugBlock, type RawRequest } from '@trailmark/core/http'
import { type HonoApplication, isApplication } from './application.ts'
import { type AskActor, followHono } from './follow.ts'
import { alreadySent, findNodeExchange, type NodeExchange } from './node-request.ts'

/** On requests whose target the guard has let through: a set of them all would be work for every scavenge. */
const JUDGED = Symbol('@trailmark/hono/judged')

interface Judged {
  [JUDGED]?: true
}

export function wasJudged(req: RawRequest & Judged): boolean {
  return req[JUDGED] === true
}

function markJudged(req: RawRequest & Judged): void {
  req[JUDGED] = true
}

/** From the next request on; `serve({ fetch: app.fetch })` has to come later. */
export function takeOver(app: HonoApplication, audit: () => Audit, actor?: AskActor): void {
  const { fetch } = app
  app.fetch = function fetchAudited(request, ...rest) {
    const node = findNodeExchange(rest[0])
    if (node === undefined) return fetch(request, ...rest)
    const block = findDebugBlock(audit(), node.req, node.req.url)
    if (block !== undefined) {
      const exchange = followHono(audit(), node, undefined, actor)
      exchange.blocked(block)
      return exchange.run(() => withoutRoutes(app).fetch(request, ...rest))
    }
    markJudged(node.req)
    const answer = fetch(request, ...rest)
    return answer instanceof Promise ? answer.catch((thrown: unknown) => lastWord(thrown, node, audit())) : answer
  }
}

/** The same application with nothing mounted in it: it answers the application's own 404. */
function withoutRoutes(app: HonoApplication): HonoApplication {
  const bare = app.basePath('/')
  Reflect.set(bare, 'router', { name: 'none', add: () => undefined, match: () => [[]] })
  return isApplication(bare) ? bare : app
}

/** Hono hands what is thrown and no Error to nobody, and node-server answers it with an empty 500. */
function lastWord(thrown: unknown, node: NodeExchange, audit: Audit): Response {
  const exchange = exchangeOf(node.req) ?? followHono(audit, node)
  exchange.answerError(thrown)
  return alreadySent()
}
