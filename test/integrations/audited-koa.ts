/** A real Koa application on loopback whose requests the trail follows. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { testAudit } from '@trailmark/core/testing'
import { auditMiddleware } from '@trailmark/koa'
import Koa from 'koa'
import { clientOf, type Served, stop } from './audited-express.ts'

export async function serveKoa(mount: (app: Koa) => void): Promise<Served> {
  const audit = testAudit()
  const app = new Koa()
  app.silent = true
  app.use(auditMiddleware({ audit }))
  mount(app)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { ...clientOf(audit, `http://127.0.0.1:${port}`), close: () => stop(server, audit) }
}
