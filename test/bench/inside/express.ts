import { mkdirSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'
import { destination, pino } from 'pino'
import { pinoHttp } from 'pino-http'
import { work } from '../servers/report.ts'
import { actor } from './actor.ts'

export async function listener(variant: string, home: string): Promise<RequestListener> {
  const app = express()
  if (variant === 'logger') {
    mkdirSync(home, { recursive: true })
    app.use(pinoHttp({ logger: pino(destination({ dest: `${home}/access.log`, sync: false, minLength: 4096 })) }))
  }
  if (variant === 'trailmark' || variant === 'declared') app.use(auditMiddleware({ operational: 'stdout', actor }))
  app.use(express.json())
  if (variant === 'declared') app.post('/notes/:id', audited.read('note', { id: (req) => req.params['id'] }))
  app.post('/notes/:id', async (_req, res) => res.json(await work()))
  return app
}
