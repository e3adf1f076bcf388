import Router from '@koa/router'
import { testAudit } from '@trailmark/core/testing'
import { audited, auditMiddleware } from '@trailmark/koa'
import Koa, { type Middleware } from 'koa'
import { expect, it } from 'vitest'
import { listen } from '../conformance/listen.ts'
import { clientOf } from './audited-express.ts'

const refuse: Middleware = (ctx) => {
  ctx.status = 403
}

it('a route of @koa/router that a guard in front of its declaration refuses is recorded with its permission', async () => {
  const audit = testAudit()
  const app = new Koa()
  app.use(auditMiddleware({ audit }))
  const router = new Router({ prefix: '/patients' })
  router.get('/:id', refuse, audited.read('patient', { permission: 'patients:read' }))
  router.post('/:id', refuse, audited.update('patient', { permission: 'patients:write' }))
  router.delete('/:id', refuse, audited.delete('patient'))
  app.use(router.routes())
  const serving = await listen(app.callback())
  const client = clientOf(audit, `http://127.0.0.1:${serving.port}`)
  for (const method of ['GET', 'POST', 'DELETE']) await client.send('/patients/7', { method })
  await serving.close()
  expect(audit.recordsOf('authz_deny').map(({ decision }) => decision)).toEqual([
    { effect: 'deny', permission: 'patients:read' },
    { effect: 'deny', permission: 'patients:write' },
    { effect: 'deny' },
  ])
  await audit.close()
})
