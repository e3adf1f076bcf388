import { audited, auditMiddleware } from '@trailmark/hono'
import { Hono } from 'hono'

const app = new Hono()
app.use(auditMiddleware(app))
const patients = new Hono()
patients.get('/:id', audited.read('patient'), (c) => c.text('x'))
patients.delete('/:id', (c) => c.text('x'))
app.route('/patients', patients)

export default app
