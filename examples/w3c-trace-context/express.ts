import { once } from 'node:events'
import { auditMiddleware } from '@trailmark/express'
import express from 'express'
import { bodyBytesMax, loopback, makeCalls, type Serve } from './service.ts'

export const serve: Serve = async ({ audit, send }, port) => {
  const app = express()
  app.use(auditMiddleware({ audit }), express.json({ limit: bodyBytesMax }))
  app.post('/test', async (req, res) => {
    await makeCalls(req.body, send)
    res.json({ calls: req.body.length })
  })
  const server = app.listen(port, loopback)
  await once(server, 'listening')
  return server
}
