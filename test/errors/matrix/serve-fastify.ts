import auditPlugin from '@trailmark/fastify'
import fastify from 'fastify'
import type { Application, Serve } from './application.ts'
import { failingStream, failOutside, warnOf } from './places.ts'

const serve =
  (logger: boolean): Serve =>
  async ({ audit, wanted }: Application) => {
    const app = fastify({ logger })
    app.addHook('onRequest', (request, _reply, done) => {
      const found = wanted(request.raw.url ?? '')
      if (found?.place === 'before') throw found.error
      done()
    })
    if (audit !== undefined) await app.register(auditPlugin, { audit })
    app.post('/body', async (request) => ({ fields: Object.keys(Object(request.body)).length }))
    app.get('/alive', async () => ({ alive: true }))
    app.get('/sync/:error', (request) => {
      throw wanted(request.url)?.error
    })
    app.get('/:place/:error', async (request, reply) => {
      const found = wanted(request.url)
      if (found === undefined) return reply.callNotFound()
      const { place, error } = found
      if (place === 'async' || place === 'late') await new Promise((resolve) => setImmediate(resolve))
      if (place === 'async') throw error
      if (place === 'late') {
        reply.raw.write('the beginning')
        throw error
      }
      if (place === 'early-stream' || place === 'late-stream') return reply.send(failingStream(place, error))
      if (place === 'warning') warnOf(error)
      if (place === 'logged') {
        request.log.error(error)
        request.log.warn({ err: error, body: error }, 'refused')
        app.log.error(error)
      }
      if (place === 'warning' || place === 'logged') return {}
      failOutside(place, error)
      return new Promise(() => undefined)
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return app.server
  }

export const serveFastify = serve(false)
export const serveFastifyLogger = serve(true)
