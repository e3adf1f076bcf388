import type { RequestListener } from 'node:http'
import { audited, auditMiddleware } from '@trailmark/express'
import * as tracer from 'cls-rtracer'
import express from 'express'
import { pinoHttp } from 'pino-http'
import { actor } from './actor.ts'
import { assembleAudit } from './assembled.ts'
import { hasTracer, loggerOf } from './loggers.ts'
import { auditOptions, isDeclared, isOurs, type Variant } from './variant.ts'
import { work } from './work.ts'

export function listener(variant: Variant, home: string): RequestListener {
  const app = express()
  const logger = loggerOf(variant, home)
  if (hasTracer(variant)) app.use(tracer.expressMiddleware())
  if (logger) app.use(pinoHttp({ logger }))
  if (variant === 'assembled') {
    const audit = assembleAudit(home)
    app.use((req, res, next) => {
      audit.follow(req, res, { route: '/notes/:id', id: () => `${req.params['id']}` })
      next()
    })
  }
  if (isOurs(variant)) app.use(auditMiddleware({ ...auditOptions(variant), actor }))
  app.use(express.json())
  if (isDeclared(variant)) app.post('/notes/:id', audited.read('note', { id: (req) => req.params['id'] }))
  app.post('/notes/:id', async (_req, res) => res.json(await work()))
  return app
}
