/**
 * A process that mounts the audit in the wrong places and the right one, and lets it complain on stderr: each case begins
 * with a line of its name, asks twice, and is over.
 *
 *     node --conditions=@trailmark/source mounting.ts 4
 */
import { audited, auditMiddleware } from '@trailmark/express'
import { ask } from '../conformance/client.ts'
import { listen } from '../conformance/listen.ts'
import { openTrail } from '../conformance/trail.ts'
import type { Express, Listener } from './arrangements.ts'
import { express4, express5 } from './versions.ts'

const express: Express = process.argv[2] === '4' ? express4 : express5

const cases: Readonly<Record<string, (app: Listener, mount: () => ReturnType<typeof auditMiddleware>) => unknown>> = {
  first: (app, mount) => app.use(mount(), express.json()),
  'after a body parser': (app, mount) => app.use(express.json()).use(mount()),
  'after authentication': (app, mount) => app.use(authenticate).use(mount()),
  'in a router after authentication': (app, mount) => app.use(express.Router().use(login, mount())),
  twice: (app, mount) => app.use(mount()).use(mount()),
  'behind a declared route': (app, mount) => app.get('/', audited.read('patient')).use(mount()),
}

function authenticate(_req: object, _res: object, next: () => void): void {
  next()
}

function login(req: object, _res: object, next: () => void): void {
  Object.assign(req, { user: { id: 'usr_1' } })
  next()
}

for (const [name, build] of Object.entries(cases)) {
  const { audit, notices } = openTrail()
  process.stderr.write(`== ${name}\n`)
  const app = express()
  build(app, () => auditMiddleware({ audit }))
  app.get('/', (_req, res) => void res.send('ok'))
  const serving = await listen(app)
  for (let i = 0; i < 2; i++) await ask(serving.port, '/')
  await serving.close()
  await audit.close()
  for (const line of notices()) process.stderr.write(`${line}\n`)
}
