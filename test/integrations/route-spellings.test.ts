/** Whatever spelling of a path a framework serves, the rule of the option `routes` is found for it. */
import { request } from 'node:http'
import { testAudit } from '@trailmark/core/testing'
import { auditPlugin } from '@trailmark/fastify'
import fastify, { type FastifyServerOptions } from 'fastify'
import { expect, it } from 'vitest'

// Fastify's types have no member for this one.
const routerOptions = { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, useSemicolonDelimiter: true }
const forgiving: FastifyServerOptions = { routerOptions }

it.each<[string, FastifyServerOptions]>([
  ['/patients/', {}],
  ['/patients/?x', {}],
  ['/wards//beds', {}],
  ['/patients/7;/a/b', forgiving],
  ['/patients/7/;x', forgiving],
  ['//patients//7/', forgiving],
])('%s reaches no handler beside the rule', async (url, options) => {
  const audit = testAudit({
    routes: [
      { route: '/patients/:id', read: 'patient', id: 'params.id' },
      { route: '/wards/:ward/beds', read: 'patient' },
    ],
  })
  const app = fastify(options)
  await app.register(auditPlugin, { audit })
  app.get('/patients/:id', async () => 'served')
  app.get('/wards/:ward/beds', async () => 'served')
  // A real socket: the address is sent as it is written.
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = new URL(origin)
  const body = await new Promise<string>((resolve, reject) => {
    request({ port, path: url }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => resolve(text))
    })
      .on('error', reject)
      .end()
  })
  await app.close()
  expect(body).toBe('served')
  expect(audit.records.map(({ event_type: type }) => type)).toEqual(['data_access'])
  await audit.close()
})
