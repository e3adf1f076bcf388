/** A stream of server-sent events is one long answer: its context and its lines need no integration. */
import { once } from 'node:events'
import { request } from 'node:http'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'
import { expect, it } from 'vitest'
import { linesOf, socketStage } from './socket-stage.ts'

it('keeps the context of the request for every event, tells the opening, and ends with the line of the request', async () => {
  const app = express()
  const { audit, port, close } = await socketStage({ openingMs: 1_000, actor: () => ({ id: 'usr_anna' }) }, app)
  app.use(auditMiddleware({ audit }))
  app.get('/live', audited.read('patient'), (req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    const timer = setInterval(() => {
      audit.record('bulk_query', { targets: [{ type: 'patient' }] })
      res.write('data: 2\n\n')
    }, 5)
    req.on('close', () => clearInterval(timer))
  })
  try {
    const asked = request({ port, host: '127.0.0.1', path: '/live' }).end()
    const [answer] = await once(asked, 'response')
    answer.on('error', () => undefined)
    for (let events = 0; events < 3; events++) await once(answer, 'data')
    const [opening] = await linesOf(audit, 'http_request_open')
    asked.destroy()
    const [line] = await linesOf(audit, 'http_request')
    expect(line).toMatchObject({ http: { route: '/live', completion: 'aborted' }, request_id: opening?.['request_id'] })
    const [during] = audit.recordsOf('bulk_query')
    const [access] = audit.recordsOf('data_access')
    expect(during).toMatchObject({ request_id: opening?.['request_id'], user_id: access?.user_id })
  } finally {
    await close()
  }
})
