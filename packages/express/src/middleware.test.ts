import { createAudit, defaultAudit } from '@trailmark/core'
import express, { type Request, type Response } from 'express'
import { afterAll, describe, expect, it } from 'vitest'
import { audited } from './audited.ts'
import { auditMiddleware } from './middleware.ts'

afterAll(() => defaultAudit().close())

const show = (_req: Request, res: Response): void => void res.end()

describe('the audit of a middleware', () => {
  it('refuses options beside an audit, and names them', async () => {
    const audit = createAudit({ service: 'given' })
    const both = { audit, service: 'x' }
    // @ts-expect-error an audit has its options already
    expect(() => auditMiddleware(both)).toThrow(/service/)
    await audit.close()
  })

  it('refuses an option that is wrong at once, and names it', () => {
    // @ts-expect-error a word instead of a list
    expect(() => auditMiddleware({ proxies: 'everybody' })).toThrow(/proxies/)
  })
})

describe('audited', () => {
  it('takes options typed by Express, and leaves the route its own types', () => {
    const app = express()
    app.get(
      '/patients/:id',
      audited.read('patient', { id: (req) => req.params.id, volume: (_req, res) => res.locals.count }),
      (req, res) => {
        const id: string = req.params.id
        // @ts-expect-error the route has no such parameter
        const other: string = req.params.other
        res.send(id + other)
      },
    )
    // @ts-expect-error a request has no such member
    audited.update('patient', { id: (req) => req.parameters.id })
    // @ts-expect-error subject is asked, not given
    expect(() => audited.update('patient', { subject: '7' })).toThrow(/subject must be a function/)
    app.post('/a', audited.create('patient', { purpose: 'care', class: 'special_category' }), show)
    expect(app).toBeTypeOf('function')
  })

  it('refuses a resource without a name and an exemption without a reason', () => {
    expect(() => audited.delete('')).toThrow(/audited.delete/)
    expect(() => audited.exempt(' ')).toThrow(/reason/)
  })
})
