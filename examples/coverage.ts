/**
 * An application whose every route is accounted for. It exports what it made and listens elsewhere, so that tests and
 *
 *     npx @trailmark/cli coverage examples/coverage.ts
 *
 * can look at it: the check fails as soon as somebody mounts a route that neither declares what it does nor says why not.
 */
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'

export const app = express()
app.use(auditMiddleware())
app.get('/health', audited.exempt('no personal data'), (_req, res) => res.json({ ok: true }))

const patients = express.Router()
patients.get('/:id', audited.read('patient', { id: (req) => req.params['id'] }), (_req, res) => res.json({}))
patients.delete('/:id', audited.delete('patient', { id: (req) => req.params['id'] }), (_req, res) => res.end())
app.use('/patients', patients)
