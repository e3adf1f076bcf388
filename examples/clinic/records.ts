import { request as httpRequest } from 'node:http'
import { createAudit } from '@trailmark/core'
import auditPlugin from '@trailmark/fastify'
import Fastify from 'fastify'
import { changePatient, countByDiagnosis, everyPatient, findPatient } from './patients.ts'
import {
  announce,
  type Identity,
  identityHeader,
  inside,
  loopback,
  originOf,
  portOf,
  readIdentity,
  writeIdentity,
} from './service.ts'

/**
 * Keeps the patients. It believes the gateway about who is asking, and tells the notifications service of every export. What its
 * statements touch is seen in the database's own library; the route over wards has declared nothing, and shows.
 */
declare module 'fastify' {
  interface FastifyRequest {
    identity?: Identity
  }
}

const notifications = originOf('notifications')
const audit = createAudit({
  ...inside('clinic-records', [notifications]),
  data: { tables: { patients: { resource: 'patient', class: 'special_category', subject: 'id', id: 'id' } } },
})
const app = Fastify()
await app.register(auditPlugin, { audit, actor: (request) => request.identity })

app.addHook('onRequest', async (request, reply) => {
  const identity = readIdentity(request.headers[identityHeader])
  if (!identity) return reply.code(401).send({ error: 'no identity' })
  request.identity = identity
})

const patientId = (request: { params: unknown }): string => String((request.params as { id?: string }).id)

app.get(
  '/patients/:id',
  { config: { audit: { read: 'patient', id: patientId, subject: patientId } } },
  (request, reply) => {
    return findPatient(patientId(request)) ?? reply.code(404).send({ error: 'no such patient' })
  },
)

app.patch(
  '/patients/:id',
  { config: { audit: { update: 'patient', id: patientId, subject: patientId } } },
  (request, reply) => {
    if (changePatient(patientId(request))) return { updated: true }
    return reply.code(404).send({ error: 'no such patient' })
  },
)

app.get('/export/patients', { config: { audit: { export: 'patient' } } }, async (request) => {
  if (request.identity) await notify(request.identity)
  return everyPatient()
})

app.get('/wards', () => countByDiagnosis())

await app.listen({ port: portOf('records'), host: loopback })
announce('records')

/** Tells the notifications service over node:http, so that both kinds of client appear in the demo. */
function notify(who: Identity): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', [identityHeader]: writeIdentity(who) }
    const sent = httpRequest(`${notifications}/notify`, { method: 'POST', headers })
    sent.on('response', (answer) => answer.resume().on('end', resolve))
    sent.on('error', reject)
    sent.end(JSON.stringify({ text: 'the patient list was exported' }))
  })
}
