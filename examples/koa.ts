import Router from '@koa/router'
import { auditMiddleware } from '@trailmark/koa'
import Koa from 'koa'

const app = new Koa()
app.use(auditMiddleware())
app.use(new Router().get('/hello/:name', (ctx) => (ctx.body = { hello: 'world' })).routes())
app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
