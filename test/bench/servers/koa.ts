import type { RequestListener } from 'node:http'
import Router from '@koa/router'
import { audited, auditMiddleware } from '@trailmark/koa'
import * as tracer from 'cls-rtracer'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { pinoHttp } from 'pino-http'
import { actor } from './actor.ts'
import { assembleAudit } from './assembled.ts'
import { hasTracer, loggerOf } from './loggers.ts'
import { auditOptions, isDeclared, isOurs, type Variant } from './variant.ts'
import { work } from './work.ts'

export function listener(variant: Variant, home: string): RequestListener {
  const app = new Koa()
  const router = new Router()
  const logger = loggerOf(variant, home)
  if (hasTracer(variant)) app.use(tracer.koaMiddleware())
  if (logger) {
    const log = pinoHttp({ logger })
    app.use((ctx, next) => {
      log(ctx.req, ctx.res)
      return next()
    })
  }
  if (variant === 'assembled') {
    const audit = assembleAudit(home)
    app.use((ctx, next) => {
      audit.follow(ctx.req, ctx.res, { route: '/notes/:id', id: () => `${ctx['params']?.id}` })
      return next()
    })
  }
  if (isOurs(variant)) app.use(auditMiddleware({ ...auditOptions(variant), actor }))
  app.use(bodyParser())
  if (isDeclared(variant)) router.post('/notes/:id', audited.read('note', { id: (ctx) => ctx['params']?.id }))
  router.post('/notes/:id', async (ctx) => {
    ctx.body = await work()
  })
  app.use(router.routes())
  return app.callback()
}
