/**
 * A TypeScript module that uses each package as its documentation shows. Never run: that it compiles, strictly and with the
 * packages' own declarations checked as well, is the test.
 */
import { createAudit, currentContext, defineEvents, integer, type Receipt } from '@trailmark/core'
import { exchangeOf } from '@trailmark/core/http'
import { toOcsf } from '@trailmark/core/projections'
import { testAudit } from '@trailmark/core/testing'
import { auditErrors, audited, auditMiddleware } from '@trailmark/express'
import auditPlugin, { genReqId } from '@trailmark/fastify'
import { audited as auditedHono, auditMiddleware as auditHono } from '@trailmark/hono'
import { mirrorToNamespace } from '@trailmark/integrations/cls-hooked'
import { startTracing } from '@trailmark/integrations/opentelemetry'
import { auditedPino } from '@trailmark/integrations/pino'
import { pinoHttpOptions } from '@trailmark/integrations/pino-http'
import { openKeys } from '@trailmark/keys'
import { auditMiddleware as auditKoa } from '@trailmark/koa'
import { openLedger } from '@trailmark/ledger'
import { witness } from '@trailmark/ledger/anchors'
import { verify } from '@trailmark/ledger/verify'
import { AUDIT, Audited, AuditModule } from '@trailmark/nestjs'
import { query } from '@trailmark/query'
import { openWitness, serveWitness } from '@trailmark/witness'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { pinoHttp } from 'pino-http'

const events = defineEvents({
  ward_transferred: { code: 'CLN001', category: 'data', action: 'update', metadata: { beds: integer(0, 50) } },
})
const audit = createAudit({ service: 'stranger', events })
const receipt: Receipt = audit.record('ward_transferred', { metadata: { beds: 1 } })
// @ts-expect-error: metadata is typed by the definition
audit.record('ward_transferred', { metadata: { beds: 'two' } })
// @ts-expect-error: there is no such event
audit.record('login_sucess')
const position: { writer: string; n: number } = await receipt.durable

const app = express()
app.use(auditMiddleware({ audit }))
app.use(pinoHttp(pinoHttpOptions({ logger: auditedPino() })))
app.get('/patients/:id', audited.read('patient', { id: (req) => req.params['id'] }), (req, res) => {
  res.json({ id: currentContext()?.requestId, other: exchangeOf(req)?.context.requestId })
})
app.use(auditErrors())

const fastify = Fastify({ genReqId })
await fastify.register(auditPlugin, { audit })
fastify.get('/patients/:id', { config: { audit: { read: 'patient' } } }, () => 'ok')
// @ts-expect-error: a route says one verb and its resource
fastify.get('/wrong', { config: { audit: { peek: 'patient' } } }, () => 'ok')

const koa = new Koa()
koa.use(auditKoa({ audit }))

const hono = new Hono<{ Variables: { ward: string } }>()
hono.use(auditHono(hono, { audit }))
hono.get('/patients/:id', auditedHono.read('patient', { id: (c) => c.req.param('id') }), (c) => c.text(c.get('ward')))

const nest = [
  AuditModule.forRoot({ audit }),
  AuditModule.forRootAsync({ inject: [AUDIT], useFactory: async () => ({ service: 'stranger' }) }),
]
const decorator: MethodDecorator = Audited.read('patient', { subject: (request) => request.params['id'] })

const keys = openKeys({ dir: './keys' })
const origin = 'stranger/audit.standard'
const ledger = openLedger({ dir: './a', origin, stream: 'audit', retentionClass: 'standard', signer: keys.log })
const { ok }: { ok: boolean } = await verify('./trail')
for await (const stored of query('./trail', { types: ['login_*'] })) console.log(stored, toOcsf)
const { records } = testAudit()
const watching = await openWitness({ dir: './w', name: 'witness.example/w1', logs: ['clinic/anchor.long+0ffc9a46+…'] })
const { url }: { url: string } = await serveWitness({ witness: watching })
const anchored = createAudit({ service: 'stranger', anchors: [witness({ url, vkey: watching.vkey })] })

export { anchored, decorator, fastify, hono, koa, ledger, mirrorToNamespace, nest, ok, position, records, startTracing }
