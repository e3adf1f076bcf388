/** An application whose coverage is asked for. */
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'

const app = express()
app.use(auditMiddleware())
app.get('/patients/:id', audited.read('patient'), (_req, res) => res.end())

export default app
