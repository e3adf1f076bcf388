import type { RequestListener } from 'node:http'
import Router from '@koa/router'
import { audited, auditMiddleware } from '@trailmark/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import type { Arrangement } from '../arrangement.ts'
import { actor, work } from './handler.ts'

export async function listener({ audit, declared, before, within }: Arrangement): Promise<RequestListener> {
  const app = new Koa()
  const router = new Router()
  if (audit) app.use(auditMiddleware({ operational: 'stdout', actor }))
  app.use(bodyParser())
  if (declared) router.post('/notes/:id', audited.read('note', { id: (ctx) => ctx['params']?.id }))
  router.post('/notes/:id', async (ctx) => {
    within?.(ctx.req, ctx.res)
    ctx.body = await work()
  })
  app.use(router.routes())
  const answer = app.callback()
  return async (req, res) => {
    before?.(req, res)
    await answer(req, res)
  }
}
