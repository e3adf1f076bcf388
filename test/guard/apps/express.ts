import type { RequestListener } from 'node:http'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'
import type { Arrangement } from '../arrangement.ts'
import { actor, work } from './handler.ts'

export async function listener({ audit, declared, before, within }: Arrangement): Promise<RequestListener> {
  const app = express()
  if (before)
    app.use((req, res, next) => {
      before(req, res)
      next()
    })
  if (audit) app.use(auditMiddleware({ operational: 'stdout', actor }))
  app.use(express.json())
  if (declared) app.post('/notes/:id', audited.read('note', { id: (req) => req.params['id'] }))
  app.post('/notes/:id', async (req, res) => {
    within?.(req, res)
    res.json(await work())
  })
  return app
}
