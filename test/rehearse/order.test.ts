/** What stands in front of the audit is not followed: the coverage says so of each framework whose order shows. */
import Router from '@koa/router'
import { type Audit, createAudit } from '@trailmark/core'
import { mountOf } from '@trailmark/core/http'
import { auditMiddleware as expressAudit, audited as expressAudited } from '@trailmark/express'
import { auditMiddleware as koaAudit, audited as koaAudited } from '@trailmark/koa'
import type { RequestHandler } from 'express'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { express4, express5 } from '../express/versions.ts'

const audits: Audit[] = []
afterEach(async () => {
  for (const audit of audits.splice(0)) await audit.close()
})

function open(): Audit {
  const audit = createAudit({ service: 'clinic', ledger: 'memory', operational: 'none' })
  audits.push(audit)
  return audit
}

const told = (audit: Audit) =>
  audit.coverage().routes.map(({ method, route, status, gap }) => `${method} ${route} ${gap ?? status}`)

const done: RequestHandler = (_req, res) => void res.end()

describe.each([
  ['express 5', express5],
  ['express 4', express4],
])('%s', (_name, make) => {
  it('does not follow a route in front of the audit, declared or not', () => {
    const audit = open()
    const app = make()
    app.get('/early', done)
    app.get('/declared', expressAudited.read('patient'), done)
    app.get('/health', expressAudited.exempt('probe'), done)
    app.use(expressAudit({ audit }))
    app.get('/late', expressAudited.read('patient'), done)
    expect(told(audit)).toEqual([
      'GET /declared before_audit',
      'GET /early before_audit',
      'GET /health exempt',
      'GET /late audited',
    ])
  })

  it('follows under a router only what comes behind the audit in it, once the application is handed over', () => {
    const audit = open()
    const middleware = expressAudit({ audit })
    const app = make()
    const api = make.Router()
    api.get('/early', done)
    api.use(middleware)
    api.get('/late', expressAudited.read('patient'), done)
    app.use('/api', api)
    app.get('/outside', done)
    expect(told(audit)).toEqual([])
    mountOf(middleware)?.watch(app)
    expect(told(audit)).toEqual(['GET /api/early before_audit', 'GET /api/late audited', 'GET /outside before_audit'])
  })

  it('does not follow an application that was mounted in front of the audit, whatever its routes are', () => {
    const audit = open()
    const app = make()
    const admin = make()
    admin.get('/users', done)
    app.use('/admin', admin)
    app.use(expressAudit({ audit }))
    expect(told(audit)).toEqual(['ALL /admin/* before_audit'])
  })

  it('enters a router that is mounted in itself once', () => {
    const audit = open()
    const app = make()
    app.use(expressAudit({ audit }))
    const circular = make.Router()
    circular.use('/a', circular)
    circular.use('/b', circular)
    circular.get('/x', done)
    app.use('/c', circular)
    expect(told(audit)).toEqual(['GET /c/x unaudited'])
  })
})

describe('koa', () => {
  it('does not follow what stands in front of the audit, and is read before its first request', () => {
    const audit = open()
    const app = new Koa()
    const early = new Router({ prefix: '/early' })
    early.get('/x', koaAudited.read('patient'), () => undefined)
    const late = new Router({ prefix: '/late' })
    late.get('/x', koaAudited.read('patient'), () => undefined)
    const middleware = koaAudit({ audit })
    app.use(early.routes())
    app.use(middleware)
    app.use(late.routes())
    mountOf(middleware)?.watch(app)
    expect(told(audit)).toContain('GET /early/x before_audit')
    expect(told(audit)).toContain('GET /late/x audited')
  })

  it('follows, in a router, what comes behind the audit, and lets a declaration hold for what follows it', () => {
    const audit = open()
    const app = new Koa()
    const middleware = koaAudit({ audit })
    const router = new Router({ prefix: '/api' })
    router.get('/early', () => undefined)
    router.use(middleware)
    router.get('/late', () => undefined)
    router.use('/people', koaAudited.read('patient'))
    router.get('/people/:id', () => undefined)
    app.use(router.routes())
    mountOf(middleware)?.watch(app)
    expect(told(audit).filter((line) => line.startsWith('GET'))).toEqual([
      'GET /api/early before_audit',
      'GET /api/late unaudited',
      'GET /api/people/:id audited',
    ])
  })
})
