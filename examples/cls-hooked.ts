import { auditMiddleware } from '@trailmark/express'
import { mirrorToNamespace } from '@trailmark/integrations/cls-hooked'
import cls from 'cls-hooked'
import express from 'express'

const clinic = cls.createNamespace('clinic')
mirrorToNamespace(clinic) // says once what cls-hooked costs

const app = express()
app.use(auditMiddleware())
app.use((_req, _res, next) => clinic.run(() => next()))
app.get('/hello', (_req, res) => res.json({ id: clinic.get('request_id') }))
app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
