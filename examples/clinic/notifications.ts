import Router from '@koa/router'
import { createAudit } from '@trailmark/core'
import { audited, auditMiddleware } from '@trailmark/koa'
import Koa from 'koa'
import { announce, identityHeader, inside, loopback, portOf, readIdentity } from './service.ts'

/** Tells the privacy officer what they should know. The smallest of the three services. */
const audit = createAudit(inside('clinic-notices'))
const app = new Koa()
const router = new Router()

app.use(auditMiddleware({ audit }))
app.use((ctx, next) => {
  ctx.state['user'] = readIdentity(ctx.req.headers[identityHeader])
  return next()
})
router.post('/notify', audited.create('notification'), (ctx) => {
  ctx.req.resume()
  ctx.status = 202
  ctx.body = { queued: true }
})
app.use(router.routes())
app.listen(portOf('notifications'), loopback, () => announce('notifications'))
