/**
 * Every place where Express users put a middleware, and every way in which their handlers fail.
 *
 * The product of the two is what the adapter promises to answer safely; it is run in a process of its own, where Express
 * prints as it does in production.
 */
import { pipeline, Readable } from 'node:stream'
import type { Audit } from '@trailmark/core'
import { auditErrors, auditMiddleware } from '@trailmark/express'
import type express5 from 'express'
import type { NextFunction, Request, RequestHandler, Response } from 'express'

export type Express = typeof express5
export type Listener = ReturnType<Express>

export const secret = 'planted-secret-5518'

interface Kind {
  /** Undefined where the client sees a broken connection. */
  readonly status: number | undefined
  readonly handle: RequestHandler
}

function refusal(): Error {
  return Object.assign(new Error(secret), { status: 422, headers: { 'x-internal': secret, 'retry-after': '3' } })
}

/** How a handler fails. */
export const kinds: Readonly<Record<string, Kind>> = {
  'throws an error': {
    status: 500,
    handle: () => {
      throw new Error(secret)
    },
  },
  'throws a string': {
    status: 500,
    handle: () => {
      throw secret
    },
  },
  'rejects with an error': { status: 500, handle: () => Promise.reject(new Error(secret)) },
  'rejects with null': { status: 500, handle: () => Promise.reject(null) },
  'calls next with an error of its own status': { status: 422, handle: (_req, _res, next) => next(refusal()) },
  'calls next later': { status: 500, handle: (_req, _res, next) => void setImmediate(() => next(new Error(secret))) },
  'fails after its headers': {
    status: undefined,
    handle: (_req, res, next) => {
      res.write('the beginning')
      setImmediate(() => next(new Error(secret)))
    },
  },
  'pipes a stream that fails': {
    status: undefined,
    handle: (_req, res, next) => {
      const source = Readable.from(
        (async function* () {
          yield 'the beginning'
          await new Promise((resolve) => setImmediate(resolve))
          throw new Error(secret)
        })(),
      )
      pipeline(source, res, (error) => error && next(error))
    },
  },
}

/** Where the audit stands. Every application answers `/fails` and knows nothing of errors. */
export const arrangements: Readonly<
  Record<string, (express: Express, audit: Audit, handle: RequestHandler) => Listener>
> = {
  'first in the application': (express, audit, handle) => {
    const app = express()
    app.use(auditMiddleware({ audit }))
    app.get('/fails', handle)
    return app
  },
  'among others in a list, under a path': (express, audit, handle) => {
    const app = express()
    app.use('/', [pass, auditMiddleware({ audit }), pass])
    app.get('/fails', handle)
    return app
  },
  'in front of nested routers': (express, audit, handle) => {
    const app = express()
    app.use(auditMiddleware({ audit }))
    app.use(express.Router().use(express.Router().get('/fails', handle)))
    return app
  },
  'in front of a mounted application': (express, audit, handle) => {
    const app = express()
    const inner = express()
    inner.get('/fails', handle)
    app.use(auditMiddleware({ audit }))
    app.use(inner)
    return app
  },
  'in a router alone': (express, audit, handle) => {
    const app = express()
    const router = express.Router()
    router.use(auditMiddleware({ audit }))
    router.get('/fails', handle)
    app.use(router)
    return app
  },
  'in a mounted application alone': (express, audit, handle) => {
    const app = express()
    const inner = express()
    inner.use(auditMiddleware({ audit }))
    inner.get('/fails', handle)
    app.use(inner)
    return app
  },
  'behind middleware that fails before it': (express, audit, handle) => {
    const app = express()
    app.use(pass, handle)
    app.use(auditMiddleware({ audit }))
    return app
  },
  'on the route itself': (express, audit, handle) => {
    const app = express()
    app.get('/fails', auditMiddleware({ audit }), handle)
    return app
  },
  'with its own error handler in a router': (express, audit, handle) => {
    const app = express()
    const router = express.Router()
    router.use(auditMiddleware({ audit }))
    router.get('/fails', handle)
    router.use(auditErrors())
    app.use(router)
    return app
  },
}

function pass(_req: Request, _res: Response, next: NextFunction): void {
  next()
}
