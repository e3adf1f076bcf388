import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { followRequest } from '../http.ts'
import { secret } from '../secret.ts'
import { type TestAudit, testAudit } from '../testing.ts'
import { expectNoLeak, type NoLeakReport } from './no-leak.ts'

const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server followed by an audit, which answers as `handle` says. */
async function serve(handle: (req: IncomingMessage, res: ServerResponse, body: string) => void) {
  const audit: TestAudit = testAudit({ signals: false })
  const server = createServer((req, res) => {
    followRequest(audit, req, res, { route: () => '/patients/:id', actor: () => undefined }).run(() => {
      let body = ''
      req.on('data', (part: Buffer) => {
        body += part.toString('latin1')
      })
      req.on('end', () => handle(req, res, body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(
    () => audit.close(),
    () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  )
  const address = server.address()
  return { audit, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
}

const leakOf = async (work: Promise<NoLeakReport>): Promise<string> => {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(thrown).toMatchObject({ code: 'AUDIT_LEAK_FOUND' })
  return thrown instanceof Error ? thrown.message : ''
}

const requests = [
  { path: '/patients/:id?q=&page=2' },
  { method: 'POST', path: '/patients/:id', body: { name: '', age: 41, contact: { email: '' }, notes: [''] } },
]

describe('expectNoLeak', () => {
  test('passes where an application writes nothing of what it was sent, and says what was done', async () => {
    const { audit, url } = await serve((_req, res, body) => res.writeHead(body === '' ? 200 : 400).end('{}'))
    const report = await expectNoLeak(url, { audit, requests })
    expect(report).toMatchObject({
      requests: 5,
      statuses: { 'GET /patients/:id?q=&page=2': 200, 'POST /patients/:id as an upload': 400 },
    })
    expect(report.planted).toBeGreaterThan(50)
    expect(report.searched).toBeGreaterThanOrEqual(10)
  })

  test.each<[string, (req: IncomingMessage, body: string) => string, RegExp]>([
    ['the path', (req) => req.url?.split('?')[0] ?? '', /GET \/patients\/:id\?q=&page=2 › path id/],
    ['the query', (req) => req.url?.split('?')[1] ?? '', /› query q\n[\s\S]*› query planted/],
    ['a header', (req) => req.headers.authorization ?? '', /› header authorization/],
    ['a cookie name', (req) => `${req.headers.cookie}`.replace(/session=\w+/, ''), /› header cookie name/],
    ['a JSON body', (_req, body) => body, /as JSON › body\.contact\.email[\s\S]*as JSON › body\.notes\[0\]/],
    ['a JSON body that breaks off', (_req, body) => body, /as JSON that breaks off › body\.name/],
    ['a form', (_req, body) => body, /as a form › body\.name/],
    ['the name of an upload', (_req, body) => /filename="([^"]+)"/.exec(body)?.[1] ?? '', /as an upload › file name/],
    ['its content', (_req, body) => body, /as an upload › file content/],
    ['base64', (req) => Buffer.from(req.url ?? '').toString('base64'), /in base64/],
  ])('finds %s in an error answer', async (_what, echo, found) => {
    const { audit, url } = await serve((req, res, body) => res.writeHead(422).end(`cannot use: ${echo(req, body)}`))
    const told = await leakOf(expectNoLeak(url, { audit, requests }))
    expect(told).toMatch(found)
    expect(told).toContain('in the answer to')
  })

  test('finds values in records, operational lines, headers and other outputs, and says where', async () => {
    const log: string[] = []
    const { audit, url } = await serve((req, res) => {
      const id = req.url?.split(/[/?]/)[2] ?? ''
      log.push(`showing ${id}`)
      res.writeHead(302, { location: `/patients/${id}/` }).end()
    })
    const lines = [{ event_type: 'http_request', note: 'x' }]
    const watched = { ...audit, lines, records: [], notices: ['password is correct horse'], flush: () => audit.flush() }
    const options = {
      requests,
      audit: watched,
      outputs: { 'the log': () => log },
      planted: { password: 'correct horse' },
    }
    const told = await leakOf(expectNoLeak(url, options))
    expect(told).toMatch(/in the answer to GET .*location/)
    expect(told).toContain('in the log, as it is: showing ‹GET /patients/:id?q=&page=2 › path id›')
    expect(told).toContain('password\n    in notices, as it is: password is ‹password›')
    expect(told).not.toContain('correct horse')
  })

  test('an answer below 400 may say what was asked for, unless all are searched', async () => {
    const { audit, url } = await serve((_req, res, body) => res.end(body))
    await expect(expectNoLeak(url, { audit, requests })).resolves.toMatchObject({ requests: 5 })
    await leakOf(expectNoLeak(url, { audit, requests, answers: 'all' }))
  })

  test('a request that is cut off is no answer, and no failure of the test', async () => {
    const { audit, url } = await serve((req) => req.socket.destroy())
    const { statuses } = await expectNoLeak(url, { audit, requests: [{ path: '/patients/:id' }] })
    expect(statuses).toEqual({ 'GET /patients/:id': 0 })
  })

  test('what must be real is sent as it is', async () => {
    const seen: string[] = []
    const app = {
      fetch: (request: Request) => {
        seen.push(`${new URL(request.url).pathname} ${request.headers.get('authorization')}`)
        return new Response('', { status: 404 })
      },
    }
    const real = { path: '/patients/:id', params: { id: 'p 7' }, headers: { authorization: 'Basic real' } }
    await expectNoLeak(app, { requests: [real] })
    expect(seen).toEqual(['/patients/p%207 Basic real'])
  })

  test('a function is searched by what it gives back or throws', async () => {
    await expectNoLeak((plant) => ({ password: secret(plant('password')) }))
    const told = await leakOf(
      expectNoLeak((plant) => {
        throw new Error(`cannot parse ${plant('body')}`, { cause: { again: plant('cause') } })
      }),
    )
    expect(told).toMatch(/^2 planted value\(s\)/)
    await leakOf(expectNoLeak((plant) => ({ toJSON: () => plant('only in JSON') })))
  })

  test('an audit alone is searched for what is said to be planted', async () => {
    const audit = testAudit()
    closing.push(() => audit.close())
    audit.record('login_failure', { actor: { id: 'ann@example.org' }, reason: 'invalid_password' })
    await expectNoLeak(audit, { planted: { user: 'ann@example.org' } })
    await leakOf(expectNoLeak(audit, { planted: { reason: 'invalid_password' } }))
  })

  test('a test that could not fail is refused', async () => {
    const quiet = { fetch: () => new Response('') }
    const none = { ...testAudit(), lines: [], records: [], notices: [] }
    for (const work of [
      expectNoLeak('http://127.0.0.1:1', {}),
      expectNoLeak(quiet, { requests, answers: 'none' }),
      expectNoLeak(none, { planted: { one: 'long enough' } }),
      expectNoLeak(() => 'nothing planted'),
      expectNoLeak(quiet, { requests, planted: { short: 'abc' } }),
    ]) {
      await expect(work).rejects.toMatchObject({ code: 'AUDIT_OPTION_INVALID' })
    }
  })

  test('a long list is cut and says so', async () => {
    const told = await leakOf(
      expectNoLeak((plant) => Array.from({ length: 60 }, (_, at) => plant(`value ${at}`)).join('\n')),
    )
    expect(told).toContain('60 planted value(s)')
    expect(told).toContain('… and 20 more')
  })
})
