import { request as httpRequest } from 'node:http'
import { createAudit } from '@trailmark/core'
import auditPlugin from '@trailmark/fastify'
import Fastify from 'fastify'
import { patients } from './people.ts'
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

/** Keeps the patients. It believes the gateway about who is asking, and tells the notifications service of every export. */
declare module 'fastify' {
  interface FastifyRequest {
    user?: Identity
  }
}

const notifications = originOf('notifications')
const audit = createAudit(inside('clinic-records', [notifications]))
const app = Fastify()
await app.register(auditPlugin, { audit })

app.addHook('onRequest', async (request, reply) => {
  const user = readIdentity(request.headers[identityHeader])
  if (!user) return reply.code(401).send({ error: 'no identity' })
  request.user = user
})

const patientId = (request: { params: unknown }): string => String((request.params as { id?: string }).id)

app.get(
  '/patients/:id',
  { config: { audit: { read: 'patient', id: patientId, subject: patientId } } },
  (request, reply) => {
    const patient = patients.get(patientId(request))
    return patient ?? reply.code(404).send({ error: 'no such patient' })
  },
)

app.patch(
  '/patients/:id',
  { config: { audit: { update: 'patient', id: patientId, subject: patientId } } },
  (request, reply) => {
    const patient = patients.get(patientId(request))
    return patient ? { ...patient, updated: true } : reply.code(404).send({ error: 'no such patient' })
  },
)

app.get(
  '/export/patients',
  { config: { audit: { export: 'patient', volume: () => patients.size } } },
  async (request) => {
    if (request.user) await notify(request.user)
    return [...patients.values()]
  },
)

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
