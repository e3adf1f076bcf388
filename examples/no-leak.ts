/** A test of an application: whatever it is sent, nothing of it stands in its logs, its records or its error answers. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { expectNoLeak, testAudit } from '@trailmark/core/testing'
import { auditMiddleware } from '@trailmark/express'
import { auditedPino } from '@trailmark/integrations/pino'
import express from 'express'

const audit = testAudit() // in memory; give it to the application in place of the real one
const log: string[] = []
const logger = auditedPino({ audit, destination: { write: (line) => log.push(line) } })

const app = express()
app.use(auditMiddleware({ audit }))
app.use(express.json(), express.urlencoded({ extended: false }))
app.get('/patients/:id', (req, res) => {
  logger.info({ err: new Error(`no patient ${req.params.id}`), req }, 'not found')
  res.status(404).json({ error: 'not found' })
})
app.post('/patients', (req, res) => {
  logger.info({ fields: Object.keys(req.body ?? {}).length }, 'patient registered')
  res.status(201).json({ ok: true })
})
// Express's own answer to an unknown path repeats the path.
app.use((_req, res) => res.status(404).json({ error: 'not found' }))

const server = createServer(app).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

const report = await expectNoLeak(url, {
  audit,
  outputs: { 'the log': () => log },
  requests: [
    { path: '/patients/:id?q=' },
    { method: 'POST', path: '/patients', body: { name: '', email: '', age: 41 } },
    { method: 'DELETE', path: '/nowhere/:id' },
  ],
})
console.log(JSON.stringify(report, undefined, 2))

server.close()
await audit.close()
