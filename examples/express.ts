import { auditMiddleware } from '@trailmark/express'
import express from 'express'

const app = express()
app.use(auditMiddleware())
app.get('/hello/:name', (_req, res) => res.json({ hello: 'world' }))
app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
