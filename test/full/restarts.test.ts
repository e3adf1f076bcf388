import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { verify } from '@trailmark/ledger/verify'
import { query } from '@trailmark/query'
import { afterEach, describe, expect, it } from 'vitest'
import { type Child, freePort, scratch, start } from '../process/child.ts'
import { fromSources, repository } from '../process/repository.ts'

/** A laptop: a small application is restarted by the usual tools, interrupted, crashed and put to sleep. */
const require = createRequire(join(repository, 'test/package.json'))
const nodemon = join(dirname(require.resolve('nodemon/package.json')), 'bin/nodemon.js')
const tsx = join(dirname(require.resolve('tsx/package.json')), 'dist/cli.mjs')

const application = `
import express from 'express'
import { auditMiddleware } from '@trailmark/express'
const app = express()
app.use(auditMiddleware())
app.get('/', (req, res) => res.status(403).send('no'))
app.get('/crash', () => setTimeout(() => { throw new Error('planted-secret') }, 1))
app.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'))
`

const runners: Record<string, (file: string) => string[]> = {
  'node --watch': (file) => [fromSources, '--watch', file],
  nodemon: (file) => [nodemon, '--quiet', '--exec', `${process.execPath} ${fromSources}`, file],
  'tsx watch': (file) => [tsx, 'watch', '--clear-screen=false', fromSources, file],
}

const plain = (file: string): string[] => [fromSources, file]

let home: string | undefined
let running: Child | undefined
afterEach(async () => {
  // A runner that is asked ends what it started; where the test ended well there is nobody left to ask.
  if (running?.process.pid) {
    signalGroup(running.process.pid, 'SIGTERM')
    await Promise.race([running.ended, new Promise((resolve) => setTimeout(resolve, 5_000).unref())])
    signalGroup(running.process.pid, 'SIGKILL')
  }
  await running?.ended
  if (home) rmSync(home, { recursive: true, force: true })
  running = home = undefined
})

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

interface Laptop {
  readonly url: string
  readonly file: string
  readonly child: Child
  readonly home: string
  /** Requests told by a start before this one. */
  readonly before: readonly string[]
}

async function launch(args: (file: string) => string[], hasRunBefore = false): Promise<Laptop> {
  home = scratch('laptop')
  const file = join(home, 'app.mjs')
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'laptop', type: 'module' }))
  writeFileSync(file, application)
  const before = hasRunBefore ? [await startOnce(plain(file), home)] : []
  const port = await freePort()
  const child = startIn(home, args(file), port)
  await child.printed(/listening/)
  return { url: `http://127.0.0.1:${port}`, file, child, home, before }
}

/**
 * A first start makes folders and keys, and the first visitor the ledger of people's keys; what watches every file of a folder
 * restarts once for each.
 */
async function startOnce(args: readonly string[], cwd: string): Promise<string> {
  const port = await freePort()
  const first = startIn(cwd, args, port)
  await first.printed(/listening/)
  const told = await ask(`http://127.0.0.1:${port}`)
  first.process.kill('SIGTERM')
  await first.ended
  return told
}

function startIn(cwd: string, args: readonly string[], port: number): Child {
  running = start(process.execPath, args, { cwd, detached: true, env: { NODE_ENV: undefined, PORT: String(port) } })
  return running
}

/** Asks for what is refused, on a connection of its own since the server changes between requests; gives the request's id. */
async function ask(url: string): Promise<string> {
  const answer = await fetch(url, { headers: { connection: 'close' } })
  await answer.text()
  expect(answer.status).toBe(403)
  return answer.headers.get('x-request-id') ?? ''
}

/** The requests whose refusal is on record, in the order of the records. */
async function refused(directory: string): Promise<string[]> {
  const found: string[] = []
  for await (const one of query(join(directory, '.trailmark'), { types: ['authz_deny'] })) {
    found.push(one.request_id ?? '')
  }
  return found
}

/** The first record about a visitor makes the ledger of people's keys. */
async function expectWholeTrail(directory: string, ledgers = ['audit', 'audit', 'keys']): Promise<void> {
  const report = await verify(join(directory, '.trailmark'))
  expect(report.streams.map((one) => one.stream)).toEqual(ledgers)
  expect(report.streams.flatMap((one) => one.integrity.breaks)).toEqual([])
  expect(report.streams.flatMap((one) => one.completeness.gaps)).toEqual([])
}

/** What a first start says of the folders it made is no complaint. */
function complaints(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.endsWith('[AUDIT_CREATED]'))
    .filter((line) => /LEDGER_|KEYS_|AUDIT_|\block(ed)?\b|Error|Warning/i.test(line))
}

describe.each(Object.keys(runners))('%s', (name) => {
  it('restarts three times without a lock error, a loop or a finding', async () => {
    const { url, file, child, home, before } = await launch(runners[name]!, name === 'nodemon')
    const told: string[] = [...before]
    for (let round = 1; ; round++) {
      told.push(await ask(url))
      // The restart must not come before the record: these tools may end a process without letting it say goodbye.
      await expect.poll(() => refused(home), { timeout: 10_000 }).toEqual(told)
      if (round > 3) break
      appendFileSync(file, `\n// edit ${round}\n`)
      await child.printed(/listening/, round + 1)
    }
    signalGroup(child.process.pid!, 'SIGINT')
    await child.ended
    expect(complaints(child.stderr())).toEqual([])
    expect(child.stdout().match(/listening/g)).toHaveLength(4)
    expect(await refused(home)).toEqual(told)
    await expectWholeTrail(home)
  })
})

describe('a plain node process', () => {
  it('ends on Ctrl-C with the signal, and its trail is closed', async () => {
    const { url, child, home } = await launch(plain)
    const told = await ask(url)
    child.process.kill('SIGINT')
    expect(await child.ended).toEqual({ code: null, signal: 'SIGINT' })
    expect(complaints(child.stderr())).toEqual([])
    expect(await refused(home)).toEqual([told])
    await expectWholeTrail(home)
  })

  it('crashes with code 1, without the message in a pipe, and the next start finds nothing wrong', async () => {
    const { url, child, home, file } = await launch(plain)
    await fetch(`${url}/crash`).catch(() => undefined)
    expect((await child.ended).code).toBe(1)
    expect(child.stdout() + child.stderr()).not.toContain('planted-secret')
    const again = startIn(home, plain(file), await freePort())
    await again.printed(/listening/)
    again.process.kill('SIGTERM')
    await again.ended
    expect(complaints(again.stderr())).toEqual([])
    await expectWholeTrail(home, ['audit', 'audit'])
  })

  it('goes on in its ledger after 20 seconds of sleep', async () => {
    const { url, child, home } = await launch(plain)
    const told = [await ask(url)]
    child.process.kill('SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, 20_000))
    child.process.kill('SIGCONT')
    told.push(await ask(url))
    child.process.kill('SIGTERM')
    await child.ended
    expect(complaints(child.stderr())).toEqual([])
    expect(await refused(home)).toEqual(told)
    await expectWholeTrail(home)
  })
})
