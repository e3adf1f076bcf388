/** Nested routers and a sub-application, made by a factory that also listens and leaves a timer behind. */
import { audited, auditMiddleware } from '@trailmark/express'
import express, { type RequestHandler } from 'express'

const done: RequestHandler = (_req, res) => void res.end()

const app = express()
app.get('/early', audited.read('patient'), done)
app.use(auditMiddleware())
app.get('/health', audited.exempt('no personal data'), done)
const patients = express.Router()
patients.get('/:id', audited.read('patient', { id: (req) => req.params.id }), done)
patients.delete('/:id', done)
app.use('/patients', patients)
const admin = express()
app.use('/admin', admin)
admin.post('/users', audited.create('user'), done)

app.listen(Number(process.env['PORT'] ?? 3000), () => console.log('listening'))
app.listen(3001)
setInterval(() => undefined, 1_000)
// A router may get its routes after it was mounted.
patients.put('/:id', audited.update('patient'), done)

export default app
