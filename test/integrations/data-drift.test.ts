/**
 * Data that a route touches and does not declare: on record, and counted on that very route, in every framework. The database
 * is node:sqlite.
 */

import { once } from 'node:events'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import Router from '@koa/router'
import type { AuditOptions } from '@trailmark/core'
import { type TestAudit, testAudit } from '@trailmark/core/testing'
import { audited as auditedExpress, auditMiddleware as expressMiddleware } from '@trailmark/express'
import auditFastify from '@trailmark/fastify'
import { auditSqlite } from '@trailmark/integrations/sqlite'
import { auditMiddleware as koaMiddleware } from '@trailmark/koa'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientOf, type Served, stop } from './audited-express.ts'

const data: NonNullable<AuditOptions['data']> = {
  tables: { patients: { resource: 'patient', subject: 'person', id: 'id' }, visits: 'visit' },
}

const db = new DatabaseSync(':memory:')
db.exec(`create table patients (id integer primary key, person text);
  create table visits (id integer primary key, note text);
  insert into patients values (1, 'planted-person'), (2, 'planted-other')`)
auditSqlite(db)
afterAll(() => db.close())

const read = (): unknown[] => db.prepare('select * from patients where id > ?').all(0)
const write = (): unknown => db.prepare("insert into visits (note) values ('x')").run()

async function listening(audit: TestAudit, handle: Parameters<typeof createServer>[1]): Promise<Served> {
  const server = createServer(handle ?? (() => {})).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { ...clientOf(audit, `http://127.0.0.1:${port}`), close: () => stop(server, audit) }
}

async function serveExpress(): Promise<Served> {
  const audit = testAudit({ data })
  const app = express()
  app.use(expressMiddleware({ audit }))
  const clinic = express.Router()
  clinic.get('/declared/:id', auditedExpress.read('patient'), (_req, res) => void res.json(read()))
  clinic.get('/forgotten/:id', (_req, res) => void res.json([read(), write()].length))
  app.use('/clinic', clinic)
  return listening(audit, app)
}

async function serveKoa(): Promise<Served> {
  const audit = testAudit({ data })
  const app = new Koa()
  app.use(koaMiddleware({ audit }))
  const router = new Router({ prefix: '/clinic' })
  const { audited } = await import('@trailmark/koa')
  router.get('/declared/:id', audited.read('patient'), (ctx) => {
    ctx.body = read()
  })
  router.get('/forgotten/:id', (ctx) => {
    ctx.body = [read(), write()].length
  })
  app.use(router.routes())
  return listening(audit, app.callback())
}

async function serveFastify(): Promise<Served> {
  const audit = testAudit({ data })
  const app = Fastify({ forceCloseConnections: true })
  await app.register(auditFastify, { audit })
  app.get('/clinic/declared/:id', { config: { audit: { read: 'patient' } } }, async () => read())
  app.get('/clinic/forgotten/:id', async () => [read(), write()].length)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    ...clientOf(audit, url),
    close: async () => {
      await app.close()
      await audit.close()
    },
  }
}

describe.each([
  ['Express', serveExpress],
  ['Fastify', serveFastify],
  ['Koa', serveKoa],
])('%s', (_, serve) => {
  let served: Served
  beforeAll(async () => {
    served = await serve()
  })
  afterAll(() => served.close())
  const recorded = () =>
    served.audit.records
      .filter(({ category }) => category === 'data')
      .map((record) => [record.event_type, record['volume'], record.subjects?.length, record['metadata']])

  test('a declared route has one record, with the rows and people that the database saw', async () => {
    served.audit.clear()
    await served.send('/clinic/declared/1')
    expect(recorded()).toEqual([['data_access', { records: 2 }, 2, undefined]])
    expect(served.audit.coverage().drifting).toBe(0)
  })

  test('a forgotten route is on record, as undeclared, and drifts in the coverage', async () => {
    served.audit.clear()
    await served.send('/clinic/forgotten/1')
    await served.send('/clinic/forgotten/2')
    const metadata = { via: 'database', undeclared: true }
    const once = [
      ['data_access', { records: 2 }, 2, metadata],
      ['data_create', { records: 1 }, undefined, metadata],
    ]
    expect(recorded()).toEqual([...once, ...once])
    const { routes, drifting } = served.audit.coverage()
    expect(drifting).toBe(1)
    expect(routes.filter(({ drift }) => drift !== undefined)).toEqual([
      { method: 'GET', route: '/clinic/forgotten/:id', status: 'unaudited', drift: 4, tables: ['patients', 'visits'] },
    ])
    expect(JSON.stringify(served.audit.records)).not.toContain('planted')
  })
})
