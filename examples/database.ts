/**
 * A service with one route that declares what it reads, and one that was forgotten. Its database is audited, so that both are
 * on record, and the coverage names the one to look at. Run it: it asks both and prints what was recorded.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { testAudit } from '@trailmark/core/testing'
import { audited, auditMiddleware } from '@trailmark/express'
import { auditSqlite } from '@trailmark/integrations/sqlite'
import express from 'express'

const audit = testAudit({
  // in memory, so that this program can show what was recorded
  data: { tables: { patients: { resource: 'patient', class: 'special_category', subject: 'id', id: 'id' } } },
})

const db = auditSqlite(new DatabaseSync(':memory:'))
db.exec(`create table patients (id text primary key, ward text);
  insert into patients values ('p-7', 'w-3'), ('p-8', 'w-3')`)

const app = express()
app.use(auditMiddleware({ audit }))
app.get('/patients/:id', audited.read('patient'), (req, res) => {
  res.json(db.prepare('select * from patients where id = ?').get(req.params.id))
})
app.get('/wards/:ward', (req, res) => {
  res.json(db.prepare('select * from patients where ward = ?').all(req.params.ward))
})

const server = createServer(app).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
audit.clear()
for (const path of ['/patients/p-7', '/wards/w-3']) await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
server.closeAllConnections()
server.close()
await once(server, 'close')
await audit.close()

for (const { event_type, outcome, volume, subjects, metadata } of audit.recordsOf('data_access'))
  console.log(JSON.stringify({ event_type, outcome, volume, people: subjects?.length, metadata }))
for (const { method, route, drift, tables } of audit.coverage().routes)
  if (drift !== undefined) console.log(JSON.stringify({ method, route, drift, tables }))
