import auditPlugin from '@trailmark/fastify'
import Fastify from 'fastify'

const app = Fastify()
await app.register(auditPlugin)
app.get('/hello/:name', () => ({ hello: 'world' }))
await app.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' })
