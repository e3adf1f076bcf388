/** Held answers beside the middleware that also stands between a handler and Node: sessions, and what comes from files. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createGzip } from 'node:zlib'
import { audited, auditMiddleware } from '@trailmark/express'
import express, { type RequestHandler } from 'express'
import session from 'express-session'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask } from '../conformance/client.ts'
import { portOf } from '../conformance/listen.ts'
import { type Mode, openTrail, type Trail } from '../conformance/trail.ts'

const file = fileURLToPath(import.meta.url)
const sessions = (): RequestHandler => session({ secret: 'of this test', resave: false, saveUninitialized: true })

interface Served {
  readonly trail: Trail
  readonly port: number
  get(path: string, headers?: Record<string, string>): Promise<Response>
}

/** Every route's attempt is durable; then the ledger is in `mode`. */
async function serve(mode: Mode): Promise<Served> {
  const trail = openTrail({ block: 'strict' })
  const exporting = (): RequestHandler => audited.export('patient', { purpose: 'treatment' })
  const then: RequestHandler = (_req, _res, next) => {
    trail.set(mode)
    next()
  }
  const answer: RequestHandler = (req, res) => {
    Object.assign(req.session, { seen: true })
    res.json({ seen: true })
  }
  const app = express()
  app.use(auditMiddleware({ audit: trail.audit }))
  app.get('/before', sessions(), exporting(), then, answer)
  app.get('/behind', exporting(), then, sessions(), answer)
  app.get('/file', exporting(), then, (_req, res) => res.sendFile(file))
  app.get('/gzip', exporting(), then, (_req, res) => {
    const gzip = createGzip()
    res.setHeader('content-encoding', 'gzip')
    gzip.pipe(res)
    gzip.end('zipped '.repeat(50_000))
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    trail.set('works')
    trail.release()
    server.closeAllConnections()
    server.close()
    await trail.audit.close()
  })
  const port = portOf(server)
  return { trail, port, get: (path, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers }) }
}

describe.each(['/before', '/behind'])('an answer whose session is kept, mounted %s the declaration', (path) => {
  it('has its cookie, and its session is known to the next request', async () => {
    const { get } = await serve('works')
    const first = await get(path)
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(await first.json()).toEqual({ seen: true })
    expect(cookie).toMatch(/^connect\.sid=/)
    const second = await get(path, { cookie })
    expect([second.status, second.headers.get('set-cookie')]).toEqual([200, null])
  })

  it('is a 503 in full where its result fails', async () => {
    const { get } = await serve('fails')
    const answer = await get(path)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ outcome: 'unknown', request_id: answer.headers.get('x-request-id') })
  })
})

describe('an answer from a file', () => {
  it('is held, also in part and when nothing has changed', async () => {
    const { get, port } = await serve('works')
    const whole = await get('/file')
    expect(await whole.text()).toBe(readFileSync(file, 'utf8'))
    const part = await get('/file', { range: 'bytes=0-9' })
    expect([part.status, await part.text()]).toEqual([206, readFileSync(file, 'utf8').slice(0, 10)])
    const etag = whole.headers.get('etag') ?? ''
    // Not by fetch(), which says that it wants no answer of a cache.
    expect((await ask(port, '/file', { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('is a 503 without a trace of the file where its result fails', async () => {
    const { get } = await serve('fails')
    const answer = await get('/file')
    expect(answer.status).toBe(503)
    for (const name of ['etag', 'last-modified', 'accept-ranges']) expect(answer.headers.get(name)).toBeNull()
    expect(await answer.json()).toMatchObject({ outcome: 'unknown' })
  })
})

describe('an answer that is compressed on its way', () => {
  it('arrives as it was', async () => {
    const { get } = await serve('works')
    expect(await (await get('/gzip')).text()).toBe('zipped '.repeat(50_000))
  })

  it('says nothing any more of its compression where it is refused', async () => {
    const { get } = await serve('fails')
    const answer = await get('/gzip')
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([503, null])
    expect(await answer.json()).toMatchObject({ outcome: 'unknown' })
  })
})
