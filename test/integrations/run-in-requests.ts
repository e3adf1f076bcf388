/**
 * Runs work inside real requests of an audited Express application, for tests of what happens below the route.
 *
 * The records of an exchange are made when it ends, which a client does not see, so `run()` waits for its terminal line.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuditOptions } from '@trailmark/core'
import { findLeaks, type RecordedEvent, type TestAudit, testAudit } from '@trailmark/core/testing'
import { auditMiddleware } from '@trailmark/express'
import express from 'express'
import { expect, vi } from 'vitest'

export interface Requests {
  readonly audit: TestAudit
  /** Runs `work` in a request of its own and gives its id; what `work` throws is thrown again, when the request is over. */
  run(work: () => unknown): Promise<string>
  /** What happened to tables in a request, or in all: `read patients 2`, with `!` after a failure; sorted. */
  below(requestId?: string): string[]
  /** No planted value is anywhere in the trail. */
  expectNothingOf(...values: string[]): void
  close(): Promise<void>
}

const verbs: Readonly<Record<string, string>> = {
  data_access: 'read',
  bulk_query: 'read',
  data_create: 'create',
  data_update: 'update',
  data_delete: 'delete',
}

export async function runInRequests(data: NonNullable<AuditOptions['data']>): Promise<Requests> {
  const audit = testAudit({ data })
  const works = new Map<string, () => unknown>()
  const errors = new Map<string, unknown>()
  let count = 0
  const app = express()
  app.use(auditMiddleware({ audit }))
  app.get('/run/:name', async (req, res) => {
    try {
      await works.get(req.params.name)!()
      res.sendStatus(204)
    } catch (error) {
      errors.set(req.params.name, error)
      res.sendStatus(409)
    }
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    audit,
    async run(work) {
      const name = String(count++)
      works.set(name, work)
      const response = await fetch(`http://127.0.0.1:${port}/run/${name}`)
      const id = response.headers.get('x-request-id')!
      await vi.waitFor(() => expect(audit.lines.some((line) => line['request_id'] === id)).toBe(true))
      if (errors.has(name)) throw errors.get(name)
      return id
    },
    below: (requestId) =>
      audit.records
        .filter(
          (record) => record.event_type in verbs && (requestId === undefined || record['request_id'] === requestId),
        )
        .map(summary)
        .sort(),
    expectNothingOf: (...values) => {
      const planted = Object.fromEntries(values.map((value, n) => [`value ${n}`, value]))
      expect(findLeaks(JSON.stringify([audit.records, audit.lines, audit.notices, audit.births]), planted)).toEqual([])
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await audit.close()
    },
  }
}

function summary(record: RecordedEvent): string {
  const { targets, volume } = record as { targets?: { type: string }[]; volume?: { records?: number } }
  const failed = record.outcome === 'failure' ? '!' : ''
  return `${verbs[record.event_type]} ${targets?.[0]?.type}${volume?.records === undefined ? '' : ` ${volume.records}`}${failed}`
}
