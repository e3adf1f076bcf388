import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import Router from '@koa/router'
import { auditMiddleware } from '@trailmark/koa'
import Koa from 'koa'
import { loopback, makeCalls, type Serve } from './service.ts'

export const serve: Serve = async ({ audit, send }, port) => {
  const app = new Koa()
  const router = new Router()
  router.post('/test', async (ctx) => {
    const asked: unknown = JSON.parse(await text(ctx.req))
    await makeCalls(asked, send)
    ctx.body = { calls: Array.isArray(asked) ? asked.length : 0 }
  })
  app.use(auditMiddleware({ audit })).use(router.routes())
  const server = createServer(app.callback()).listen(port, loopback)
  await once(server, 'listening')
  return server
}
