import { mkdirSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import Router from '@koa/router'
import { audited, auditMiddleware } from '@trailmark/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { destination, pino } from 'pino'
import { pinoHttp } from 'pino-http'
import { work } from '../servers/report.ts'
import { actor } from './actor.ts'

export async function listener(variant: string, home: string): Promise<RequestListener> {
  const app = new Koa()
  const router = new Router()
  if (variant === 'logger') {
    mkdirSync(home, { recursive: true })
    const log = pinoHttp({ logger: pino(destination({ dest: `${home}/access.log`, sync: false, minLength: 4096 })) })
    app.use((ctx, next) => {
      log(ctx.req, ctx.res)
      return next()
    })
  }
  if (variant === 'trailmark' || variant === 'declared') app.use(auditMiddleware({ operational: 'stdout', actor }))
  app.use(bodyParser())
  if (variant === 'declared') router.post('/notes/:id', audited.read('note', { id: (ctx) => ctx['params']?.id }))
  router.post('/notes/:id', async (ctx) => {
    ctx.body = await work()
  })
  app.use(router.routes())
  return app.callback()
}
