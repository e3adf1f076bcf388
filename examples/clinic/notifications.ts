import { createAudit } from '@trailmark/core'
import { auditMiddleware, audited } from '@trailmark/koa'
import Router from '@koa/router'
import Koa from 'koa'
import { announce, inside, loopback, portOf } from './service.ts'

/** Tells the privacy officer what they should know. The smallest of the three services. */
const audit = createAudit(inside('clinic-notifications'))
const app = new Koa()
const router = new Router()

app.use(auditMiddleware({ audit }))
router.post('/notify', audited.create('notification'), (ctx) => {
  ctx.req.resume()
  ctx.status = 202
  ctx.body = { queued: true }
})
app.use(router.routes())
app.listen(portOf('notifications'), loopback, () => announce('notifications'))
