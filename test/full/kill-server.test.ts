import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { verify } from '@trailmark/ledger/verify'
import { query } from '@trailmark/query'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromSources } from '../process/repository.ts'

/** A real server in production, under load from eight connections, that is killed again and again, or ends in other ways. */
const rounds = Number(process.env['TRAILMARK_SERVER_KILLS'] ?? 60)
let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-kill-server-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

interface Server {
  readonly child: ChildProcess
  readonly url: string
}

async function startServer(): Promise<Server> {
  const file = fileURLToPath(new URL('./killed-server.ts', import.meta.url))
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    NODE_OPTIONS: '',
    TRAILMARK_DIR: join(home, 'trail'),
    TRAILMARK_KEYS_DIR: join(home, 'keys'),
  }
  const child = fork(file, { env, execArgv: [fromSources], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const [message] = (await once(child, 'message')) as [{ port: number }]
  return { child, url: `http://127.0.0.1:${message.port}` }
}

/** The id that the server answered with; undefined when it was gone before the answer was complete. */
function ask(url: string, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    get(url, { agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      answer.on('close', () => resolve(answer.complete ? idIn(text) : undefined))
    }).on('error', () => resolve(undefined))
  })
}

function idIn(text: string): string | undefined {
  const parsed: unknown = JSON.parse(text)
  return typeof parsed === 'object' && parsed !== null && 'id' in parsed ? String(parsed.id) : undefined
}

/** Asks over eight connections until the server is gone; collects what it promised. */
async function loadUntilGone({ child, url }: Server, path: string, into: Set<string>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const lane = async (): Promise<void> => {
    while (child.exitCode === null && child.signalCode === null) {
      const id = await ask(url + path, agent)
      if (id === undefined) return
      into.add(id)
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  agent.destroy()
}

async function stored(): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for await (const record of query(join(home, 'trail'), { types: ['login_success', 'logout'] })) {
    counts.set(record.id, (counts.get(record.id) ?? 0) + 1)
  }
  return counts
}

async function expectPromisesKept(promised: ReadonlySet<string>): Promise<void> {
  const found = await stored()
  expect([...promised].filter((id) => !found.has(id))).toEqual([])
  expect([...found].filter(([, count]) => count !== 1)).toEqual([])
  const report = await verify(join(home, 'trail'))
  expect(report.streams.flatMap((one) => one.integrity.breaks)).toEqual([])
  expect(report.streams.flatMap((one) => one.completeness.gaps.filter((gap) => !gap.explained))).toEqual([])
}

describe('a server under load', () => {
  it(`that is killed ${rounds} times keeps every promise, once`, async () => {
    const promised = new Set<string>()
    for (let round = 0; round < rounds; round++) {
      const server = await startServer()
      setTimeout(() => server.child.kill('SIGKILL'), 20 + Math.random() * 150)
      const exit = once(server.child, 'exit')
      await loadUntilGone(server, '/promise', promised)
      await exit
    }
    // One orderly round, so that readers know of everything that is durable.
    const last = await startServer()
    last.child.kill('SIGTERM')
    await once(last.child, 'exit')
    expect(promised.size).toBeGreaterThan(rounds)
    await expectPromisesKept(promised)
  })

  it.each([
    ['SIGTERM', ({ child }: Server) => child.kill('SIGTERM')],
    ['process.exit in a handler', ({ url }: Server) => get(`${url}/end/exit`).on('error', () => undefined)],
    ['an exception nobody catches', ({ url }: Server) => get(`${url}/end/throw`).on('error', () => undefined)],
  ])('that ends by %s has everything on disk that it accepted', async (_, end) => {
    const accepted = new Set<string>()
    const server = await startServer()
    const exit = once(server.child, 'exit')
    setTimeout(() => end(server), 300)
    await loadUntilGone(server, '/accept', accepted)
    await exit
    expect(accepted.size).toBeGreaterThan(10)
    await expectPromisesKept(accepted)
  })
})
