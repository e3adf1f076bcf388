import { mkdirSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import auditPlugin from '@trailmark/fastify'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import { destination, pino } from 'pino'
import { work } from '../servers/report.ts'
import { actor } from './actor.ts'

export async function listener(variant: string, home: string): Promise<RequestListener> {
  if (variant === 'logger') mkdirSync(home, { recursive: true })
  const file = (): FastifyBaseLogger => pino(destination({ dest: `${home}/access.log`, sync: false, minLength: 4096 }))
  const app = Fastify(variant === 'logger' ? { loggerInstance: file() } : {})
  if (variant === 'trailmark' || variant === 'declared')
    await app.register(auditPlugin, { operational: 'stdout', actor })
  const audit = { read: 'note', id: (request: { params: unknown }) => (request.params as { id: string }).id }
  app.post('/notes/:id', { config: variant === 'declared' ? { audit } : {} }, () => work())
  await app.ready()
  return (req, res) => app.routing(req, res)
}
