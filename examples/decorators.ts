/**
 * A service whose methods say themselves what they touch, behind routes that say nothing of it.
 *
 * Functions are wrapped here, which runs everywhere; with a compiler the same values are decorators of methods:
 *
 *     class Patients {
 *       @audited.export('patient', { volume: (rows: Patient[]) => rows.length })
 *       async exportAll(): Promise<Patient[]> { … }
 *     }
 */
import { createServer } from 'node:http'
import { testAudit } from '@trailmark/core/testing'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'

interface Patient {
  readonly id: string
  readonly ward: string
}

const db = new Map<string, Patient>([
  ['p-7', { id: 'p-7', ward: 'w-3' }],
  ['p-8', { id: 'p-8', ward: 'w-3' }],
])

/** Asked with the arguments of the function; what only the result knows is asked of the result. */
const findPatient = audited.read('patient', {
  id: (id: string) => id,
  subject: (id: string) => id,
  purpose: 'care',
})(async (id: string) => {
  const patient = db.get(id)
  if (patient === undefined) throw Object.assign(new Error('no such patient'), { status: 404 })
  return patient
})

/** Class `block`: the attempt is durable before the first line of the body runs. */
const exportPatients = audited.export('patient', {
  resultSubject: (patients: readonly Patient[]) => patients.map(({ id }) => id),
  volume: (patients: readonly Patient[]) => patients.length,
  ticket: (ticket: string) => ticket,
})(async (_ticket: string): Promise<readonly Patient[]> => [...db.values()])

/** A generator is recorded when it was read, or left, with how much was read of it. */
const eachPatient = audited.search('patient', { purpose: 'statistics' })(function* (): Generator<Patient> {
  yield* db.values()
})

const audit = testAudit() // in memory, so that this program can show what was recorded
const app = express()
app.use(auditMiddleware({ audit }))
app.get('/patients/:id', async (req, res) => void res.json(await findPatient(req.params.id)))
app.get('/export', async (_req, res) => void res.json(await exportPatients('INC-4711')))
app.get('/wards', (_req, res) => {
  const wards = new Set<string>()
  for (const { ward } of eachPatient()) wards.add(ward)
  res.json([...wards])
})

const server = createServer(app).listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const address = server.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
for (const path of ['/patients/p-7', '/patients/p-9', '/export', '/wards']) await fetch(url + path)
await new Promise((resolve) => server.close(resolve))

for (const { event_type, phase, outcome, reason, purpose, volume, http } of audit.records) {
  if (http !== undefined) console.log(JSON.stringify({ event_type, phase, outcome, reason, purpose, volume }))
}
await audit.close()
