/**
 * However a request ends, nothing that its client put into it is written: not on the terminal line, not by the framework's own
 * logger, not on stdout or stderr, not in a record; nor does an answer quote it that the application did not write.
 */
import { Readable } from 'node:stream'
import { expect, vi } from 'vitest'
import type { Call, Route } from './application.ts'
import { requestText } from './client.ts'
import type { Stage, StageOptions } from './stage.ts'
import type { Behaviour } from './suite.ts'

/** One value for each place of a request, such as people and their browsers put there. */
const planted = {
  path: 'quirina-zandvoort-8812',
  query: 'verysecret-query-71',
  authorization: `sk_${'live'}_51Hq9ZKLmNoPqRsTuVwXyZ012`,
  cookie: 'verysecret-cookie-72',
  header: 'verysecret-header-73',
  body: 'verysecret-body-74',
  form: 'verysecret-form-75',
} as const

const target = (path: string): string => `/${path}/${planted.path}?token=${planted.query}&q=${planted.query}`
const headers = {
  authorization: `Bearer ${planted.authorization}`,
  cookie: `sid=${planted.cookie}`,
  'x-api-key': planted.header,
}
const json = JSON.stringify({ password: planted.body, note: planted.body })
const form = `--x\r\ncontent-disposition: form-data; name="note"\r\n\r\n${planted.form}\r\n--x--\r\n`

/** Everything the handler could get hold of, in one error. */
function failure({ req, params, body }: Call): Error {
  const quoted = `${req.url} ${JSON.stringify({ params, body, headers: req.headers })}`
  return Object.assign(new Error(quoted, { cause: new TypeError(quoted) }), {
    status: 400,
    expose: true,
    body,
    config: req.headers,
  })
}

const routes: readonly Route[] = [
  { method: 'POST', path: '/ok/:who', handle: (call) => call.answer(200, 'fine') },
  {
    method: 'POST',
    path: '/throws/:who',
    handle: (call) => {
      throw failure(call)
    },
  },
  {
    method: 'POST',
    path: '/breaks/:who',
    handle: (call) => call.stream(Readable.from(breaking(call))),
  },
  { method: 'POST', path: '/silent/:who', handle: (call) => void call.raw() },
]

async function* breaking(call: Call): AsyncGenerator<string> {
  yield 'the beginning'
  await new Promise((resolve) => setTimeout(resolve, 10))
  throw failure(call)
}

export function logsSayNothing(behaviour: Behaviour): void {
  const cases: Readonly<Record<string, (stage: Stage) => Promise<string>>> = {
    'succeeds with a JSON body': (stage) => posted(stage, target('ok'), json, 'application/json'),
    'succeeds with a form': (stage) => posted(stage, target('ok'), form, 'multipart/form-data; boundary=x'),
    'finds no route': async (stage) => withoutTarget(await posted(stage, target('nowhere'), json, 'application/json')),
    'has a body that cannot be parsed': (stage) =>
      posted(stage, target('ok'), `{"note":${planted.body}`, 'application/json'),
    'has a body that is too large': (stage) =>
      posted(stage, target('ok'), JSON.stringify({ note: planted.body.repeat(10_000) }), 'application/json'),
    'has a form that breaks off': (stage) =>
      posted(stage, target('ok'), form.slice(0, -8), 'multipart/form-data; boundary=x'),
    throws: (stage) => posted(stage, target('throws'), json, 'application/json'),
    'asks for a debugging endpoint': async (stage) =>
      withoutTarget(await posted(stage, target('actuator'), json, 'application/json')),
    'breaks off while it is answered': (stage) =>
      posted(stage, target('breaks'), json, 'application/json').catch(() => ''),
    'is left by its client': async (stage) => {
      const wire = await stage.wire()
      wire.send(requestText(target('silent'), Object.entries({ ...headers, 'content-length': '0' }), 'POST'))
      await new Promise((resolve) => setTimeout(resolve, 50))
      wire.reset()
      await stage.until(() => stage.lines().length > 0)
      return wire.received()
    },
    'takes too long': async (stage) => {
      stage.server.setTimeout(100)
      const wire = await stage.wire()
      wire.send(requestText(target('silent'), Object.entries({ ...headers, 'content-length': '0' }), 'POST'))
      const received = await wire.closed()
      await stage.until(() => stage.lines().length > 0)
      return received
    },
  }
  for (const mode of ['production', 'development'] as const) {
    for (const [how, run] of Object.entries(cases)) {
      behaviour(`nothing of a request that ${how} is written in ${mode}`, async ({ open }) => {
        const said: string[] = []
        const application: StageOptions = { routes, frameworkLog: (line) => void said.push(line), options: { mode } }
        const stage = await open(application)
        const answer = await hearing(said, () => run(stage))
        await stage.end()
        for (const [place, text] of Object.entries({ answer, written: stage.written(), said: said.join('') })) {
          expect([place, Object.entries(planted).filter(([, value]) => text.includes(value))]).toEqual([place, []])
        }
        expect(stage.lines()).toHaveLength(1)
      })
    }
  }
}

async function posted(stage: Stage, path: string, body: string, type: string): Promise<string> {
  const answer = await stage.ask(path, { method: 'POST', body, headers: { ...headers, 'content-type': type } })
  return JSON.stringify(answer.headers) + answer.body
}

/** A framework's own 404 tells its client what that asked for. */
function withoutTarget(answer: string): string {
  return answer.replaceAll(planted.path, '').replaceAll(planted.query, '')
}

/** Collects what is printed while `work` is under way. */
async function hearing<T>(said: string[], work: () => Promise<T>): Promise<T> {
  const listen = (...given: unknown[]): true => {
    said.push(given.map(String).join(' '))
    return true
  }
  const spies = [
    vi.spyOn(console, 'error').mockImplementation(listen),
    vi.spyOn(console, 'log').mockImplementation(listen),
    vi.spyOn(console, 'warn').mockImplementation(listen),
    vi.spyOn(process.stderr, 'write').mockImplementation(listen),
    vi.spyOn(process.stdout, 'write').mockImplementation(listen),
  ]
  try {
    return await work()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
