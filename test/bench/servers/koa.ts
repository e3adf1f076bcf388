import { mkdirSync } from 'node:fs'
import Router from '@koa/router'
import { audited, auditMiddleware } from '@trailmark/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { destination, pino } from 'pino'
import { pinoHttp } from 'pino-http'
import { report, work } from './report.ts'

const [, , variant, home = ''] = process.argv
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
if (variant === 'trailmark' || variant === 'declared') app.use(auditMiddleware({ operational: 'stdout' }))
app.use(bodyParser())
if (variant === 'declared') router.post('/notes/:id', audited.read('note', { id: (ctx) => ctx['params']?.id }))
router.post('/notes/:id', async (ctx) => {
  ctx.body = await work()
})
app.use(router.routes())
const server = app.listen(0, '127.0.0.1', () => report(server))
