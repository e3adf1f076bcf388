/** Calls to named vendors and deliveries of webhooks, against a server on loopback. */
import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { testAudit } from '@trailmark/core/testing'
import { auditMiddleware } from '@trailmark/express'
import { auditVendors } from '@trailmark/integrations/vendors'
import { auditedWebhook } from '@trailmark/integrations/webhooks'
import express from 'express'
import { request as undiciRequest } from 'undici'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'

const audit = testAudit()
afterEach(() => audit.clear())

let port = 0
let failing = 0
const vendor = createServer((req, res) => {
  req.resume()
  if (req.url === '/flaky' && failing-- > 0) res.writeHead(503).end()
  else if (req.url === '/broken') req.socket.destroy()
  else res.writeHead(req.url === '/missing' ? 404 : 200).end('{}')
})

beforeAll(async () => {
  port = await listening(vendor, '127.0.0.1')
})
afterAll(async () => {
  await audit.close()
  vendor.closeAllConnections()
  vendor.close()
})

async function listening(server: Server, host: string): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('a server has an address')
  return address.port
}

/** Serves one route, asks it once, and gives its request id. */
async function inRequest(work: () => Promise<unknown>): Promise<string | null> {
  const app = express()
  app.use(auditMiddleware({ audit }))
  app.post('/send', async (_req, res) => {
    await work()
    res.json({})
  })
  const server = createServer(app)
  const at = await listening(server, 'localhost') // Not the vendor's name.
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const answer = await fetch(`http://localhost:${at}/send`, { method: 'POST' })
  await answer.text()
  await expect.poll(() => audit.lines.length).toBe(1)
  return answer.headers.get('x-request-id')
}

const own = (path: string): string => `http://127.0.0.1:${port}${path}`

function watch(): ReturnType<typeof auditVendors> {
  const vendors = auditVendors(
    [
      { name: 'mailgun', hosts: ['127.0.0.1'], legalBasis: 'contract', purpose: 'reminders' },
      { name: 'other', hosts: ['*.other.example'] },
    ],
    { audit },
  )
  onTestFinished(() => vendors.stop())
  return vendors
}

test('the calls of one request to one vendor are one record, through fetch, undici and node:http', async () => {
  const vendors = watch()
  const id = await inRequest(async () => {
    vendors.describe('mailgun', { records: 2, subjects: ['usr_8f3k2p'] })
    await fetch(own('/one?to=planted'), { method: 'POST', body: 'planted' })
    await undiciRequest(own('/two')).then(({ body }) => body.text())
    await new Promise((resolve) => httpRequest(own('/three'), (res) => res.resume().on('end', resolve)).end())
  })
  const [record, ...more] = audit.recordsOf('outbound_transfer')
  expect(more).toEqual([])
  expect(record).toMatchObject({
    outcome: 'success',
    request_id: id,
    legal_basis: 'contract',
    purpose: 'reminders',
    volume: { records: 2 },
    metadata: { vendor: 'mailgun', host: '127.0.0.1', count: 3, status: 200 },
  })
  expect(record?.subjects).toHaveLength(1)
  expect(JSON.stringify(audit.records)).not.toMatch(/planted|usr_8f3k2p/)
})

test('what is tried again after a failure is counted', async () => {
  watch()
  failing = 2
  await inRequest(async () => {
    for (let attempt = 0; attempt < 3; attempt++) await fetch(own('/flaky')).then((answer) => answer.text())
  })
  expect(audit.recordsOf('outbound_transfer')).toMatchObject([
    { outcome: 'success', metadata: { count: 3, failures: 2, retries: 2, status: 200 } },
  ])
})

test('a transfer of which every call failed is a failure, with why', async () => {
  watch()
  await inRequest(() => fetch(own('/broken')).catch(() => undefined))
  await inRequest2('/missing')
  expect(audit.recordsOf('outbound_transfer')).toMatchObject([
    { outcome: 'failure', reason: 'unreachable', metadata: { count: 1, failures: 1 } },
    { outcome: 'failure', reason: 'bad_status', metadata: { status: 404 } },
  ])
  expect(audit.recordsOf('outbound_transfer')).toHaveLength(2)

  async function inRequest2(path: string): Promise<void> {
    await fetch(own(path)).then((answer) => answer.text()) // Outside of any request.
  }
})

test('a call that outlives its request is in the record of that request', async () => {
  watch()
  let late: Promise<unknown> = Promise.resolve()
  const id = await inRequest(async () => {
    late = new Promise((resolve) => setTimeout(resolve, 60)).then(() => fetch(own('/late')).then((one) => one.text()))
    await fetch(own('/now')).then((one) => one.text())
  })
  await late
  await expect.poll(() => audit.recordsOf('outbound_transfer').length).toBe(2)
  expect(audit.recordsOf('outbound_transfer').map((record) => record['request_id'])).toEqual([id, id])
})

test('nobody but the named vendors is on record, and a wrong vendor stops the start', async () => {
  const none = auditVendors([{ name: 'other', hosts: ['*.other.example'] }], { audit })
  await inRequest(() => fetch(own('/one')).then((answer) => answer.text()))
  expect(audit.recordsOf('outbound_transfer')).toEqual([])
  none.stop()
  for (const wrong of [
    7,
    [{}],
    [{ name: 'a b', hosts: ['x.example'] }],
    [{ name: 'a', hosts: [] }],
    [{ name: 'a', hosts: ['https://x.example'] }],
    [
      { name: 'a', hosts: ['x.example'] },
      { name: 'b', hosts: ['X.example'] },
    ],
  ]) {
    expect(() => Reflect.apply(auditVendors, undefined, [wrong])).toThrow(
      expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }),
    )
  }
  expect(() => watch().describe('nobody', {})).toThrow(/nobody/)
})

test('every attempt to deliver a webhook is on record by its host', async () => {
  const deliver = auditedWebhook(({ url }: { url: string; deliveryId: string; attempt: number }) => fetch(url), {
    audit,
    next: ({ attempt }) => (attempt < 2 ? new Date(Date.UTC(2026, 0, 15)) : undefined),
  })
  await deliver({ url: own('/one?secret=planted'), deliveryId: 'dlv_1', attempt: 1 })
  await deliver({ url: own('/missing'), deliveryId: 'dlv_2', attempt: 1 })
  await deliver({ url: own('/missing'), deliveryId: 'dlv_2', attempt: 2 })
  await expect(deliver({ url: own('/broken'), deliveryId: 'dlv_3', attempt: 9 })).rejects.toThrow()
  expect(audit.records).toMatchObject([
    { event_type: 'webhook_delivered', metadata: { host: '127.0.0.1', delivery_id: 'dlv_1', attempt: 1, status: 200 } },
    {
      event_type: 'webhook_retried',
      reason: 'bad_status',
      metadata: { status: 404, next_at: '2026-01-15T00:00:00.000Z' },
    },
    { event_type: 'webhook_failed', reason: 'bad_status', metadata: { attempt: 2 } },
    { event_type: 'webhook_failed', reason: 'unreachable', metadata: { delivery_id: 'dlv_3' } },
  ])
  expect(JSON.stringify(audit.records)).not.toContain('planted')
  expect(() => Reflect.apply(auditedWebhook, undefined, [7])).toThrow(
    expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }),
  )
})
