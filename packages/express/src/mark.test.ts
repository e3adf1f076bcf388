import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testAudit } from '@trailmark/core/testing'
import express, { type RequestHandler, Router } from 'express'
import { expect, it } from 'vitest'
import { audited, auditMiddleware } from './index.ts'

const refuse: RequestHandler = (_req, res) => void res.sendStatus(403)

it('a route that a guard in front of its declaration refuses is recorded with its permission', async () => {
  const audit = testAudit()
  const app = express()
  app.use(auditMiddleware({ audit }))
  const router = Router()
  router.get('/:id', refuse, audited.read('patient', { permission: 'patients:read' }))
  router
    .route('/:id/notes')
    .get(refuse, audited.read('note', { permission: 'notes:read' }))
    .post(refuse, audited.create('note', { permission: 'notes:write' }))
  router.delete('/:id', refuse, audited.delete('patient'))
  app.use('/patients', router)
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/patients/7`
  const asked = [
    [url, 'GET'],
    [`${url}/notes`, 'POST'],
    [url, 'DELETE'],
  ] as const
  for (const [at, method] of asked) await (await fetch(at, { method })).text()
  server.close()
  await once(server, 'close')
  expect(audit.recordsOf('authz_deny').map(({ decision }) => decision)).toEqual([
    { effect: 'deny', permission: 'patients:read' },
    { effect: 'deny', permission: 'notes:write' },
    { effect: 'deny' },
  ])
  await audit.close()
})
