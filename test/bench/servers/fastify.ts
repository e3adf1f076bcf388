import type { RequestListener } from 'node:http'
import auditPlugin from '@trailmark/fastify'
import * as tracer from 'cls-rtracer'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import { actor } from './actor.ts'
import { assembleAudit } from './assembled.ts'
import { hasTracer, loggerOf } from './loggers.ts'
import { auditOptions, isDeclared, isOurs, type Variant } from './variant.ts'
import { work } from './work.ts'

const idOf = (params: unknown): string => (params as { id: string }).id

export async function listener(variant: Variant, home: string): Promise<RequestListener> {
  const loggerInstance: FastifyBaseLogger | undefined = loggerOf(variant, home)
  const app = Fastify(loggerInstance ? { loggerInstance } : {})
  if (hasTracer(variant)) await app.register(tracer.fastifyPlugin, {})
  if (variant === 'assembled') {
    const audit = assembleAudit(home)
    app.addHook('onRequest', (request, reply, done) => {
      audit.follow(request.raw, reply.raw, { route: '/notes/:id', id: () => idOf(request.params) })
      done()
    })
  }
  if (isOurs(variant)) await app.register(auditPlugin, { ...auditOptions(variant), actor })
  const audit = { read: 'note', id: (request: { params: unknown }) => idOf(request.params) }
  app.post('/notes/:id', { config: isDeclared(variant) ? { audit } : {} }, () => work())
  await app.ready()
  return (req, res) => app.routing(req, res)
}
