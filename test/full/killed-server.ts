import { createAudit } from '@trailmark/core'
import { auditMiddleware } from '@trailmark/express'
import express from 'express'

/** A server that promises: it answers with a record's id only once that record is durable. The test ends it as it likes. */
const audit = createAudit({ service: 'killed', operational: 'none' })
const app = express()
app.use(auditMiddleware({ audit }))
app.get('/promise', async (_req, res) => {
  const receipt = audit.record('login_success', { actor: { id: 'usr_1' } })
  await receipt.durable
  res.json({ id: receipt.id })
})
app.get('/accept', (_req, res) => {
  res.json({ id: audit.record('logout', { actor: { id: 'usr_1' } }).id })
})
app.get('/end/exit', () => process.exit(9))
app.get('/end/throw', () =>
  setTimeout(() => {
    throw new Error('nobody catches this')
  }, 1),
)
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
})
