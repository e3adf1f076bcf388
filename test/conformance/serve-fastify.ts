/** The suite's application in Fastify 5, as its users write it. */
import { createServer } from 'node:http'
import multipart from '@fastify/multipart'
import auditPlugin, { type AccessOptions, type LoginOptions, type RouteAudit } from '@trailmark/fastify'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Access, Application, Call, DeclaredEvent, Harness, Login, Route } from './application.ts'
import { closeServer, portOf } from './listen.ts'

export const serveFastify: Harness = {
  hooks: { failed: 'onError', aborted: 'onRequestAbort', timedOut: 'onTimeout', done: 'onResponse' },
  async serve(application) {
    const { audit, before, user, ownErrors, frameworkLog, server = {}, bodyBytesMax = 100_000 } = application
    const app = fastify({
      logger: frameworkLog === undefined ? false : { level: 'trace', stream: { write: frameworkLog } },
      bodyLimit: bodyBytesMax,
      routerOptions: { maxParamLength: 1_000 },
      serverFactory: (handler) => createServer(server, handler),
    })
    if (before !== undefined) {
      app.addHook('onRequest', (request, reply, done) => {
        before(request.raw, reply.raw)
        done()
      })
    }
    await app.register(auditPlugin, { audit })
    if (application.twice === true) await app.register(auditPlugin, { audit })
    await app.register(multipart, { attachFieldsToBody: 'keyValues' })
    // Bodies of this type are left to the handler, as a stream.
    app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null))
    if (user !== undefined) {
      app.addHook('onRequest', (request, _reply, done) => {
        Object.assign(request, { user: user(request.raw) })
        done()
      })
    }
    if (ownErrors !== undefined) {
      app.setErrorHandler((_error, request, reply) => {
        application.observe?.('own error handler', request.raw)
        return reply.code(418).send(ownErrors)
      })
    }
    observeHooks(app, application)
    for (const route of application.routes) mount(app, route)
    await app.listen({ port: 0, host: '127.0.0.1' })
    return {
      server: app.server,
      port: portOf(app.server),
      async close() {
        app.server.closeAllConnections()
        await app.close()
        await closeServer(app.server)
      },
    }
  },
}

function observeHooks(app: FastifyInstance, { observe }: Application): void {
  if (observe === undefined) return
  app.addHook('onRequestAbort', async (request) => observe('onRequestAbort', request.raw))
  app.addHook('onTimeout', async (request) => observe('onTimeout', request.raw))
  app.addHook('onResponse', async (request) => observe('onResponse', request.raw))
  app.addHook('onError', async (request) => observe('onError', request.raw))
}

function mount(app: FastifyInstance, route: Route): void {
  const { method = 'GET', path, under, handle } = route
  const declared = declarationOf(route)
  const add = async (instance: FastifyInstance): Promise<void> => {
    instance.route({
      method,
      url: path,
      ...(declared && { config: { audit: declared } }),
      handler: async (request, reply) => {
        await handle(callOf(request, reply))
        return reply
      },
    })
  }
  if (under === undefined) void add(app)
  else void app.register(add, { prefix: under })
}

function declarationOf({ access, login, logout, event }: Route): RouteAudit | undefined {
  if (access !== undefined) return declare(access)
  if (login !== undefined) return { login: declareLogin(login) }
  if (logout !== undefined) return { logout }
  return event && declareEvent(event)
}

function declare({
  verb,
  resource,
  id,
  subject,
  volume,
  metadata,
  purpose,
  purposeFrom,
  ...texts
}: Access): RouteAudit {
  const options: AccessOptions = {
    ...(id && { id: (request) => id(askedOf(request)) }),
    ...(subject && { subject: (request) => subject(askedOf(request)) }),
    ...(volume && { volume: () => volume() }),
    ...(metadata && { metadata: () => metadata() }),
    ...(purpose !== undefined && { purpose }),
    ...(purposeFrom && { purpose: (request) => purposeFrom(askedOf(request)) }),
    ...texts,
  }
  if (verb === 'read') return { read: resource, ...options }
  if (verb === 'create') return { create: resource, ...options }
  if (verb === 'update') return { update: resource, ...options }
  if (verb === 'delete') return { delete: resource, ...options }
  if (verb === 'search') return { search: resource, ...options }
  return verb === 'share' ? { share: resource, ...options } : { export: resource, ...options }
}

function declareLogin({ user, failed, ...others }: Login): LoginOptions {
  return {
    ...(user && { user: (request) => user({ req: request.raw, body: request.body }) }),
    ...(failed && { failed: (_request, reply) => failed({ res: reply.raw }) }),
    ...others,
  }
}

function declareEvent({ type, subject, failed, ...others }: DeclaredEvent): RouteAudit {
  return {
    event: type,
    ...(subject && { subject: (request) => subject(askedOf(request)) }),
    ...(failed && { failed: (_request, reply) => failed({ res: reply.raw }) }),
    ...others,
  }
}

function askedOf(request: FastifyRequest): Pick<Call, 'req' | 'params'> {
  return { req: request.raw, params: paramsOf(request) }
}

function paramsOf({ params }: FastifyRequest): Record<string, string> {
  return typeof params === 'object' && params !== null ? { ...params } : {}
}

function callOf(request: FastifyRequest, reply: FastifyReply): Call {
  return {
    req: request.raw,
    res: reply.raw,
    params: paramsOf(request),
    body: request.body,
    answer(status, body, headers = {}) {
      reply.code(status).headers(headers).send(body)
    },
    stream: (body) => void reply.send(body),
    signIn: (user) => void Object.assign(request, { user }),
    raw() {
      reply.hijack()
      return reply.raw
    },
  }
}
