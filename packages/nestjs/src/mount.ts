/**
 * Mounts the adapter of the framework below, while Nest is being put together: before any middleware, parser or route of the
 * application is registered there.
 */
import { ServerResponse } from 'node:http'
import type { HttpServer } from '@nestjs/common'
import { type Audit, AuditError } from '@trailmark/core'
import { actorFrom, exchangeOf, tellOrder } from '@trailmark/core/http'
import { auditMiddleware } from '@trailmark/express'
import { auditPlugin } from '@trailmark/fastify'
import { watchHandedOver } from './errors.ts'
import { rawOf } from './http-request.ts'
import { type Routes, watchMarks } from './mounted-routes.ts'
import { answerUnknown, answerUnknownRaw, watchNotFound } from './not-found.ts'

const mounted = new WeakSet<object>()

/** Undefined where this application is followed already. Rejects with `AUDIT_LIBRARY_UNKNOWN` for any other adapter. */
export async function mount(adapter: HttpServer, audit: Audit): Promise<Routes | undefined> {
  if (mounted.has(adapter)) {
    tellOrder(audit, 'twice')
    return undefined
  }
  const type = adapter.getType()
  const instance: unknown = adapter.getInstance()
  let routes: Routes
  if (type === 'express' && isExpress(instance)) routes = mountOnExpress(adapter, instance, audit)
  else if (type === 'fastify' && isFastify(instance)) routes = await mountOnFastify(adapter, instance, audit)
  else {
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      `AuditModule: there is an audit for platform-express and platform-fastify, and none for ${String(type)}`,
    )
  }
  mounted.add(adapter)
  watchHandedOver(adapter)
  return routes
}

interface Express {
  use(handler: unknown): unknown
}

function mountOnExpress(adapter: HttpServer, app: Express, audit: Audit): Routes {
  const unknown = watchNotFound(adapter)
  app.use(auditMiddleware({ audit, notFound: (req, res) => answerUnknown(unknown, app, req, res) }))
  return watchMarks(adapter, audit)
}

interface Fastify {
  readonly supportedMethods?: readonly string[]
  /** Unless told otherwise, Fastify answers HEAD where there is GET. */
  readonly initialConfig?: { readonly exposeHeadRoutes?: boolean }
  register(plugin: unknown, options: object): PromiseLike<unknown>
  use?(handler: (req: object, res: object, next: () => void) => void): unknown
}

async function mountOnFastify(adapter: HttpServer, app: Fastify, audit: Audit): Promise<Routes> {
  // Nest has registered its middleware before this; what is mounted there runs in front of the plugin's own hook.
  app.use?.((req, _res, next) => {
    const exchange = exchangeOf(req)
    if (exchange === undefined) next()
    else exchange.run(next)
  })
  await app.register(auditPlugin, {
    audit,
    actor: (request: object) => actorIn(request) ?? actorIn(rawOf(request)),
    notFound: (req: object, res: unknown) => {
      if (res instanceof ServerResponse) answerUnknownRaw(req, res)
    },
  })
  return watchMarks(adapter, audit, (method) => {
    if (method === 'ALL') return app.supportedMethods ?? []
    return method === 'GET' && app.initialConfig?.exposeHeadRoutes !== false ? ['GET', 'HEAD'] : [method]
  })
}

/** Guards leave the user on Fastify's request, middleware of Nest on Node's. */
function actorIn(request: object) {
  return actorFrom({
    user: Reflect.get(request, 'user'),
    auth: Reflect.get(request, 'auth'),
    session: Reflect.get(request, 'session'),
  })
}

function isExpress(instance: unknown): instance is Express {
  return typeof instance === 'function' && 'use' in instance && typeof instance.use === 'function'
}

function isFastify(instance: unknown): instance is Fastify {
  return (
    typeof instance === 'object' &&
    instance !== null &&
    'register' in instance &&
    typeof instance.register === 'function'
  )
}
