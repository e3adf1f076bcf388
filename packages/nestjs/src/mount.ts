/**
 * Mounts the adapter of the framework below, while Nest is being put together: before any middleware, parser or route of the
 * application is registered there.
 */
import { ServerResponse } from 'node:http'
import type { HttpServer } from '@nestjs/common'
import type { HttpAdapterHost } from '@nestjs/core'
import { type Audit, AuditError } from '@trailmark/core'
import { actorFrom, exchangeOf, tellOrder } from '@trailmark/core/http'
import { auditMiddleware } from '@trailmark/express'
import { auditPlugin } from '@trailmark/fastify'
import { watchHandedOver } from './errors.ts'
import { rawOf } from './http-request.ts'
import { type Routes, watchMarks } from './mounted-routes.ts'
import { answerUnknown, answerUnknownRaw, watchNotFound } from './not-found.ts'

/** What has become of mounting. */
export interface Mounted {
  /** Undefined while there is no adapter, where there is none, and where this application is followed already. */
  routes?: Routes
  /** Why it could not be mounted on an adapter that came late. */
  failure?: unknown
  /** Fastify's, once it is loaded; to wait for it makes Fastify load what it has. */
  plugin?: PromiseLike<unknown>
}

/**
 * Mounts on the adapter of `host`; on one that comes later, as in tests that compile a module before they make an application
 * of it, as soon as it is there. Rejects with `AUDIT_LIBRARY_UNKNOWN` for a platform that is neither Express nor Fastify.
 */
export async function mount(host: HttpAdapterHost, audit: Audit): Promise<Mounted> {
  const mounted: Mounted = {}
  if (isAdapter(host.httpAdapter)) {
    mountOn(host.httpAdapter, audit, mounted)
    await mounted.plugin
    return mounted
  }
  host.init$.subscribe(() => {
    if (!isAdapter(host.httpAdapter)) return
    try {
      // Fastify loads plugins in the order they were handed over, and this one is the first: nobody has to wait for it.
      mountOn(host.httpAdapter, audit, mounted)
    } catch (error) {
      mounted.failure = error
    }
  })
  return mounted
}

/** A microservice or a bare context has no HTTP server, and its providers may still want the audit. */
function isAdapter(adapter: HttpServer | null | undefined): adapter is HttpServer {
  return adapter !== null && adapter !== undefined
}

const followed = new WeakSet<object>()

function mountOn(adapter: HttpServer, audit: Audit, mounted: Mounted): void {
  if (followed.has(adapter)) {
    tellOrder(audit, 'twice')
    return
  }
  const type = adapter.getType()
  const instance: unknown = adapter.getInstance()
  const onExpress = type === 'express' && isExpress(instance)
  const onFastify = type === 'fastify' && isFastify(instance)
  if (!onExpress && !onFastify) {
    throw new AuditError(
      'AUDIT_LIBRARY_UNKNOWN',
      `AuditModule: there is an audit for platform-express and platform-fastify, and none for ${String(type)}`,
    )
  }
  followed.add(adapter)
  watchHandedOver(adapter)
  mounted.routes = watchMarks(adapter, audit, onFastify ? (method) => listedBy(instance, method) : undefined)
  if (onExpress) mountOnExpress(adapter, instance, audit)
  else if (onFastify) mounted.plugin = mountOnFastify(instance, audit)
}

interface Express {
  use(handler: unknown): unknown
}

function mountOnExpress(adapter: HttpServer, app: Express, audit: Audit): void {
  const unknown = watchNotFound(adapter)
  app.use(auditMiddleware({ audit, notFound: (req, res) => answerUnknown(unknown, app, req, res) }))
}

interface Fastify {
  readonly supportedMethods?: readonly string[]
  /** Unless told otherwise, Fastify answers HEAD where there is GET. */
  readonly initialConfig?: { readonly exposeHeadRoutes?: boolean }
  register(plugin: unknown, options: object): PromiseLike<unknown>
  use?(handler: (req: object, res: object, next: () => void) => void): unknown
}

function mountOnFastify(app: Fastify, audit: Audit): PromiseLike<unknown> {
  // Nest has registered its middleware before this; what is mounted there runs in front of the plugin's own hook.
  app.use?.((req, _res, next) => {
    const exchange = exchangeOf(req)
    if (exchange === undefined) next()
    else exchange.run(next)
  })
  return app.register(auditPlugin, {
    audit,
    actor: (request: object) => actorIn(request) ?? actorIn(rawOf(request)),
    notFound: (req: object, res: unknown) => {
      if (res instanceof ServerResponse) answerUnknownRaw(req, res)
    },
  })
}

/** How Fastify lists a route that Nest registers with this method. */
function listedBy(app: Fastify, method: string): readonly string[] {
  if (method === 'ALL') return app.supportedMethods ?? []
  return method === 'GET' && app.initialConfig?.exposeHeadRoutes !== false ? ['GET', 'HEAD'] : [method]
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
