import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { verify } from '@trailmark/ledger/verify'
import { afterEach, describe, expect, it } from 'vitest'
import { type Child, freePort, scratch, start } from '../process/child.ts'
import { fromSources, repository } from '../process/repository.ts'

/** A laptop: the five-line application is restarted by the usual tools, interrupted, crashed and put to sleep. */
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

let home: string | undefined
let running: Child | undefined
afterEach(async () => {
  if (running?.process.exitCode === null && running.process.pid) process.kill(-running.process.pid, 'SIGKILL')
  await running?.ended
  if (home) rmSync(home, { recursive: true, force: true })
  running = home = undefined
})

async function launch(
  args: (file: string) => string[],
  env: Record<string, string | undefined> = {},
): Promise<{ url: string; file: string; child: Child; home: string }> {
  home = scratch('laptop')
  const file = join(home, 'app.mjs')
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'laptop', type: 'module' }))
  writeFileSync(file, application)
  const port = await freePort()
  const child = start(process.execPath, args(file), {
    cwd: home,
    detached: true,
    env: { NODE_ENV: undefined, PORT: String(port), ...env },
  })
  running = child
  await child.printed(/listening/)
  return { url: `http://127.0.0.1:${port}`, file, child, home }
}

async function expectWholeTrail(directory: string): Promise<void> {
  const report = await verify(join(directory, '.trailmark'))
  expect(report.streams.length).toBeGreaterThan(0)
  expect(report.streams.flatMap((one) => one.integrity.breaks)).toEqual([])
  expect(report.streams.flatMap((one) => one.completeness.gaps)).toEqual([])
}

const complaint = /LEDGER_|KEYS_|AUDIT_|\block(ed)?\b|Error/i

describe.each(Object.keys(runners))('%s', (name) => {
  it('restarts three times without a lock error, a loop or a finding', async () => {
    const { url, file, child, home } = await launch(runners[name]!)
    for (let round = 1; round <= 3; round++) {
      expect((await fetch(url)).status).toBe(403)
      appendFileSync(file, `\n// edit ${round}\n`)
      await child.printed(/listening/, round + 1)
    }
    expect((await fetch(url)).status).toBe(403)
    process.kill(-child.process.pid!, 'SIGINT')
    await child.ended
    expect(child.stderr().replace(/.*Restarting.*|.*Completed.*/g, '')).not.toMatch(complaint)
    expect(child.stdout().match(/listening/g)).toHaveLength(4)
    await expectWholeTrail(home)
  })
})

describe('a plain node process', () => {
  const plain = (file: string): string[] => [fromSources, file]

  it('ends on Ctrl-C with the signal, and its trail is closed', async () => {
    const { url, child, home } = await launch(plain)
    await (await fetch(url)).text()
    child.process.kill('SIGINT')
    expect(await child.ended).toEqual({ code: null, signal: 'SIGINT' })
    await expectWholeTrail(home)
  })

  it('crashes with code 1, without the message in a pipe, and the next start finds nothing wrong', async () => {
    const { url, child, home, file } = await launch(plain)
    await fetch(`${url}/crash`).catch(() => undefined)
    expect((await child.ended).code).toBe(1)
    expect(child.stdout() + child.stderr()).not.toContain('planted-secret')
    const port = await freePort()
    const again = start(process.execPath, plain(file), {
      cwd: home,
      detached: true,
      env: { NODE_ENV: undefined, PORT: String(port) },
    })
    running = again
    await again.printed(/listening/)
    again.process.kill('SIGTERM')
    await again.ended
    await expectWholeTrail(home)
  })

  it('goes on after 20 seconds of sleep without losing its ledger', async () => {
    const { url, child, home } = await launch(plain)
    await (await fetch(url)).text()
    child.process.kill('SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, 20_000))
    child.process.kill('SIGCONT')
    expect((await fetch(url)).status).toBe(403)
    child.process.kill('SIGTERM')
    await child.ended
    expect(child.stderr()).not.toMatch(/Error/)
    await expectWholeTrail(home)
  })
})
