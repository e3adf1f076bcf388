/** `trailmark coverage` as it is typed: over real applications, hostile ones, a baseline, a trail. */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createAudit } from '@trailmark/core'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const apps = fileURLToPath(new URL('../rehearse/apps', import.meta.url))
const clinic = fileURLToPath(new URL('../../examples/clinic', import.meta.url))

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-coverage-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

async function coverage(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--conditions=@trailmark/source', main, 'coverage', ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, err }
}

describe('trailmark coverage', () => {
  it('fails for what is forgotten, accepts it in a baseline, and leaves nothing else behind', async () => {
    const app = join(apps, 'express.ts')
    const first = await coverage([app])
    expect(first.code).toBe(1)
    expect(first.out).toContain('66.6 % of 6 routes accounted for: 3 audited, 1 exempt, 2 UNAUDITED')
    expect((await coverage([app, '--baseline', 'coverage.json'])).code).toBe(3)
    const written = await coverage([app, '--baseline', 'coverage.json', '--write-baseline'])
    expect(written.code).toBe(0)
    expect(JSON.parse(await readFile(join(home, 'coverage.json'), 'utf8')).routes).toEqual([
      { method: 'GET', route: '/early' },
      { method: 'DELETE', route: '/patients/:id' },
    ])
    expect((await coverage([app, '--baseline', 'coverage.json', '--min', '66'])).code).toBe(0)
    expect((await coverage([app, '--baseline', 'coverage.json', '--min', '67'])).code).toBe(1)
    // Neither a trail nor keys: nothing was recorded.
    expect(await readdir(home)).toEqual(['coverage.json'])
  })

  it('prints what machines read', async () => {
    const app = join(apps, 'unaudited.ts')
    const json = await coverage([app, '--json'])
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, unaudited: 1, percent: 0 })
    const sarif = await coverage([app, '--sarif'])
    expect(JSON.parse(sarif.out)).toMatchObject({ version: '2.1.0' })
    expect([json.code, sarif.code, (await coverage([app, '--junit', '--sarif'])).code]).toEqual([1, 1, 2])
  })

  it('kills what never comes to stand, and says so', async () => {
    const { code, err } = await coverage([join(apps, 'loops.ts'), '--timeout', '2'])
    expect([code, err]).toEqual([
      3,
      expect.stringContaining('did not come to stand: within 2 s (CLI_APPLICATION_FAILED)'),
    ])
  })

  it.each([
    ['exits.ts', /ended the process by itself/],
    ['throws.ts', /failed while it was loaded: TypeError at/],
    ['misspelt.ts', /failed while it was loaded: dta: is not an option; there are .* \(AUDIT_OPTION_INVALID\)/],
    [
      'unlinked.ts',
      /failed while it was loaded: Error ERR_MODULE_NOT_FOUND.*; node \S+unlinked.ts shows which file and what/,
    ],
  ])('says of %s why there is nothing to list, and not what it said', async (app, why) => {
    const { code, out, err } = await coverage([join(apps, app)])
    expect([code, out]).toEqual([3, ''])
    expect(err).toMatch(why)
    expect(err).not.toContain('hunter2')
  })

  it('lists ten thousand routes, and none of their names reaches the terminal as it is', async () => {
    const { code, out } = await coverage([join(apps, 'many.ts')])
    expect(code).toBe(1)
    expect(out.split('\n')).toHaveLength(10_003)
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
    const { out: xml } = await coverage([join(apps, 'many.ts'), '--junit'])
    expect(xml).toContain('name="GET /&lt;b a=&quot;1&quot;&gt;&amp;\ufffd]0;x\ufffd"')
  })

  it('opens no port', async () => {
    // The port of the application is taken; one that listened would fail.
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    try {
      const { code, err } = await coverage([join(apps, 'express.ts')], { PORT: port })
      expect(code).toBe(1)
      expect(err).toBe('')
    } finally {
      server.close()
    }
  })

  it('says how often each route stands in a trail', async () => {
    const audit = createAudit({
      service: 'trailmark-test',
      dir: join(home, 'trail'),
      keysDir: join(home, 'keys'),
      ledger: 'disk',
      operational: 'none',
    })
    const app = express()
    app.use(auditMiddleware({ audit }))
    app.get('/patients/:id', audited.read('patient'), (_req, res) => void res.end())
    app.get('/old', audited.read('patient'), (_req, res) => void res.end())
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    for (const path of ['patients/1', 'patients/2', 'old']) await fetch(`http://127.0.0.1:${port}/${path}`)
    await new Promise((resolve) => server.close(resolve))
    await audit.close()
    const { out, err } = await coverage([join(apps, 'express.ts'), '--dir', 'trail', '--json'])
    expect(err).toBe('')
    expect(JSON.parse(out)).toMatchObject({
      recorded: [{ method: 'GET', route: '/patients/:id', records: 2, undeclared: 0 }],
      gone: [{ method: 'GET', route: '/old', records: 1 }],
    })
  })

  it('reads the services of the clinic', async () => {
    const ports = { CLINIC_GATEWAY_PORT: '1', CLINIC_RECORDS_PORT: '2', CLINIC_NOTIFICATIONS_PORT: '3' }
    for (const service of ['gateway', 'records', 'notifications']) {
      const { out } = await coverage([join(clinic, `${service}.ts`), '--json'], ports)
      expect(JSON.parse(out).audited, service).toBeGreaterThan(0)
    }
  })
})
