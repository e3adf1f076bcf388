/** What shows of applications that no audit knows, read from the frameworks' own lists. */
import Router from '@koa/router'
import { createAudit } from '@trailmark/core'
import { auditMiddleware } from '@trailmark/express'
import { json } from 'body-parser'
import type { RequestHandler } from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, it } from 'vitest'
import { applicationOf, exportedFrom } from '../../packages/cli/src/rehearse/applications.ts'
import { readStack } from '../../packages/cli/src/rehearse/read-stack.ts'
import { express4, express5 } from '../express/versions.ts'

const done: RequestHandler = (_req, res) => void res.end()

function stackOf(app: unknown) {
  const application = applicationOf(app)
  if (application === undefined) throw new Error('no application')
  return readStack(application)
}

const routesOf = (app: unknown): string[] => stackOf(app).routes.map((listed) => listed.join(' '))

describe.each([
  ['express 4', express4],
  ['express 5', express5],
])('%s', (_name, express) => {
  it('shows routes of nested routers, and * where a prefix is not kept as text', () => {
    const app = express()
    const api = express.Router()
    const inner = express.Router()
    inner.get('/:id', done)
    api.use('/patients', inner)
    api.all('/any', done)
    app.use('/api/v1.2', api)
    app.get(['/a', /^\/b/], done)
    expect(routesOf(app)).toEqual(['GET /api/v1.2/patients/:id', 'ALL /api/v1.2/any', 'GET /a', 'GET /(^\\/b)'])
  })

  it('shows what stands in front of the audit, and that it stands there twice', async () => {
    const audit = createAudit({ service: 'clinic', ledger: 'memory', operational: 'none' })
    const app = express()
    app.use(json())
    const router = express.Router()
    router.use(auditMiddleware({ audit }))
    app.use(router)
    app.use(auditMiddleware({ audit }))
    app.use(json())
    const { before, audits } = stackOf(app)
    expect([before, audits.length]).toEqual([['jsonParser'], 2])
    await audit.close()
  })

  it('is read to its end where a router is mounted in itself', () => {
    const app = express()
    const circular = express.Router()
    circular.use('/a', circular)
    circular.use('/b', circular)
    circular.get('/x', done)
    app.use(circular)
    expect(routesOf(app)).toEqual(['GET /x'])
  })
})

it('Koa and Hono show their routes, and no middleware as one', () => {
  const koa = new Koa()
  const router = new Router({ prefix: '/p' }).get('/:id', () => undefined)
  koa.use(() => undefined).use(router.routes())
  expect(routesOf(koa)).toEqual(['HEAD /p/:id', 'GET /p/:id'])
  const hono = new Hono().use((_c, next) => next()).get('/p/:id', (c) => c.text('x'))
  expect(routesOf(hono)).toEqual(['GET /p/:id'])
})

describe('the export of a module', () => {
  const app = express5()
  it.each([
    ['the default', { default: app }, 'application'],
    ['a usual name', { app }, 'application'],
    ['a promise', { default: Promise.resolve(app) }, 'application'],
    ['a member of what CommonJS exports', { default: { server: app } }, 'application'],
    ['a function that makes one', { createApp: () => app }, 'factory'],
  ])('is %s', (_name, module, kind) => {
    expect(exportedFrom(module)?.kind).toBe(kind)
  })

  it.each([
    ['a handler', { default: (_req: object, _res: object) => undefined }],
    ['a class', { default: class {} }],
    ['another thing', { default: { port: 3000 } }],
    ['hostile', { default: new Proxy({}, { get: () => undefined }) }],
  ])('is none where it is %s', (_name, module) => {
    expect(exportedFrom(module)).toBeUndefined()
  })

  it('is the one that was named, and no other', () => {
    expect(exportedFrom({ app, other: express4() }, 'other')).toMatchObject({ kind: 'application' })
    expect(exportedFrom({ app }, 'missing')).toBeUndefined()
  })
})
