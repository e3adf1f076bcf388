import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { createAudit } from '@trailmark/core'
import { audited, auditMiddleware } from '@trailmark/express'
import express, { type NextFunction, type Request, type Response } from 'express'
import { people } from './people.ts'
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

/** The only service that faces the world: signs people in, checks their role, and asks the others on their behalf. */
declare global {
  namespace Express {
    interface Request {
      user?: Identity
    }
  }
}

const records = originOf('records')
const audit = createAudit({ ...inside('clinic-gateway', [records]), trust: false, serverTiming: true })
const sessions = new Map<string, Identity>()

const app = express()
app.use(auditMiddleware({ audit }))
app.use(express.json({ limit: '16kb' }))

app.post('/sign-in', (req, res) => {
  const { name, password } = (req.body ?? {}) as { name?: unknown; password?: unknown }
  const person = people.find((one) => one.name === name)
  if (!person || person.password !== password) {
    audit.record('login_failure', {
      actor: { id: String(name).slice(0, 64) },
      reason: person ? 'invalid_password' : 'unknown_account',
    })
    res.status(401).json({ error: 'wrong name or password' })
    return
  }
  const session = randomBytes(24).toString('base64url')
  sessions.set(session, { id: person.id, roles: person.roles })
  audit.record('login_success', { actor: { id: person.id, roles: person.roles, authMethod: 'password' } })
  res.json({ session })
})

app.use((req: Request, res: Response, next: NextFunction) => {
  const session = /^Bearer ([\w-]{1,64})$/.exec(req.headers.authorization ?? '')?.[1]
  const user = session === undefined ? undefined : sessions.get(session)
  if (user) {
    req.user = user
    next()
  } else if (isKnown(req.path)) {
    res.status(401).json({ error: 'sign in first' })
  } else {
    next()
  }
})

app.get(
  '/patients/:id',
  audited.read('patient', { id: (req) => req.params['id'], subject: (req) => req.params['id'] }),
  (req, res) => forward(req, res, `/patients/${encodeURIComponent(String(req.params['id']))}`),
)

app.patch(
  '/patients/:id',
  allow('doctor'),
  audited.update('patient', { id: (req) => req.params['id'], subject: (req) => req.params['id'] }),
  (req, res) => forward(req, res, `/patients/${encodeURIComponent(String(req.params['id']))}`, 'PATCH', req.body),
)

app.get('/export/patients', allow('admin'), audited.export('patient'), (req, res) =>
  forward(req, res, '/export/patients'),
)

app.post('/admin/grants', allow('admin'), async (req, res) => {
  const { user, role } = (req.body ?? {}) as { user?: string; role?: string }
  const receipt = audit.record('role_assigned', {
    targets: [{ type: 'user', id: String(user) }],
    subjects: [String(user)],
  })
  await receipt.durable // the grant exists only if its record does
  res.status(201).json({ user, role })
})

app.post('/appointments', (req) => {
  // A real mistake: the error drags the request's body along. It must not reach any log, record or answer.
  throw Object.assign(new Error(`cannot book ${JSON.stringify(req.body)}`), {
    body: req.body,
    code: 'APPOINTMENT_CLASH',
  })
})

app.get('/scans/:id', audited.read('scan', { id: (req) => req.params['id'] }), (_req, res) => {
  Readable.from(slices()).pipe(res.type('application/octet-stream'))
})

app.listen(portOf('gateway'), loopback, () => announce('gateway'))

function isKnown(path: string): boolean {
  return /^\/(patients|export|admin|appointments|scans)(\/|$)/.test(path)
}

function allow(role: string) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const decision = { permission: `role:${role}`, rolesEvaluated: req.user?.roles ?? [] }
    if (req.user?.roles.includes(role)) {
      audit.record('authz_allow', { decision: { effect: 'allow', ...decision } })
      next()
    } else {
      audit.record('authz_deny', { reason: 'missing_role', decision: { effect: 'deny', ...decision } })
      res.status(403).json({ error: 'not allowed' })
    }
  }
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
