/** The suite's application in Express, 5 or 4: the same code, as their users write it. */
import { createRequire } from 'node:module'
import { pipeline } from 'node:stream'
import { audited, auditMiddleware } from '@trailmark/express'
import express5, { type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import multer from 'multer'
import type { Access, Application, Call, DeclaredEvent, Harness, Login, Route } from './application.ts'
import { listen } from './listen.ts'

// The alias brings no types of its own; what is used here is the same in both versions.
const express4: typeof express5 = createRequire(import.meta.url)('express-4')

export const serveExpress5 = harness(express5)
export const serveExpress4 = harness(express4)

function harness(express: typeof express5): Harness {
  return { hooks: {}, serve: (app) => listen(build(express, app), app.server) }
}

function build(express: typeof express5, application: Application) {
  const { audit, before, user, ownErrors, bodyBytesMax = 100_000 } = application
  const app = express()
  if (before !== undefined) {
    app.use((req, res, next) => {
      before(req, res)
      next()
    })
  }
  app.use(auditMiddleware({ audit }))
  if (application.twice === true) app.use(auditMiddleware({ audit }))
  app.use(express.json({ limit: bodyBytesMax }), multer().none())
  if (user !== undefined) {
    app.use((req, _res, next) => {
      Object.assign(req, { user: user(req) })
      next()
    })
  }
  for (const route of application.routes) mount(express, app, route)
  if (ownErrors !== undefined) {
    app.use((_error: unknown, req: Request, res: Response, next: NextFunction) => {
      application.observe?.('own error handler', req)
      if (res.headersSent) next(_error)
      else res.status(418).type('text/plain').send(ownErrors)
    })
  }
  return app
}

function mount(express: typeof express5, app: ReturnType<typeof express5>, route: Route): void {
  const router = route.under === undefined ? app : express.Router({ mergeParams: true })
  const declared = declarationsOf(route)
  const method = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete', HEAD: 'head' } as const
  const handler: RequestHandler = async (req, res, next) => {
    await route.handle(callOf(req, res, next))
  }
  router[method[route.method ?? 'GET']](route.path, ...declared, handler)
  if (route.under !== undefined) app.use(route.under, router)
}

function declarationsOf({ access, login, logout, event }: Route): RequestHandler[] {
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
}: Access): RequestHandler {
  return audited[verb](resource, {
    ...(id && { id: (req) => id(askedOf(req)) }),
    ...(subject && { subject: (req) => subject(askedOf(req)) }),
    ...(volume && { volume: () => volume() }),
    ...(metadata && { metadata: () => metadata() }),
    ...(purpose !== undefined && { purpose }),
    ...(purposeFrom && { purpose: (req) => purposeFrom(askedOf(req)) }),
    ...texts,
  })
}

function declareLogin({ user, failed, ...others }: Login): RequestHandler {
  return audited.login({
    ...(user && { user: (req) => user({ req, body: req.body }) }),
    ...(failed && { failed: (_req, res) => failed({ res }) }),
    ...others,
  })
}

function declareEvent({ type, subject, failed, ...others }: DeclaredEvent): RequestHandler {
  return audited.event(type, {
    ...(subject && { subject: (req) => subject(askedOf(req)) }),
    ...(failed && { failed: (_req, res) => failed({ res }) }),
    ...others,
  })
}

function askedOf(req: Request): Pick<Call, 'req' | 'params'> {
  return { req, params: paramsOf(req) }
}

function paramsOf(req: Request): Record<string, string> {
  return Object.fromEntries(Object.entries(req.params).map(([name, value]) => [name, String(value)]))
}

function callOf(req: Request, res: Response, next: NextFunction): Call {
  return {
    req,
    res,
    params: paramsOf(req),
    body: req.body,
    answer(status, body, headers = {}) {
      res.status(status).set(headers)
      if (body === undefined) res.end()
      else if (typeof body === 'string') res.send(body)
      else res.json(body)
    },
    stream: (body) => void pipeline(body, res, (error) => error && next(error)),
    file: (path) => res.sendFile(path, next),
    signIn: (user) => void Object.assign(req, { user }),
    raw: () => res,
  }
}
