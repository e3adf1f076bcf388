/** The suite's application in Koa 3 with @koa/router, as its users write it. */
import Router from '@koa/router'
import { audited, auditMiddleware } from '@trailmark/koa'
import Koa, { type Context, type Middleware } from 'koa'
import bodyParser from 'koa-bodyparser'
import multer from 'multer'
import type { Access, Application, Call, DeclaredEvent, Harness, Login, Route } from './application.ts'
import { listen } from './listen.ts'

export const serveKoa: Harness = {
  hooks: { failed: 'error' },
  serve(application) {
    const { audit, before, user, ownErrors, observe, bodyBytesMax = 100_000 } = application
    const app = new Koa()
    if (before !== undefined) {
      app.use((ctx, next) => {
        before(ctx.req, ctx.res)
        return next()
      })
    }
    app.use(auditMiddleware({ audit }))
    if (application.twice === true) app.use(auditMiddleware({ audit }))
    if (observe !== undefined) app.on('error', (_error, ctx: Context) => observe('error', ctx.req))
    if (ownErrors !== undefined) app.use(answerErrors(ownErrors, observe))
    app.use(bodyParser({ jsonLimit: String(bodyBytesMax) })).use(multipart)
    if (user !== undefined) {
      app.use((ctx, next) => {
        ctx.state.user = user(ctx.req)
        return next()
      })
    }
    for (const route of application.routes) app.use(routesOf(route))
    return listen(app.callback(), application.server)
  },
}

function answerErrors(text: string, observe: Application['observe']): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      observe?.('own error handler', ctx.req)
      if (ctx.headerSent) throw error
      ctx.status = 418
      ctx.body = text
    }
  }
}

const readForm = multer().none()

const multipart: Middleware = async (ctx, next) => {
  if (ctx.is('multipart') === false || ctx.is('multipart') === null) return next()
  // Multer is Express's; of request and response it asks no more than Node's own have.
  await new Promise<void>((resolve, reject) => {
    Reflect.apply(readForm, undefined, [ctx.req, ctx.res, (error: unknown) => (error ? reject(error) : resolve())])
  })
  ctx.request.body = Reflect.get(ctx.req, 'body')
  return next()
}

function routesOf(route: Route) {
  const router = new Router(route.under === undefined ? {} : { prefix: route.under })
  const method = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete', HEAD: 'head' } as const
  const declared = declarationsOf(route)
  const handler: Middleware = async (ctx) => {
    await route.handle(callOf(ctx))
  }
  router[method[route.method ?? 'GET']](route.path, ...declared, handler)
  return router.routes()
}

function declarationsOf({ access, login, logout, event }: Route): Middleware[] {
  if (access !== undefined) return [declare(access)]
  if (login !== undefined) return [declareLogin(login)]
  if (logout !== undefined) return [audited.logout()]
  return event === undefined ? [] : [declareEvent(event)]
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
}: Access): Middleware {
  return audited[verb](resource, {
    ...(id && { id: (ctx) => id({ req: ctx.req, params: ctx.params }) }),
    ...(subject && { subject: (ctx) => subject({ req: ctx.req, params: ctx.params }) }),
    ...(volume && { volume: () => volume() }),
    ...(metadata && { metadata: () => metadata() }),
    ...(purpose !== undefined && { purpose }),
    ...(purposeFrom && { purpose: (ctx) => purposeFrom({ req: ctx.req, params: ctx.params }) }),
    ...texts,
  })
}

function declareLogin({ user, failed, ...others }: Login): Middleware {
  return audited.login({
    ...(user && { user: (ctx) => user({ req: ctx.req, body: ctx.request.body }) }),
    ...(failed && { failed: (ctx) => failed({ res: ctx.res }) }),
    ...others,
  })
}

function declareEvent({ type, subject, failed, ...others }: DeclaredEvent): Middleware {
  return audited.event(type, {
    ...(subject && { subject: (ctx) => subject({ req: ctx.req, params: ctx.params }) }),
    ...(failed && { failed: (ctx) => failed({ res: ctx.res }) }),
    ...others,
  })
}

function callOf(ctx: Context): Call {
  return {
    req: ctx.req,
    res: ctx.res,
    params: ctx.params,
    body: ctx.request.body,
    answer(status, body, headers = {}) {
      ctx.status = status
      ctx.set(headers)
      // Koa takes a body of undefined for one it has to write itself.
      if (body === undefined) ctx.body = status === 204 || status === 304 ? null : ''
      else ctx.body = body
    },
    stream(body) {
      ctx.status = 200
      ctx.body = body
    },
    signIn(user) {
      ctx.state.user = user
    },
    raw() {
      ctx.respond = false
      ctx.res.statusCode = 200 // Koa has set it to 404 by now.
      return ctx.res
    },
  }
}
