import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type Audit, createAudit } from '@trailmark/core'
import { followRequest } from '@trailmark/core/http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../run.ts'
import { recordingTerminal } from '../terminal.fixture.ts'
import { Appended } from './appended.ts'

let home = ''
let server: Server | undefined
let audit: Audit | undefined
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-running-'))
  await mkdir(join(home, 'logs'))
})
afterEach(async () => {
  if (server !== undefined) {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  await audit?.close()
  server = undefined
  audit = undefined
  await rm(home, { recursive: true, force: true })
})

/** An audited application that answers 500 and logs what `say` makes of a request. */
async function serve(say: (req: IncomingMessage, body: string) => string | undefined): Promise<string> {
  const opened = createAudit({
    service: 'clinic',
    dir: join(home, '.trailmark'),
    keysDir: join(home, '.trailmark-keys'),
    ledger: 'disk',
    operational: 'none',
    signals: false,
    metrics: false,
  })
  server = createServer((req, res) => {
    const exchange = followRequest(opened, req, res, { route: () => '/patients', actor: () => undefined })
    void exchange.run(async () => {
      const line = say(req, await text(req))
      if (line !== undefined) await appendFile(join(home, 'logs/app.log'), `${line}\n`)
      opened.record('data_access', { targets: [{ type: 'patient', id: '7' }] })
      exchange.answerError(new Error(`no patient ${req.url}`))
    })
  })
  audit = opened
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return `http://127.0.0.1:${address.port}/patients`
}

async function doctor(...args: string[]) {
  const { terminal, printed } = recordingTerminal(home, Date.now())
  const code = await run(['doctor', '--canary', ...args], terminal)
  return { code, ...printed() }
}

describe('doctor --canary --url', () => {
  it('finds nothing in the trail and logs of an application that logs nothing of its requests', async () => {
    const url = await serve((req) => `${req.method} 500`)
    const { code, out, err } = await doctor('--url', url, '--logs', 'logs', '--json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { requests, arrived, appended } = JSON.parse(out)
    expect(arrived).toEqual([])
    expect(requests).toHaveLength(8)
    expect(requests.every(({ status }: { status: number }) => status === 500)).toBe(true)
    expect(appended.trail).toBeGreaterThan(1_000)
    expect(appended.logs).toBe(requests.length * 'POST 500\n'.length - 2)
  })

  it('says which input arrived where, and does not show it', async () => {
    await writeFile(join(home, 'logs/app.log'), 'older\n')
    const url = await serve((req, body) => JSON.stringify({ url: req.url, agent: req.headers['user-agent'], body }))
    const { code, out } = await doctor('--url', url, '--logs', 'logs')
    expect(code).toBe(1)
    for (const name of [
      'GET › query q',
      'GET below the path › path',
      'POST of JSON › card',
      'POST of an upload › file name',
    ])
      expect(out).toContain(`${name}, as it is, in ${join(home, 'logs/app.log')}`)
    expect(out).not.toContain('› cookie')
    expect(out).not.toMatch(/sk_live_[A-Za-z0-9]{24}|\b4\d{15}\b/)
  })

  it('proves nothing where nothing was written, and asks nobody else', async () => {
    const url = await serve(() => undefined)
    const elsewhere = await doctor('--url', url, '--dir', 'nowhere')
    expect(elsewhere).toMatchObject({ code: 1, out: expect.stringContaining('nothing was written') })
    for (const other of [
      'http://example.com/',
      'http://127.0.0.1.example/',
      'ftp://localhost/',
      'http://a:b@localhost/',
      'x',
    ])
      expect(await doctor('--url', other), other).toMatchObject({ code: 2, out: '' })
    expect(await doctor('--url', 'http://127.0.0.1:1/')).toMatchObject({
      code: 3,
      err: expect.stringContaining('CLI_NOT_FOUND'),
    })
    expect(await doctor('--logs', 'logs')).toMatchObject({ code: 2 })
    const { terminal } = recordingTerminal(home, Date.now())
    expect(await run(['doctor', '--url', url], terminal)).toBe(2)
  })
})

describe('what was appended', () => {
  const read = async (files: Appended) => {
    const texts: string[] = []
    for await (const { text } of files.read()) texts.push(text)
    return texts.join('|')
  }

  it('begins where a file ended before, and at the start of one that was rotated', async () => {
    const path = join(home, 'logs/app.log')
    await writeFile(path, 'old')
    await writeFile(join(home, 'logs/other.log'), 'old')
    const files = new Appended([join(home, 'logs')])
    await files.mark()
    expect([await files.count(), await read(files)]).toEqual([0, ''])
    await appendFile(path, ' new')
    expect([await files.count(), await read(files)]).toEqual([4, ' new'])
    await rename(path, join(home, 'logs/app.log.1'))
    await writeFile(path, 'next')
    expect((await read(files)).split('|').toSorted()).toEqual(['next', 'old new'])
  })

  it('is read in pieces that overlap, and no further than the directory', async () => {
    await writeFile(join(home, 'secret.log'), 'outside')
    await symlink(join(home, 'secret.log'), join(home, 'logs/link.log'))
    const files = new Appended([join(home, 'logs'), join(home, 'absent')])
    await files.mark()
    const needle = 'planted-value'
    await writeFile(join(home, 'logs/big.log'), `${'x'.repeat(1024 * 1024 - 6)}${needle}${'y'.repeat(100_000)}`)
    const pieces: string[] = []
    for await (const { text } of files.read()) pieces.push(text)
    expect(pieces).toHaveLength(2)
    expect(pieces.some((piece) => piece.includes(needle))).toBe(true)
  })
})
