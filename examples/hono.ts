import { serve } from '@hono/node-server'
import { auditMiddleware } from '@trailmark/hono'
import { Hono } from 'hono'

const app = new Hono()
app.use(auditMiddleware(app))
app.get('/hello/:name', (c) => c.json({ hello: 'world' }))
serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' })
