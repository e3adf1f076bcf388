import { createConnection } from 'node:net'
import { cspReports } from '@trailmark/integrations/csp-reports'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { serveExpress } from './audited-express.ts'

const report = {
  'csp-report': {
    'document-uri': 'https://clinic.example/patients/planted-7',
    'effective-directive': 'script-src-elem',
    'blocked-uri': 'https://evil.planted.example/script.js',
    'status-code': 200,
    disposition: 'enforce',
  },
}

async function serveReports(parse: boolean) {
  const served = await serveExpress((app) => {
    if (parse) app.use(express.json({ type: ['application/csp-report', 'application/reports+json'] }))
    app.post('/csp-reports', cspReports())
  })
  const post = (body: string, type = 'application/csp-report') =>
    served.send('/csp-reports', { method: 'POST', body, headers: { 'content-type': type } })
  return { ...served, put: post, records: () => served.audit.recordsOf('csp_violation_reported') }
}

describe('cspReports', () => {
  it('records a report, whether the body was parsed before or not, and nothing the page held', async () => {
    for (const parse of [false, true]) {
      const { put, records, audit, close } = await serveReports(parse)
      expect((await put(JSON.stringify(report))).status).toBe(204)
      expect(records()).toMatchObject([
        {
          outcome: 'unknown',
          reason: 'enforced',
          metadata: {
            directive: 'script-src-elem',
            blocked: 'origin',
            origin: expect.stringMatching(/^p1_/),
            status: 200,
          },
        },
      ])
      expect(JSON.stringify(audit.records)).not.toContain('planted')
      const list = [
        { type: 'csp-violation', body: { effectiveDirective: 'img-src', blockedURL: 'data', disposition: 'report' } },
      ]
      await put(JSON.stringify(list), 'application/reports+json')
      expect(records().at(-1)).toMatchObject({
        reason: 'report_only',
        metadata: { directive: 'img-src', blocked: 'data' },
      })
      await close()
    }
  })

  it('takes in what is no report, and refuses what is too large', async () => {
    const { put, records, close } = await serveReports(false)
    for (const body of ['', '{', '[]', '{"csp-report":7}', 'planted words']) expect((await put(body)).status).toBe(204)
    expect((await put(JSON.stringify({ ...report, more: 'x'.repeat(70_000) }))).status).toBe(413)
    expect(records()).toEqual([])
    await close()
  })

  it('makes a flood of equal reports a count', async () => {
    const { put, records, close } = await serveReports(false)
    for (let i = 0; i < 30; i++) await put(JSON.stringify(report))
    expect(records()).toHaveLength(10)
    await close()
    expect(records().slice(10)).toMatchObject([
      { aggregate: { count: 20 }, metadata: { directive: 'script-src-elem', blocked: 'origin' } },
    ])
  })

  it('records nothing of a client that leaves, and goes on', async () => {
    const { url, put, records, close } = await serveReports(false)
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1')
    socket.write('POST /csp-reports HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"csp-report":')
    await new Promise((resolve) => setTimeout(resolve, 30))
    socket.destroy()
    await put(JSON.stringify(report))
    expect(records()).toHaveLength(1)
    await close()
  })

  it('refuses options that cannot be, by name', () => {
    expect(() => Reflect.apply(cspReports, undefined, [{ path: '/x' }])).toThrow(/cspReports: option path is not known/)
  })
})
