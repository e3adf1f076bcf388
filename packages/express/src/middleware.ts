/**
 * The one line: `app.use(auditMiddleware())`.
 *
 * Express tells a mounted sub-application by its `handle` and `set` and then lets it know with `emit('mount', parent)`.
 * The middleware answers to that, which is how it learns its application before the first request; used in a Router, it
 * is a plain function and finds the application when the first request comes.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Audit, AuditError, type AuditOptions } from '@trailmark/core'
import {
  auditFrom,
  checkAdapterOptions,
  exchangeOf,
  lookAtDebugRoutes,
  markMount,
  orderProblemOf,
  tellOrder,
} from '@trailmark/core/http'
import { followExpress, wasUnmounted } from './follow.ts'
import { type AnswerNotFound, lastWordOf } from './last-word.ts'
import { watchRoutes } from './mounted-routes.ts'
import {
  type Application,
  type AuditHandler,
  applicationOf,
  isApplication,
  type Next,
  originalUrlOf,
  rootOf,
  routerOf,
} from './stack.ts'
import { isTakenOver, takeOver, takeOverRunning } from './take-over.ts'

/** Either an audit that exists, or the options of `createAudit()` for one of its own. */
export type ExpressOptions =
  | ({ readonly audit: Audit } & { readonly [K in keyof AuditOptions]?: never })
  | (AuditOptions & { readonly audit?: never })

export type MiddlewareOptions = ExpressOptions & {
  /**
   * How a request for a debugging endpoint is answered in production: as your application answers any unknown path, so that
   * nobody can tell the two apart. Called before Express, with Node's own request and response. Default: Express's 404 page.
   */
  readonly notFound?: AnswerNotFound
}

/**
 * Follows every request that reaches it: its ids, its one terminal line, the records it owes. Mount it first.
 *
 * Without options all calls share `defaultAudit()`; with options it creates an audit, or takes `{ audit }` as it is.
 * Errors nobody handles are answered with a problem document (RFC 9457) that holds the request id and nothing of the error;
 * your own error handlers go first. Throws an `AuditError` that names the option if one is wrong.
 *
 *     const app = express()
 *     app.use(auditMiddleware())
 */
export function auditMiddleware(options?: MiddlewareOptions): AuditHandler {
  checkAdapterOptions(options)
  const { notFound, ...others } = options ?? {}
  if (notFound !== undefined && typeof notFound !== 'function')
    throw new AuditError('AUDIT_OPTION_INVALID', 'notFound: must be a function')
  const audit = auditFrom(others)
  const lastWord = lastWordOf(() => audit, notFound)
  let looked = false
  let mounted = false
  /** The root that a request came through last, nearly always the only one: it is taken over. */
  let known: Application | undefined

  function trailmarkAudit(req: IncomingMessage, res: ServerResponse, next: Next): void {
    if (exchangeOf(req) !== undefined) {
      if (!wasUnmounted(req)) tellOrder(audit, 'twice')
      next()
      return
    }
    const app = applicationOf(req)
    const root = app === undefined ? undefined : rootOf(app)
    if (root !== undefined && root !== known) {
      known = root
      meet(root)
    }
    // Where the application is known it was asked before this, unless something rewrote the request on the way here.
    if ((!mounted || req.url !== originalUrlOf(req)) && lastWord.keepOut(req, res, undefined)) return
    if (!looked) {
      looked = true
      tellWhatCameBefore(audit, req)
    }
    const exchange = followExpress(audit, req, res, app)
    const durable = exchange.begin()
    if (durable === undefined) exchange.run(next)
    // The promise never rejects; where it says false the request has its answer.
    else void durable.then((goOn) => (goOn ? exchange.run(next) : undefined))
  }

  /** In a Router nobody tells of the application: it is known from its first request on. */
  function meet(root: Application): void {
    if (isTakenOver(root)) return
    takeOverRunning(root, lastWord)
    watchRoutes(audit, root)
    lookAtDebugRoutes(audit)
  }

  function mountedOn(app: Application): void {
    const layers = routerOf(app)?.stack ?? []
    const own = layers.at(-1)
    // Express has wrapped us as a sub-application, which would swap prototypes twice per request for nothing.
    if (own !== undefined) {
      own.handle = trailmarkAudit
      own.name = trailmarkAudit.name
    }
    for (const { name } of layers.slice(0, -1)) {
      const problem = name === undefined ? undefined : orderProblemOf(name)
      if (problem !== undefined) tellOrder(audit, problem, name)
      if (name === trailmarkAudit.name) tellOrder(audit, 'twice')
    }
    mounted = true
    takeOver(app, lastWord)
    watchRoutes(audit, app)
    lookAtDebugRoutes(audit)
  }

  markMount(trailmarkAudit, {
    audit,
    watch: (app) => {
      if (isApplication(app)) watchRoutes(audit, app)
    },
  })
  return Object.assign(trailmarkAudit, {
    handle: trailmarkAudit,
    set: () => trailmarkAudit,
    emit: (event: string, app: unknown) => {
      if (event === 'mount' && isApplication(app)) mountedOn(app)
    },
  })
}

/** A Router hides what stands before it; what was done to the first request shows. */
function tellWhatCameBefore(audit: Audit, req: IncomingMessage): void {
  if (Reflect.get(req, 'body') !== undefined) tellOrder(audit, 'body', 'req.body')
  if (Reflect.get(req, 'user') !== undefined) tellOrder(audit, 'identity', 'req.user')
}
