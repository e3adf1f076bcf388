import { mkdirSync } from 'node:fs'
import auditPlugin from '@trailmark/fastify'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import { destination, pino } from 'pino'
import { report, work } from './report.ts'

const [, , variant, home = ''] = process.argv
if (variant === 'logger') mkdirSync(home, { recursive: true })
const file = (): FastifyBaseLogger => pino(destination({ dest: `${home}/access.log`, sync: false, minLength: 4096 }))
const app = Fastify(variant === 'logger' ? { loggerInstance: file() } : {})
if (variant === 'trailmark' || variant === 'declared') await app.register(auditPlugin, { operational: 'stdout' })
const config =
  variant === 'declared'
    ? { audit: { read: 'note', id: (request: { params: unknown }) => (request.params as { id: string }).id } }
    : {}
app.post('/notes/:id', { config }, () => work())
await app.listen({ port: 0, host: '127.0.0.1' })
report(app.server)
