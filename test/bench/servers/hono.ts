import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { audited, auditMiddleware } from '@trailmark/hono'
import { Hono } from 'hono'
import { pinoHttp } from 'pino-http'
import { loggerOf } from './loggers.ts'
import { auditOptions, isDeclared, isOurs, type Variant } from './variant.ts'
import { work } from './work.ts'

export function listener(variant: Variant, home: string): RequestListener {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const logger = loggerOf(variant, home)
  if (logger) {
    const log = pinoHttp({ logger })
    app.use(async (c, next) => {
      log(c.env.incoming, c.env.outgoing)
      await next()
    })
  }
  if (isOurs(variant)) {
    const actor = (c: { req: { header(name: string): string | undefined } }): { id: string } | undefined => {
      const id = c.req.header('x-user')
      return id === undefined ? undefined : { id }
    }
    app.use(auditMiddleware(app, { ...auditOptions(variant), actor }))
  }
  if (isDeclared(variant)) app.post('/notes/:id', audited.read('note', { id: (c) => c.req.param('id') }))
  app.post('/notes/:id', async (c) => {
    await c.req.json()
    return c.json(await work())
  })
  return getRequestListener(app.fetch)
}
