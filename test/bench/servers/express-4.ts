import type { RequestListener } from 'node:http'
import { audited, auditMiddleware } from '@trailmark/express'
import { pinoHttp } from 'pino-http'
import { express4 as express } from '../../express/versions.ts'
import { actor } from './actor.ts'
import { loggerOf } from './loggers.ts'
import { auditOptions, isDeclared, isOurs, type Variant } from './variant.ts'
import { work } from './work.ts'

export function listener(variant: Variant, home: string): RequestListener {
  const app = express()
  const logger = loggerOf(variant, home)
  if (logger) app.use(pinoHttp({ logger }))
  if (isOurs(variant)) app.use(auditMiddleware({ ...auditOptions(variant), actor }))
  app.use(express.json())
  if (isDeclared(variant)) app.post('/notes/:id', audited.read('note', { id: (req) => req.params['id'] }))
  app.post('/notes/:id', (_req, res, next) => work().then((answer) => res.json(answer), next))
  return app
}
