import type { RequestListener } from 'node:http'
import auditPlugin from '@trailmark/fastify'
import Fastify from 'fastify'
import type { Arrangement } from '../arrangement.ts'
import { actor, work } from './handler.ts'

export async function listener({ audit, declared, before, within }: Arrangement): Promise<RequestListener> {
  const app = Fastify()
  if (audit) await app.register(auditPlugin, { operational: 'stdout', actor })
  const read = { read: 'note', id: (request: { params: unknown }) => Reflect.get(Object(request.params), 'id') }
  app.post('/notes/:id', { config: declared ? { audit: read } : {} }, (request, reply) => {
    within?.(request.raw, reply.raw)
    return work()
  })
  await app.ready()
  return (req, res) => {
    before?.(req, res)
    app.routing(req, res)
  }
}
