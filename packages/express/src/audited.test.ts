import { defaultAudit } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import express, { type Request } from 'express'
import { afterAll, describe, expect, it } from 'vitest'
import { audited, auditMiddleware } from './index.ts'

afterAll(() => defaultAudit().close())

describe('audited', () => {
  it('is one value that is middleware, wraps functions and decorates methods', async () => {
    const audit = testAudit()
    const read = audited.read('patient', { purpose: 'care' })
    const find = read(async (id: string) => ({ id }))
    const app = express()
    app.use(auditMiddleware({ audit }))
    app.get('/patients/:id', read, async (req, res) => void res.json(await find(req.params.id)))
    const server = app.listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => server.once('listening', resolve))
      const address = server.address()
      const port = typeof address === 'object' ? address?.port : undefined
      const answer = await fetch(`http://127.0.0.1:${port}/patients/7`)
      expect(await answer.json()).toEqual({ id: '7' })
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
    const records = audit.recordsOf('data_access')
    // One of the function, one of the route, both of the same request.
    expect(records).toMatchObject([{ purpose: 'care' }, { purpose: 'care', http: { route: '/patients/:id' } }])
    expect(records[0]?.request_id).toBe(records[1]?.request_id)
    expect(audit.coverage().routes).toMatchObject([{ route: '/patients/:id', status: 'audited', verb: 'read' }])
    await audit.close()
  })

  it('with questions of a function is no middleware', async () => {
    const audit = testAudit()
    const find = audited.read('patient', { audit, volume: (rows: readonly string[]) => rows.length })(() => ['a', 'b'])
    expect(find()).toEqual(['a', 'b'])
    expect(audit.recordsOf('data_access')).toMatchObject([{ volume: { records: 2 } }])
    // @ts-expect-error a request is nothing to wrap
    const asMiddleware = (): unknown => audited.read('patient', { audit })({}, {}, () => undefined)
    expect(asMiddleware).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
  })

  it.each([null, 7])('refuses %s for options', (options) => {
    const make = (): unknown => Reflect.apply(audited.read, undefined, ['patient', options])
    expect(make).toThrow(expect.objectContaining({ code: 'AUDIT_OPTION_INVALID' }))
  })

  it('asks its questions of Express’s own request, or of a function', () => {
    const app = express()
    app.get('/patients/:id', audited.read('patient', { id: (req) => req.params['id'] }), (req, res) => {
      const id: string = req.params.id // The declaration beside it leaves the parameters of the route alone.
      res.json({ id })
    })
    const named: Request['params'][string] = ''
    expect(audited.read('patient', { id: (id: string) => id })((id: string) => id)(String(named))).toBe('')
    // @ts-expect-error the function takes a text
    expect(audited.read('patient', { id: (id: number) => id })((id: string) => id)).toBeTypeOf('function')
  })
})
