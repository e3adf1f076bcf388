/** A real Fastify application on loopback whose requests the trail follows. */
import { testAudit } from '@trailmark/core/testing'
import auditPlugin from '@trailmark/fastify'
import Fastify, { type FastifyInstance } from 'fastify'
import { clientOf, type Served } from './audited-express.ts'

export async function serveFastify(mount: (app: FastifyInstance) => unknown): Promise<Served> {
  const audit = testAudit()
  const app = Fastify({ forceCloseConnections: true })
  await app.register(auditPlugin, { audit })
  await mount(app)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    ...clientOf(audit, url),
    close: async () => {
      await app.close()
      await audit.close()
    },
  }
}
