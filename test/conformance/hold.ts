/** Answers of class block: complete for a client only once their result is on record. */
import { once } from 'node:events'
import { createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Call, Route } from './application.ts'
import { requestText } from './client.ts'
import type { Stage } from './stage.ts'
import type { Behaviour, Bench } from './suite.ts'
import type { Mode, TrailOptions } from './trail.ts'

const access = { verb: 'export', resource: 'patient', purpose: 'treatment' } as const
const file = fileURLToPath(import.meta.url)
const large = ['a'.repeat(70_000), 'b'.repeat(70_000), 'c'.repeat(70_000)]

/** What the routes of this theme answer: their attempt is durable, then the ledger changes its ways. */
const handlers: Readonly<Record<string, (call: Call) => unknown>> = {
  '/json': (call) => call.answer(200, { rows: 3 }),
  '/text': (call) => call.answer(200, 'three rows'),
  '/none': (call) => call.answer(204),
  '/unchanged': (call) => call.answer(304),
  '/stream': (call) => call.stream(Readable.from(large)),
  '/file': (call) => (call.file === undefined ? call.stream(createReadStream(file)) : call.file(file)),
  '/raw': (call) => {
    const res = call.raw()
    res.writeHead(200, { 'content-type': 'text/plain', 'content-length': 10 })
    res.write('three ')
    res.end('rows')
  },
  '/fails': () => {
    throw new Error('deliberate')
  },
  '/refused': (call) => call.answer(403, 'no'),
  '/silent': (call) => void call.raw(),
}

interface Set {
  readonly mode: Mode
  readonly options?: TrailOptions
}

async function openRoutes({ open }: Bench, { mode, options }: Set): Promise<Stage> {
  const routes = Object.entries(handlers).map(([path, handle]): Route => {
    return {
      path,
      access,
      handle: (call) => {
        stage.set(mode)
        return handle(call)
      },
    }
  })
  const read: Route = { path: '/read', handle: (call) => call.answer(200, 'ok') }
  const stage = await open({ routes: [...routes, read], ...(options && { options }) })
  return stage
}

function results(stage: Stage) {
  return stage.records('data_export').filter((record) => record.phase === 'result')
}

/** A moment in which anything that is not held arrives. */
async function aMoment(stage: Stage): Promise<void> {
  await stage.until(() => results(stage).length > 0)
  await new Promise((resolve) => setTimeout(resolve, 30))
}

export function holding(behaviour: Behaviour): void {
  for (const [what, path, method, expected] of [
    ['a JSON answer', '/json', 'GET', /200 OK[\s\S]*\{"rows":3\}$/],
    ['a text answer', '/text', 'GET', /200 OK[\s\S]*three rows$/],
    ['an answer to HEAD', '/text', 'HEAD', /200 OK[\s\S]*\r\n\r\n$/],
    ['an answer without content', '/none', 'GET', /204 No Content[\s\S]*\r\n\r\n$/],
    ['an answer of not modified', '/unchanged', 'GET', /304 Not Modified[\s\S]*\r\n\r\n$/],
    ['an answer written to the raw response', '/raw', 'GET', /200 OK[\s\S]*three rows$/],
    ['an error', '/fails', 'GET', /500 Internal Server Error[\s\S]*\}$/],
    ['a refusal', '/refused', 'GET', /403 Forbidden[\s\S]*no$/],
  ] as const) {
    behaviour(`${what} is held until its result is durable`, async (bench) => {
      const stage = await openRoutes(bench, { mode: 'waits' })
      const connection = await stage.wire()
      connection.send(requestText(path, [], method))
      await aMoment(stage)
      expect(connection.received()).toBe('')
      expect(stage.lines()).toEqual([])
      stage.release()
      await connection.until(expected)
      expect((await stage.onlyLine()).http.completion).toBe('completed')
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(connection.received())?.[1])
      const outcome = status === 403 ? 'denied' : status === 500 ? 'failure' : 'success'
      expect(results(stage)).toMatchObject([{ outcome, http: { status } }])
    })
  }

  behaviour('a static file is complete only once its result is durable', async (bench) => {
    const stage = await openRoutes(bench, { mode: 'waits' })
    let arrived = false
    const answer = stage.ask('/file').then((all) => {
      arrived = true
      return all
    })
    await aMoment(stage)
    expect(arrived).toBe(false)
    stage.release()
    expect((await answer).body).toHaveLength(statSync(file).size)
    expect((await stage.onlyLine()).http.completion).toBe('completed')
    expect(results(stage)).toMatchObject([{ outcome: 'success' }])
  })

  behaviour('a streamed answer flows, and ends once its result is durable', async (bench) => {
    const stage = await openRoutes(bench, { mode: 'waits' })
    const connection = await stage.wire()
    connection.send(requestText('/stream'))
    await stage.until(() => connection.received().includes('c\r\n') && results(stage).length === 1)
    await aMoment(stage)
    expect(connection.received().endsWith('\r\n0\r\n\r\n')).toBe(false)
    stage.release()
    await stage.until(() => connection.received().endsWith('\r\n0\r\n\r\n'))
    expect((await stage.onlyLine()).http).toMatchObject({ completion: 'completed', res_bytes: 210_000 })
    expect(results(stage)).toMatchObject([{ outcome: 'success' }])
  })

  behaviour('a held answer is the one the client would have got', async (bench) => {
    const free = await openRoutes(bench, { mode: 'works' })
    const held = await openRoutes(bench, { mode: 'works', options: { block: 'strict' } })
    for (const path of ['/json', '/text', '/none', '/unchanged', '/stream', '/file', '/raw', '/refused']) {
      const answer = await held.ask(path)
      expect(answer.body).toBe((await free.ask(path)).body)
      if (path === '/stream') expect(answer.body).toBe(large.join(''))
      if (path === '/file') expect(answer.body).toHaveLength(statSync(file).size)
    }
    expect(held.audit.health().counts.resultsNotDurable).toBe(0)
  })

  behaviour('only answers of class block wait for a ledger that hangs', async (bench) => {
    const stage = await openRoutes(bench, { mode: 'waits' })
    const held = stage.ask('/json')
    await aMoment(stage)
    for (let i = 0; i < 3; i++) expect((await stage.ask('/read')).status).toBe(200)
    stage.release()
    expect((await held).status).toBe(200)
    expect(await stage.end()).toHaveLength(4)
  })

  behaviour('a client that leaves while its answer is held is one aborted line, attempt and result', async (bench) => {
    const stage = await openRoutes(bench, { mode: 'waits' })
    const connection = await stage.wire()
    connection.send(requestText('/text'))
    await aMoment(stage)
    connection.socket.destroy()
    await stage.until(() => stage.lines().length === 1)
    stage.set('works')
    stage.release()
    expect((await stage.onlyLine()).http.completion).toBe('aborted')
    expect(stage.records('data_export')).toMatchObject([
      { phase: 'attempt' },
      // It was done; that nobody read of it is another fact.
      { phase: 'result', outcome: 'success' },
    ])
  })

  behaviour('a client that leaves before its handler has answered leaves an unknown result', async (bench) => {
    const stage = await openRoutes(bench, { mode: 'works' })
    const connection = await stage.wire()
    const arrived = once(stage.server, 'request')
    connection.send(requestText('/silent'))
    await arrived
    await stage.until(() => stage.records('data_export').length === 1)
    connection.socket.destroy()
    await stage.until(() => stage.lines().length === 1)
    expect((await stage.onlyLine()).http.completion).toBe('aborted')
    expect(stage.records('data_export')).toMatchObject([
      { phase: 'attempt' },
      { phase: 'result', outcome: 'unknown', reason: 'aborted' },
    ])
  })

  behaviour('an answer whose result fails is released, and the missing result is told', async (bench) => {
    const stage = await openRoutes(bench, { mode: 'fails' })
    expect((await stage.ask('/json')).body).toBe('{"rows":3}')
    stage.set('works')
    expect((await stage.ask('/stream')).body).toBe(large.join(''))
    expect(stage.audit.health().counts.resultsNotDurable).toBe(2)
    const told = stage.notices().filter((notice) => notice.includes('RESULT_NOT_DURABLE'))
    expect(told).toHaveLength(1)
    expect(await stage.end()).toHaveLength(2)
  })

  behaviour('strict: an answer whose result fails is a 503, and says that the outcome is unknown', async (bench) => {
    for (const path of ['/json', '/none', '/unchanged', '/raw']) {
      const stage = await openRoutes(bench, { mode: 'fails', options: { block: 'strict' } })
      const answer = await stage.ask(path)
      stage.set('works')
      expect(answer.status).toBe(503)
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
      const problem: unknown = JSON.parse(answer.body)
      expect(problem).toMatchObject({ status: 503, request_id: answer.id, outcome: 'unknown' })
      expect(problem).toMatchObject({ detail: expect.stringContaining('outcome recorded as unknown') })
      const line = await stage.onlyLine()
      expect(line.http).toMatchObject({ status: 503, completion: 'completed' })
      expect(stage.records('application_error')).toEqual([])
      expect(stage.audit.health().counts.resultsNotDurable).toBe(1)
    }
  })

  behaviour('strict: a connection is usable after such a 503', async (bench) => {
    const stage = await openRoutes(bench, { mode: 'fails', options: { block: 'strict' } })
    const connection = await stage.wire()
    connection.send(requestText('/json'))
    await connection.until(/503[\s\S]*\}$/)
    stage.set('works')
    connection.send(requestText('/read', [['connection', 'close']]))
    expect(await connection.closed()).toMatch(/200 OK[\s\S]*ok$/)
    expect(await stage.end()).toHaveLength(2)
  })

  behaviour('strict: a streamed answer whose result fails is cut off before its end', async (bench) => {
    const stage = await openRoutes(bench, { mode: 'fails', options: { block: 'strict' } })
    const connection = await stage.wire()
    connection.send(requestText('/stream'))
    const received = await connection.closed()
    expect(received.startsWith('HTTP/1.1 200 OK')).toBe(true)
    expect(received.includes('\r\n0\r\n\r\n')).toBe(false)
    await stage.until(() => stage.lines().length === 1)
    const line = await stage.onlyLine()
    expect(line.http).toMatchObject({ status: 200, completion: 'error' })
    expect(line).toMatchObject({ error: { code: 'AUDIT_RESULT_NOT_DURABLE' } })
    expect(stage.records('application_error')).toEqual([])
  })

  behaviour('a ledger that hangs is waited for two seconds: released, or strictly not', async (bench) => {
    const stage = await openRoutes(bench, { mode: 'waits' })
    const strict = await openRoutes(bench, { mode: 'waits', options: { block: 'strict' } })
    const [released, refused] = await Promise.all([stage.ask('/json'), strict.ask('/json')])
    expect(released).toMatchObject({ status: 200, body: '{"rows":3}' })
    expect(refused.status).toBe(503)
    for (const one of [stage, strict]) expect(one.audit.health().counts.resultsNotDurable).toBe(1)
  })
}
