import { createAudit } from '@trailmark/core'
import { auditMiddleware } from '@trailmark/express'
import { auditedPino } from '@trailmark/integrations/pino'
import express from 'express'

const service = 'clinic'
const operational = auditedPino({ service, stream: 'operational' }) // one line per request, through pino
const audit = createAudit({ service, operational })
const logger = auditedPino({ audit }) // the application's own lines, with the request's ids

const app = express()
app.use(auditMiddleware({ audit }))
app.get('/letters', (_req, res) => {
  logger.info({ event_type: 'letters_sent', count: 3 }, 'letters sent')
  res.json({ sent: 3 })
})
app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
