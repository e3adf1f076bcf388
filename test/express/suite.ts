/** What is true of Express alone, for 5 and for 4: where the audit may stand, whose handler wins, which routes there are. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { auditErrors, audited, auditMiddleware } from '@trailmark/express'
import type { NextFunction, Request, Response } from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Answer, ask } from '../conformance/client.ts'
import { listen } from '../conformance/listen.ts'
import { openTrail, type Trail } from '../conformance/trail.ts'
import { arrangements, type Express, kinds, type Listener, secret } from './arrangements.ts'
import type { Seen } from './failing.ts'

export function expressSuite(version: '4' | '5', express: Express): void {
  describe(`express ${version}`, () => {
    describe('an error nobody handles', () => errorsNobodyHandles(version))
    describe('whose answer wins', () => whoAnswers(express))
    describe('route templates', () => templates(express))
    describe('coverage', () => coverage(express))
    describe('the order of mounting', () => order(version))
  })
}

async function serve(app: Listener, trail: Trail): Promise<(path: string) => Promise<Answer>> {
  const serving = await listen(app)
  onTestFinished(async () => {
    await serving.close()
    await trail.audit.close()
  })
  return (path) => ask(serving.port, path)
}

function errorsNobodyHandles(version: '4' | '5'): void {
  let once: Promise<{ seen: Seen[]; stderr: string }> | undefined
  const run = (): Promise<{ seen: Seen[]; stderr: string }> => (once ??= fail(version))

  it('prints nothing', async () => {
    expect((await run()).stderr).toBe('')
  })

  for (const arrangement of Object.keys(arrangements)) {
    for (const [kind, { status }] of Object.entries(kinds)) {
      it(`is answered safely when a handler ${kind} and the audit stands ${arrangement}`, async () => {
        const { seen } = await run()
        const found = seen.find((one) => one.arrangement === arrangement && one.kind === kind)
        expect(found?.answers.map((answer) => answer?.status)).toEqual([status, status])
        for (const answer of found?.answers ?? []) {
          if (answer === null) continue
          expect(answer.text).not.toContain(secret)
          expect(answer.text).not.toMatch(/\bat .*:\d+:\d+/)
          expect(answer.text).toContain('application/problem+json')
          expect(answer.text).toContain('"x-request-id"')
        }
        expect(found?.written).not.toContain(secret)
        expect(found?.lines.map(({ completion }) => completion)).toEqual(
          Array(2).fill(status === undefined ? 'error' : 'completed'),
        )
        expect(found?.lines.every(({ error }) => error)).toBe(true)
        expect(found?.records).toEqual(status === 422 ? [] : ['application_error', 'application_error'])
      })
    }
  }
}

async function fail(version: string): Promise<{ seen: Seen[]; stderr: string }> {
  const { stdout, stderr } = await runScript(new URL('./failing.ts', import.meta.url), version)
  return { seen: JSON.parse(stdout), stderr }
}

/** In a process like production's: Express prints errors everywhere but in tests, and so do our notices. */
async function runScript(file: URL, version: string): Promise<{ stdout: string; stderr: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'trailmark-express-'))
  try {
    return await promisify(execFile)(
      process.execPath,
      ['--conditions=@trailmark/source', fileURLToPath(file), version],
      { cwd: dir, env: { ...process.env, NODE_ENV: 'production' }, maxBuffer: 64 * 1_024 * 1_024, timeout: 60_000 },
    )
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

const failing = (): never => {
  throw Object.assign(new Error(secret), { status: 500 })
}
const ok = (_req: Request, res: Response): void => void res.send('ok')
const teapot = (_error: unknown, _req: Request, res: Response, _next: NextFunction): void =>
  void res.status(418).send('own')

function whoAnswers(express: Express): void {
  it('is a handler of the application that was registered after the first request', async () => {
    const trail = openTrail()
    const app = express()
    app.use(auditMiddleware({ audit: trail.audit }))
    app.get('/fails', failing)
    const asked = await serve(app, trail)
    expect((await asked('/fails')).status).toBe(500)
    app.use(teapot)
    expect((await asked('/fails')).body).toBe('own')
  })

  it('is a handler in a router, and the error is known all the same', async () => {
    const trail = openTrail()
    const app = express()
    app.use(auditMiddleware({ audit: trail.audit }))
    app.use(
      express
        .Router()
        .get('/fails', failing)
        .use((_error: unknown, _req: Request, res: Response, _next: NextFunction) => {
          res.status(500).send('own')
        }),
    )
    const asked = await serve(app, trail)
    expect((await asked('/fails')).body).toBe('own')
    await trail.until(() => trail.records('application_error').length === 1)
    expect(trail.lines()[0]).toHaveProperty('error')
    expect(trail.written()).not.toContain(secret)
  })

  it('is whoever calls the application with a callback', async () => {
    const trail = openTrail()
    const app = express()
    app.use(auditMiddleware({ audit: trail.audit }))
    app.get('/fails', failing)
    const host = express()
    host.get('/other', ok)
    // As connect does it: the application is a function of request, response and what comes after.
    host.use((req, res, next) => app(req, res, next))
    host.use(teapot)
    const asked = await serve(host, trail)
    expect((await asked('/fails')).body).toBe('own')
  })

  it('is Express itself for a page that does not exist', async () => {
    const trail = openTrail()
    const bare = express().use((_req, _res, next) => next())
    const app = express()
    app.use(auditMiddleware({ audit: trail.audit }))
    const plain = await (await serve(bare, trail))('/a<b?c=d')
    const ours = await (await serve(app, trail))('/a<b?c=d')
    expect(ours.body).toBe(plain.body)
    const { date: _1, 'x-request-id': _2, ...headers } = ours.headers
    const { date: _3, ...plainHeaders } = plain.headers
    expect(headers).toEqual(plainHeaders)
  })

  it('is Express itself where a handler throws null, which it takes for no error', async () => {
    const trail = openTrail()
    const app = express()
    app.use(auditMiddleware({ audit: trail.audit }))
    app.get('/null', () => {
      throw null
    })
    expect((await (await serve(app, trail))('/null')).status).toBe(404)
  })

  it('is one answer where the audit is in a router and many first requests come at once', async () => {
    const trail = openTrail()
    const app = express()
    app.use((_req, _res, next) => void setTimeout(next, 20))
    app.use(
      express
        .Router()
        .use(auditMiddleware({ audit: trail.audit }))
        .get('/fails', () => Promise.reject(new Error(secret))),
    )
    const asked = await serve(app, trail)
    const answers = await Promise.all(Array.from({ length: 20 }, () => asked('/fails')))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(500))
    expect(answers.map(({ body }) => body).join('')).not.toContain(secret)
  })

  it('is auditErrors where the application asks for it, with the audit that follows the request', async () => {
    const trail = openTrail()
    const app = express()
    app.use(auditMiddleware({ audit: trail.audit }))
    app.get('/fails', failing)
    app.use(auditErrors())
    app.use(teapot)
    const answer = await (await serve(app, trail))('/fails')
    expect(JSON.parse(answer.body)).toMatchObject({ status: 500, request_id: answer.id })
    await trail.until(() => trail.lines().length === 1)
  })
}

function templates(express: Express): void {
  it('have every prefix, and never what the client sent', async () => {
    const trail = openTrail()
    const app = express()
    const router = express.Router({ mergeParams: true }).get('/:id', ok)
    const sub = express()
    sub.get('/:id', failing)
    app.use(auditMiddleware({ audit: trail.audit }))
    app.use('/tenants/:tenant', express.Router().use('/patients', router))
    app.use(['/one', '/two/:x'], router)
    app.use('/sub/:s', sub)
    app.get(['/x', '/y/:id'], ok)
    const asked = await serve(app, trail)
    const paths = [
      ['/tenants/alice/patients/bob?q=carol', '/tenants/:tenant/patients/:id'],
      ['/Tenants/alice/Patients/bob', '/tenants/:tenant/patients/:id'],
      ['/one/bob', '/one/:id'],
      ['/two/alice/bob', '/two/:x/:id'],
      ['/sub/alice/bob', '/sub/:s/:id'],
      ['/x', '/x'],
      ['/y/bob', '/y/:id'],
      ['/nowhere/alice', undefined],
    ] as const
    for (const [path] of paths) await asked(path)
    await trail.until(() => trail.lines().length === paths.length)
    expect(trail.lines().map(({ http }) => http.route)).toEqual(paths.map(([, route]) => route))
    expect(trail.written()).not.toMatch(/alice|bob|carol/)
  })
}

function coverage(express: Express): void {
  it('tells every mounted route: audited, exempt with a reason, or forgotten', () => {
    const trail = openTrail()
    onTestFinished(() => trail.audit.close())
    const app = express()
    app.use(auditMiddleware({ audit: trail.audit }))
    app.get('/patients/:id', audited.read('patient'), ok)
    app.route('/notes').get(ok).post(audited.create('note'), ok)
    app.get('/health', audited.exempt('no personal data'), ok)
    const admin = express.Router().get('/users', ok).delete('/users/:id', ok)
    app.use('/admin', audited.read('account'), admin)
    const inner = express()
    inner.get('/deep/:id', ok)
    app.use('/inner/:t', inner)
    app.all('/any', ok)
    expect(trail.audit.coverage().routes).toEqual([
      { method: 'GET', route: '/admin/users', status: 'audited', verb: 'read' },
      { method: 'DELETE', route: '/admin/users/:id', status: 'audited', verb: 'read' },
      { method: 'ALL', route: '/any', status: 'unaudited' },
      { method: 'GET', route: '/health', status: 'exempt', reason: 'no personal data' },
      { method: 'GET', route: '/inner/:t/deep/:id', status: 'unaudited' },
      { method: 'GET', route: '/notes', status: 'unaudited' },
      { method: 'POST', route: '/notes', status: 'audited', verb: 'create' },
      { method: 'GET', route: '/patients/:id', status: 'audited', verb: 'read' },
    ])
  })

  it('reports an application it could not look into', () => {
    const trail = openTrail()
    onTestFinished(() => trail.audit.close())
    const app = express()
    const hidden = express()
    hidden.get('/secret', ok)
    app.use('/hidden', hidden)
    app.use(auditMiddleware({ audit: trail.audit }))
    expect(trail.audit.coverage().routes).toEqual([
      { method: 'ALL', route: '/hidden/*', status: 'unaudited', gap: 'before_audit' },
    ])
  })

  it('reports what an application is mounted in, where that was not seen', () => {
    const trail = openTrail()
    onTestFinished(() => trail.audit.close())
    const inner = express()
    inner.use(auditMiddleware({ audit: trail.audit }))
    inner.get('/a', ok)
    const outer = express()
    outer.use('/outer', inner)
    expect(trail.audit.coverage().routes.map(({ route }) => route)).toEqual(['/outer/*'])
  })
}

function order(version: '4' | '5'): void {
  let once: Promise<Map<string, string[]>> | undefined
  const codes = (): Promise<Map<string, string[]>> => (once ??= mountingCodes(version))

  it.each([
    ['first', []],
    ['after a body parser', ['AUDIT_MOUNTED_AFTER_BODY_PARSER']],
    ['after authentication', ['AUDIT_MOUNTED_AFTER_AUTHENTICATION']],
    ['in a router after authentication', ['AUDIT_MOUNTED_AFTER_AUTHENTICATION']],
    ['twice', ['AUDIT_MOUNTED_TWICE']],
    ['behind a declared route', ['AUDIT_NOT_MOUNTED']],
  ])('is told once where the audit stands %s', async (name, told) => {
    expect((await codes()).get(name)).toEqual(told)
  })
}

async function mountingCodes(version: string): Promise<Map<string, string[]>> {
  const { stderr } = await runScript(new URL('./mounting.ts', import.meta.url), version)
  const codes = new Map<string, string[]>()
  for (const part of stderr.split('== ').slice(1)) {
    const name = part.slice(0, part.indexOf('\n'))
    codes.set(
      name,
      [...part.matchAll(/\[(AUDIT_(?:MOUNTED|NOT_MOUNTED)\w*)\]/g)].map((match) => match[1] ?? ''),
    )
  }
  return codes
}
