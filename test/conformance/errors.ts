/** Users never see the inside of an error, whatever was thrown and wherever; the application's own handlers still win. */
import { Readable } from 'node:stream'
import { expect, vi } from 'vitest'
import type { Route } from './application.ts'
import { type Answer, requestText } from './client.ts'
import type { Behaviour, Bench } from './suite.ts'

const secret = 'planted-secret-7391'

function expectSafeProblem(answer: Answer, status: number): void {
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  const problem = JSON.parse(answer.body)
  expect(problem).toMatchObject({ status, request_id: answer.id })
  expect(answer.body).not.toContain(secret)
  expect(answer.body).not.toMatch(/\bat .*:\d+:\d+|\.ts\b|node_modules/)
}

async function answerTo({ open }: Bench, handle: Route['handle']): Promise<{ answer: Answer; written: string }> {
  const stage = await open({ routes: [{ path: '/fails', handle }] })
  const answer = await stage.ask('/fails')
  const line = await stage.onlyLine()
  expect(line.request_id).toBe(answer.id)
  expect(line.http.status).toBe(answer.status)
  expect(stage.written()).not.toContain(secret)
  return { answer, written: stage.written() }
}

function throwing(make: () => unknown): Route['handle'] {
  return () => {
    throw make()
  }
}

const cyclic = (): Error => {
  const error = new Error(secret)
  error.cause = Object.assign(new Error(secret), { cause: error })
  return error
}

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const trapped = (): object =>
  new Proxy(new Error(secret), {
    get() {
      throw new Error(secret)
    },
    getPrototypeOf() {
      throw new Error(secret)
    },
  })

const bristling = (): Error =>
  Object.defineProperties(new Error(secret), {
    status: {
      get() {
        throw new Error(secret)
      },
    },
    headers: {
      get() {
        throw new Error(secret)
      },
    },
    stack: {
      get() {
        throw new Error(secret)
      },
    },
  })

export function errors(behaviour: Behaviour): void {
  whatIsThrown(behaviour)
  whereItIsThrown(behaviour)
  whoAnswers(behaviour)
}

function whatIsThrown(behaviour: Behaviour): void {
  const thrown: readonly (readonly [string, () => unknown])[] = [
    ['an error', () => new Error(secret)],
    ['a string', () => secret],
    ['null', () => null],
    ['a number', () => 42],
    ['a BigInt', () => 42n],
    ['a symbol', () => Symbol(secret)],
    ['an object without a prototype', () => Object.assign(Object.create(null), { message: secret })],
    ['an error whose causes go in a circle', cyclic],
    ['an error that carries the request body', () => Object.assign(new Error(secret), { body: { password: secret } })],
    ['an error whose getters throw', bristling],
    ['a proxy that throws when touched', trapped],
    ['a revoked proxy', revoked],
    ['a frozen error', () => Object.freeze(new Error(secret))],
    ['an aggregate of errors', () => new AggregateError([new Error(secret), secret], secret)],
    ['an error with a status that is none', () => Object.assign(new Error(secret), { status: 200 })],
    [
      'an error with a status in words',
      () => Object.assign(new Error(secret), { status: '404', statusCode: Number.NaN }),
    ],
  ]
  for (const [what, make] of thrown) {
    behaviour(`${what} that is thrown is answered with a safe 500`, async (bench) => {
      const { answer, written } = await answerTo(bench, throwing(make))
      expectSafeProblem(answer, 500)
      expect(written).toContain('"application_error"')
    })
  }

  for (const status of [400, 404, 409, 429, 503]) {
    behaviour(`an error with status ${status} keeps it and loses its message`, async (bench) => {
      const make = (): Error => Object.assign(new Error(secret), { status, statusCode: status, expose: true })
      const { answer } = await answerTo(bench, throwing(make))
      expectSafeProblem(answer, status)
    })
  }

  behaviour('of the headers an error brings along, only the harmless ones are sent', async (bench) => {
    const headers = { 'retry-after': '7', 'x-internal': secret, 'set-cookie': `sid=${secret}` }
    const { answer } = await answerTo(
      bench,
      throwing(() => Object.assign(new Error(secret), { status: 429, headers })),
    )
    expectSafeProblem(answer, 429)
    expect(answer.headers['retry-after']).toBe('7')
    expect(JSON.stringify(answer.headers)).not.toContain(secret)
  })
}

function whereItIsThrown(behaviour: Behaviour): void {
  behaviour('a rejected promise is answered like a throw', async (bench) => {
    const { answer } = await answerTo(bench, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error(secret)
    })
    expectSafeProblem(answer, 500)
  })

  behaviour('an error after the headers cuts the connection', async ({ open }) => {
    const handle: Route['handle'] = async (call) => {
      const res = call.raw()
      res.write('the beginning')
      await new Promise((resolve) => setTimeout(resolve, 10))
      res.destroy(new Error(secret))
    }
    const stage = await open({ routes: [{ path: '/cut', handle }] })
    const connection = await stage.wire()
    connection.send(requestText('/cut'))
    const received = await connection.closed()
    expect(received).toContain('the beginning')
    expect(received).not.toMatch(/0\r\n\r\n$/)
    expect((await stage.onlyLine()).http.completion).toBe('error')
    expect(stage.written()).not.toContain(secret)
  })

  behaviour('a stream that fails in the middle cuts the connection and is an error', async ({ open }) => {
    const body = (): Readable =>
      Readable.from(
        (async function* () {
          yield 'the beginning'
          await new Promise((resolve) => setTimeout(resolve, 20))
          throw new Error(secret)
        })(),
      )
    const stage = await open({ routes: [{ path: '/stream', handle: (call) => call.stream(body()) }] })
    const connection = await stage.wire()
    connection.send(requestText('/stream'))
    const received = await connection.closed()
    expect(received).toContain('the beginning')
    expect(received).not.toMatch(/0\r\n\r\n$/)
    await stage.until(() => stage.lines().length > 0)
    expect((await stage.onlyLine()).http.completion).toBe('error')
    expect(stage.records().map((record) => record.event_type)).toEqual(['application_error'])
    expect(stage.written() + received).not.toContain(secret)
  })

  // What a reset upstream or database throws looks like a client that left, and is not.
  for (const code of ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']) {
    const failure = (): Error => Object.assign(new Error(secret), { code })

    behaviour(`a handler that fails with ${code} is recorded with the code`, async ({ open }) => {
      const stage = await open({ routes: [{ path: '/fails', handle: throwing(failure) }] })
      expectSafeProblem(await stage.ask('/fails'), 500)
      expect(await stage.onlyLine()).toMatchObject({ http: { completion: 'completed' }, error: { code } })
      expect(stage.records('application_error')).toMatchObject([{ metadata: { error_code: code } }])
    })

    behaviour(`a stream that fails with ${code} half-way is an error, and no client that left`, async ({ open }) => {
      const body = (): Readable =>
        Readable.from(
          (async function* () {
            yield 'the beginning'
            await new Promise((resolve) => setTimeout(resolve, 20))
            throw failure()
          })(),
        )
      const stage = await open({ routes: [{ path: '/stream', handle: (call) => call.stream(body()) }] })
      const connection = await stage.wire()
      connection.send(requestText('/stream'))
      await connection.closed()
      await stage.until(() => stage.lines().length > 0)
      expect(await stage.onlyLine()).toMatchObject({ http: { completion: 'error' }, error: { code } })
      expect(stage.records('application_error')).toHaveLength(1)
    })
  }

  behaviour('a client that leaves while a stream is sent to it is no error, its body read or not', async ({ open }) => {
    const body = (): Readable =>
      Readable.from(
        (async function* () {
          for (;;) {
            yield 'some'
            await new Promise((resolve) => setTimeout(resolve, 5))
          }
        })(),
      )
    const handle: Route['handle'] = (call) => call.stream(body())
    const stage = await open({
      routes: [
        { path: '/stream', handle },
        { method: 'POST', path: '/stream', handle },
      ],
    })
    const posted = [
      ['content-type', 'application/json'],
      ['content-length', '2'],
    ] as const
    for (const text of [requestText('/stream'), `${requestText('/stream', posted, 'POST')}{}`]) {
      for (const leave of ['destroy', 'resetAndDestroy'] as const) {
        const connection = await stage.wire()
        connection.send(text)
        await connection.until(/some/)
        connection.socket[leave]()
      }
    }
    await stage.until(() => stage.lines().length === 4)
    expect((await stage.end()).map((line) => line.http.completion)).toEqual(Array.from({ length: 4 }, () => 'aborted'))
    expect(stage.records()).toEqual([])
  })

  behaviour('a body that cannot be parsed is answered without quoting it', async ({ open }) => {
    const stage = await open({ routes: [{ method: 'POST', path: '/in', handle: (call) => call.answer(200, 'ok') }] })
    const headers = { 'content-type': 'application/json' }
    const answer = await stage.ask('/in', { method: 'POST', headers, body: `{"password": ${secret}}` })
    expectSafeProblem(answer, 400)
    await stage.onlyLine()
    expect(stage.written()).not.toContain(secret)
  })

  behaviour('an error is answered to HEAD without a body', async ({ open }) => {
    const handle = throwing(() => new Error(secret))
    const stage = await open({ routes: [{ path: '/fails', handle }] })
    const answer = await stage.ask('/fails', { method: 'HEAD' })
    expect(answer.status).toBe(500)
    expect(answer.body).toBe('')
    await stage.onlyLine()
  })
}

function whoAnswers(behaviour: Behaviour): void {
  behaviour("the application's own error handler answers instead", async ({ open }) => {
    const handle = throwing(() => new Error(secret))
    const stage = await open({ routes: [{ path: '/fails', handle }], ownErrors: 'a teapot of our own' })
    const answer = await stage.ask('/fails')
    expect(answer.status).toBe(418)
    expect(answer.body).toBe('a teapot of our own')
    expect((await stage.onlyLine()).request_id).toBe(answer.id)
  })

  behaviour('an unmatched request gets the page its framework has always given it', async ({ open }) => {
    const stage = await open({ routes: [] })
    const answer = await stage.ask('/nowhere')
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).not.toMatch(/problem/)
    expect(answer.body).toMatch(/Cannot GET|Route GET:|Not Found/)
  })

  behaviour('nothing of an error is printed', async (bench) => {
    const printed: string[] = []
    const spies = (['error', 'warn', 'log'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((...words) => void printed.push(String(words))),
    )
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0)
    try {
      await answerTo(
        bench,
        throwing(() => new Error(secret)),
      )
    } finally {
      for (const spy of [...spies, stderr]) spy.mockRestore()
    }
    expect(printed.join('\n')).not.toContain(secret)
  })

  behaviour('the server answers the next request after each of them', async ({ open }) => {
    const made: (() => unknown)[] = [cyclic, bristling, trapped, revoked, () => null, () => Symbol('x')]
    const routes = made.map((make, at): Route => ({ path: `/fails/${at}`, handle: throwing(make) }))
    const stage = await open({ routes: [...routes, { path: '/ok', handle: (call) => call.answer(200, 'ok') }] })
    for (const route of routes) {
      expect((await stage.ask(route.path)).status).toBe(500)
      expect((await stage.ask('/ok')).status).toBe(200)
    }
    expect(await stage.end()).toHaveLength(2 * made.length)
  })
}
