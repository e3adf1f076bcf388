import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { createAudit } from '@trailmark/core'
import { startTracing } from '@trailmark/integrations/opentelemetry'

const audit = createAudit({
  service: 'clinic',
  trust: ['10.0.0.0/8'], // whose trace headers are continued
  outbound: { trace: ['https://records.internal'] }, // who gets ours
})
const tracing = startTracing({ audit, instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] })

// Frameworks come after it: instrumentations reach only what is loaded later.
const { auditMiddleware } = await import('@trailmark/express')
const { default: express } = await import('express')
const app = express()
app.use(auditMiddleware({ audit }))
app.get('/hello', (_req, res) => res.json({ hello: 'world' }))
const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')

process.once('SIGTERM', () => server.close(() => void tracing.shutdown().then(() => audit.close())))
