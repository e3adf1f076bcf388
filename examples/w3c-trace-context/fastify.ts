import auditPlugin from '@trailmark/fastify'
import fastify from 'fastify'
import { bodyBytesMax, loopback, makeCalls, type Serve } from './service.ts'

export const serve: Serve = async ({ audit, send }, port) => {
  const app = fastify({ bodyLimit: bodyBytesMax })
  await app.register(auditPlugin, { audit })
  app.post<{ Body: unknown[] }>('/test', async (request) => {
    await makeCalls(request.body, send)
    return { calls: request.body.length }
  })
  await app.listen({ port, host: loopback })
  return app.server
}
