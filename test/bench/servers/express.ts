import { mkdirSync } from 'node:fs'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'
import { destination, pino } from 'pino'
import { pinoHttp } from 'pino-http'
import { report, work } from './report.ts'

const [, , variant, home = ''] = process.argv
const app = express()
if (variant === 'logger') {
  mkdirSync(home, { recursive: true })
  app.use(pinoHttp({ logger: pino(destination({ dest: `${home}/access.log`, sync: false, minLength: 4096 })) }))
}
if (variant === 'trailmark' || variant === 'declared') app.use(auditMiddleware({ operational: 'stdout' }))
app.use(express.json())
if (variant === 'declared') app.post('/notes/:id', audited.read('note', { id: (req) => req.params['id'] }))
app.post('/notes/:id', async (_req, res) => res.json(await work()))
const server = app.listen(0, '127.0.0.1', () => report(server))
