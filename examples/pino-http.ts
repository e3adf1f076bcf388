import { createAudit } from '@trailmark/core'
import { auditMiddleware } from '@trailmark/express'
import { auditedPino } from '@trailmark/integrations/pino'
import { pinoHttpOptions } from '@trailmark/integrations/pino-http'
import express from 'express'
import { pinoHttp } from 'pino-http'

const audit = createAudit({ service: 'clinic', operational: 'none' }) // the terminal line is pino-http's

const app = express()
app.use(auditMiddleware({ audit }))
app.use(pinoHttp(pinoHttpOptions({ logger: auditedPino({ audit, stream: 'operational' }) })))
app.get('/letters', (req, res) => {
  req.log.info({ count: 3 }, 'letters sent')
  res.json({ sent: 3 })
})
app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
