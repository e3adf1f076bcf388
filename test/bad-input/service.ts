import { writeSync } from 'node:fs'
import { type AuditOptions, createAudit } from '@trailmark/core'
import { auditErrors, audited, auditMiddleware } from '@trailmark/express'
import express from 'express'

/** A service that is started where things go wrong. It is given its options as JSON, and says `listening <port>`. */
const options: AuditOptions = JSON.parse(process.argv[2] ?? '{}')
const audit = createAudit(options)
const app = express()
app.use(auditMiddleware({ audit }))
app.get('/ready', (req, res) => audit.readyHandler(req, res))
app.get('/health', (_req, res) => {
  res.json(audit.health())
})

/** A refusal: recorded by itself, class `spool`. */
app.get('/refused', (_req, res) => {
  res.status(403).end()
})

/** Declared, class `block`: the handler runs once the attempt is durable. */
let exports = 0
app.get('/export', audited.export('patient'), (_req, res) => {
  res.json({ exports: ++exports })
})

/** Answers with the id of a record that is durable, or with the code of what kept it from being so. */
app.get('/durable', async (_req, res) => {
  const receipt = audit.record('data_access', { targets: [{ type: 'patient', id: 'pat_1' }] })
  try {
    await receipt.durable
    res.json({ id: receipt.id })
  } catch (error) {
    res.status(500).json({ code: error instanceof Error && 'code' in error ? error.code : String(error) })
  }
})

/** Accepts so many records at once. */
app.get('/burst/:count', (req, res) => {
  const count = Number(req.params.count)
  for (let i = 0; i < count; i++) audit.record('data_update', { targets: [{ type: 'patient', id: `pat_${i}` }] })
  res.json({ count })
})
app.use(auditErrors())

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  writeSync(1, `listening ${typeof address === 'object' ? address?.port : ''}\n`)
})
