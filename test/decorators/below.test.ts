/** An audited function and the database under it: one access, and no drift of the route that declares nothing itself. */
import { createServer } from 'node:http'
import { reportAccess } from '@trailmark/core/integration'
import { expectAudit, testAudit } from '@trailmark/core/testing'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'
import { expect, it } from 'vitest'

it('an audited function takes what the database reports of the same data while it runs', async () => {
  const audit = testAudit({ data: { tables: { patients: { resource: 'patient', subject: 'id' }, beds: 'bed' } } })
  const list = audited.read('patient', { purpose: 'care' })(async () => {
    const rows = [{ id: 'p_1_zq' }, { id: 'p_2_zq' }]
    reportAccess({ table: 'patients', verb: 'read', records: rows.length, rows }, audit)
    reportAccess({ table: 'beds', verb: 'read', records: 1 }, audit)
    return rows
  })
  const app = express()
  app.use(auditMiddleware({ audit }))
  app.get('/patients', async (_req, res) => void res.json((await list()).length))
  const server = createServer(app).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await fetch(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/patients`)
  await new Promise((resolve) => server.close(resolve))

  const record = expectAudit(audit).toHaveRecorded('data_access', {
    purpose: 'care',
    targets: [{ type: 'patient' }],
    volume: { records: 2 },
  })
  expect(record.subjects).toHaveLength(2)
  // The other table is nobody's, and says so.
  expectAudit(audit).toHaveRecordedTimes(1, 'data_access', { metadata: { undeclared: true } })
  expectAudit(audit).toHaveRecorded('data_access', { targets: [{ type: 'bed' }], metadata: { undeclared: true } })
  expectAudit(audit).toHaveRecordedTimes(2, 'data_access')
  await audit.close()
})
