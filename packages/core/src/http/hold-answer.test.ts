import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http'
import * as http2 from 'node:http2'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Audit } from '../audit.ts'
import { openAudit } from '../audit.ts'
import { thisPlatform } from '../configuration.ts'
import type { AuditOptions } from '../options.ts'
import { StuckLog } from '../record/stuck-log.fixture.ts'
import type { Exchange, RawRequest, RawResponse } from './exchange.ts'
import { followRequest } from './follow.ts'
import { portOf } from './hold-script.fixture.ts'

interface Stored {
  readonly event_type: string
  readonly phase?: string
  readonly outcome: string
  readonly operation_id?: string
  readonly http?: { readonly status?: number; readonly completion?: string }
}

interface Trail {
  readonly audit: Audit
  /** Writes what waits, or whatever comes from now on as well. */
  write(): void
  /** Records of data, waiting or written, in their order. */
  records(): Stored[]
  until(condition: () => boolean): Promise<void>
}

function openTrail(options: AuditOptions = {}): Trail {
  const logs: StuckLog[] = []
  const audit = openAudit(
    {
      service: 'hold',
      operational: 'none',
      signals: false,
      metrics: false,
      activity: false,
      ...options,
      ledger: (opening) => {
        const log = new StuckLog(opening)
        logs.push(log)
        return log
      },
    },
    { platform: { ...thisPlatform(), env: { NODE_ENV: 'test' } }, print: () => undefined },
  )
  onTestFinished(() => audit.close())
  const read = (body: string): Stored => JSON.parse(`{${body}}`)
  const trail: Trail = {
    audit,
    write: () => {
      for (const log of logs) log.write()
    },
    records: () =>
      logs
        .flatMap((log) => [...log.written, ...log.queue.map(({ body }) => body)])
        .map(read)
        .filter(({ event_type: type }) => type.startsWith('data_')),
    async until(condition) {
      for (let waited = 0; !condition(); waited += 2) {
        if (waited > 5_000) throw new Error(`never came to be: ${JSON.stringify(trail.records())}`)
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    },
  }
  return trail
}

const view = { route: () => '/patients', actor: () => undefined }

function follow({ audit }: Trail, req: RawRequest, res: RawResponse): Exchange {
  return followRequest(audit, req, res, view)
}

async function ask(listener: RequestListener): Promise<{ readonly status: number; readonly body: string }> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const sent = request({ host: '127.0.0.1', port: portOf(server), agent: false })
  sent.end()
  const [res] = (await once(sent, 'response')) as [IncomingMessage]
  let body = ''
  for await (const chunk of res) body += String(chunk)
  return { status: res.statusCode ?? 0, body }
}

const exporting = { verb: 'export', resource: 'patient', purpose: 'treatment' } as const

describe('an exchange that made several attempts', () => {
  it('has a result for each when its answer is complete, and records other accesses when it has ended', async () => {
    const trail = openTrail()
    const answer = ask((req, res) => {
      const exchange = follow(trail, req, res)
      const first = exchange.declare(exporting)
      const second = exchange.declare({ ...exporting, resource: 'ward' })
      void exchange.declare({ verb: 'read', resource: 'patient' })
      void Promise.all([first, second]).then(() => exchange.run(() => res.end('rows')))
    })
    await trail.until(() => trail.records().length === 2)
    trail.write()
    await trail.until(() => trail.records().length === 4)
    const phases = trail.records().map(({ event_type: type, phase }) => `${type} ${phase}`)
    expect(phases).toEqual(['data_export attempt', 'data_export attempt', 'data_export result', 'data_export result'])
    const [one, two, three, four] = trail.records().map((record) => record.operation_id)
    expect([one, two]).toEqual([three, four])
    expect(trail.records()[2]?.http).toMatchObject({ status: 200 })
    expect(trail.records()[2]?.http?.completion).toBeUndefined()
    trail.write()
    expect(await answer).toEqual({ status: 200, body: 'rows' })
    await trail.until(() => trail.records().length === 5)
    expect(trail.records()[4]).toMatchObject({ event_type: 'data_access', http: { completion: 'completed' } })
  })

  it('records what is declared after its answer was complete when it has ended', async () => {
    const trail = openTrail()
    const answer = ask((req, res) => {
      const exchange = follow(trail, req, res)
      void exchange.declare(exporting)?.then(() => {
        res.end('rows')
        void exchange.declare({ ...exporting, resource: 'ward' })
      })
    })
    await trail.until(() => trail.records().length === 1)
    trail.write()
    await trail.until(() => trail.records().length === 3)
    trail.write()
    expect((await answer).status).toBe(200)
    await trail.until(() => trail.records().length === 4)
    const pairs = trail.records().map(({ operation_id: id, phase }) => [id, phase])
    expect(pairs.map(([, phase]) => phase).toSorted()).toEqual(['attempt', 'attempt', 'result', 'result'])
    expect(new Set(pairs.map(([id]) => id)).size).toBe(2)
  })
})

describe('an attempt that still waits', () => {
  it('leaves an answer alone that somebody else has given meanwhile', async () => {
    const trail = openTrail()
    const answer = ask((req, res: ServerResponse) => {
      const exchange = follow(trail, req, res)
      void exchange.declare(exporting)
      res.statusCode = 504
      res.end('too slow')
    })
    await trail.until(() => trail.records().length === 2)
    trail.write()
    expect(await answer).toEqual({ status: 504, body: 'too slow' })
    expect(trail.records()[1]).toMatchObject({ phase: 'result', outcome: 'failure', http: { status: 504 } })
  })
})

interface Http2End {
  readonly status: string | undefined
  readonly body: string
  readonly code: number | undefined
}

async function askHttp2(listener: (req: http2.Http2ServerRequest, res: http2.Http2ServerResponse) => void) {
  const server = http2.createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = http2.connect(`http://127.0.0.1:${portOf(server)}`)
  onTestFinished(() => {
    session.destroy()
    server.close()
  })
  const stream = session.request({ ':path': '/' })
  let status: string | undefined
  let body = ''
  stream.on('response', (headers) => {
    status = String(headers[':status'])
  })
  stream.on('data', (chunk) => {
    body += String(chunk)
  })
  stream.on('error', () => undefined)
  return new Promise<Http2End>((resolve) => {
    stream.on('close', () => resolve({ status, body, code: stream.rstCode }))
  })
}

/** An answer over HTTP/2 whose attempt is durable and whose result never is. */
async function hanging(
  trail: Trail,
  respond: (res: http2.Http2ServerResponse) => unknown = (res) => res.end('rows'),
): Promise<Http2End> {
  const answer = askHttp2((req, res) => {
    void follow(trail, req, res)
      .declare(exporting)
      ?.then(() => respond(res))
  })
  await trail.until(() => trail.records().length === 1)
  trail.write()
  return answer
}

describe('over HTTP/2, with a ledger that hangs', () => {
  it('an answer is held, and then released, refused or broken off', async () => {
    const lenient = openTrail()
    const strict = openTrail({ block: 'strict' })
    const streaming = openTrail({ block: 'strict' })
    const [released, refused, broken] = await Promise.all([
      hanging(lenient),
      hanging(strict),
      hanging(streaming, (res) => {
        res.write('x'.repeat(70_000))
        res.end()
      }),
    ])
    expect(released).toEqual({ status: '200', body: 'rows', code: 0 })
    expect(refused).toMatchObject({ status: '503', code: 0 })
    expect(JSON.parse(refused.body)).toMatchObject({ outcome: 'unknown' })
    expect(broken).toMatchObject({ status: '200', code: http2.constants.NGHTTP2_INTERNAL_ERROR })
    for (const { audit } of [lenient, strict, streaming]) expect(audit.health().counts.resultsNotDurable).toBe(1)
  })
})
