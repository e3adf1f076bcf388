import { Readable } from 'node:stream'
import { createAudit } from '@trailmark/core'
import { audited, auditMiddleware } from '@trailmark/express'
import express, { type NextFunction, type Request, type Response } from 'express'
import { allow } from './permissions.ts'
import {
  announce,
  type Identity,
  identityHeader,
  inside,
  loopback,
  originOf,
  portOf,
  writeIdentity,
} from './service.ts'
import { openSession, passport } from './sign-in.ts'

/**
 * The only service that faces the world: signs people in, checks what they may do, and asks the others on their behalf.
 * Nothing here records an event: sign-ins are seen in Passport, decisions in CASL, and the routes say what they touch.
 */
declare global {
  namespace Express {
    interface User extends Identity {}
  }
}

const records = originOf('records')
const audit = createAudit({ ...inside('clinic-gateway', [records]), trust: false, serverTiming: true })

const app = express()
app.use(auditMiddleware({ audit }))
app.use(express.json({ limit: '16kb' }))

app.post(
  '/sign-in',
  audited.login({ method: 'password' }),
  passport.authenticate('local', { session: false }),
  (req: Request, res: Response) => {
    res.json(req.user === undefined ? {} : { session: openSession(req.user) })
  },
)

const signedIn = passport.authenticate('bearer', { session: false })
app.use(['/patients', '/wards', '/export', '/admin', '/appointments', '/scans'], signedIn)

app.get(
  '/patients/:id',
  allow('read', 'Patient'),
  audited.read('patient', { id: (req) => req.params['id'], subject: (req) => req.params['id'] }),
  (req, res) => forward(req, res, `/patients/${encodeURIComponent(String(req.params['id']))}`),
)

app.patch(
  '/patients/:id',
  allow('update', 'Patient'),
  audited.update('patient', { id: (req) => req.params['id'], subject: (req) => req.params['id'] }),
  (req, res) => forward(req, res, `/patients/${encodeURIComponent(String(req.params['id']))}`, 'PATCH', req.body),
)

app.get('/wards', allow('read', 'Patient'), audited.exempt('counts only, of nobody'), (req, res) =>
  forward(req, res, '/wards'),
)

app.get('/export/patients', allow('export', 'Patient'), audited.export('patient'), (req, res) =>
  forward(req, res, '/export/patients'),
)

app.post(
  '/admin/grants',
  allow('grant', 'Role'),
  // Of class block: the grant is made only once the attempt is durable.
  audited.event('role_assigned', {
    targets: (req) => [{ type: 'user', id: grantOf(req).user }],
    subject: (req) => grantOf(req).user,
    metadata: (req) => ({ role: grantOf(req).role }),
  }),
  (req, res) => {
    res.status(201).json(grantOf(req))
  },
)

app.post('/appointments', audited.create('appointment'), (req) => {
  // A real mistake: the error drags the request's body along. It must not reach any log, record or answer.
  throw Object.assign(new Error(`cannot book ${JSON.stringify(req.body)}`), {
    body: req.body,
    code: 'APPOINTMENT_CLASH',
  })
})

app.get(
  '/scans/:id',
  allow('read', 'Scan'),
  audited.read('scan', { id: (req) => req.params['id'] }),
  (_req: Request, res: Response) => {
    Readable.from(slices()).pipe(res.type('application/octet-stream'))
  },
)

app.use((_req: Request, res: Response, _next: NextFunction) => {
  res.status(404).json({ error: 'no such thing' })
})

app.listen(portOf('gateway'), loopback, () => announce('gateway'))

function grantOf(req: Request): { readonly user: string; readonly role: string } {
  const { user, role }: { user?: unknown; role?: unknown } = req.body ?? {}
  return { user: String(user), role: String(role) }
}

async function forward(req: Request, res: Response, path: string, method = 'GET', body?: unknown): Promise<void> {
  const answer = await fetch(`${records}${path}`, {
    method,
    headers: {
      ...(req.user ? { [identityHeader]: writeIdentity(req.user) } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  res
    .status(answer.status)
    .type('application/json')
    .send(await answer.text())
}

async function* slices(): AsyncGenerator<Buffer> {
  for (let slice = 0; slice < 400; slice++) {
    yield Buffer.alloc(16_384, slice)
    await new Promise((resume) => setTimeout(resume, 5))
  }
}
