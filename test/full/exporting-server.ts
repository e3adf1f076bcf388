import { writeSync } from 'node:fs'
import { createAudit } from '@trailmark/core'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'

/** A service as in production whose one route is of class `block`: its handler runs once the attempt is durable. */
const app = express()
app.use(auditMiddleware({ audit: createAudit({ service: 'ward', operational: 'none' }) }))
app.get('/export', audited.export('patient'), (_req, res) => {
  res.json({ exported: true })
})

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  writeSync(1, `listening ${typeof address === 'object' ? address?.port : ''}\n`)
})
