/**
 * A disk that hangs, with the ledger that really writes to it: only requests that asked for it wait.
 *
 * What Node has to do with files it does in four threads. Each opens a named pipe that nobody writes to, and is stuck as it
 * would be in a write to a disk that answers no more; a writer at the other end sets it free.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, open, openSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Audit, type AuditOptions, createAudit } from '@trailmark/core'
import { audited, auditMiddleware } from '@trailmark/express'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { missing } from '../../packages/ledger/src/keep/missing-program.fixture.ts'
import { type Answer, ask } from '../conformance/client.ts'
import { portOf } from '../conformance/listen.ts'

const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4)

class Disk {
  readonly #pipes: string[]
  #stuck: Promise<number>[] = []

  constructor(home: string) {
    this.#pipes = Array.from({ length: threads }, (_, i) => join(home, `pipe-${i}`))
    execFileSync('mkfifo', this.#pipes)
  }

  hang(): void {
    this.#stuck = this.#pipes.map(
      (pipe) => new Promise((resolve, reject) => open(pipe, 'r', (error, fd) => (error ? reject(error) : resolve(fd)))),
    )
  }

  async recover(): Promise<void> {
    const stuck = this.#stuck
    this.#stuck = []
    for (const pipe of stuck.length > 0 ? this.#pipes : []) {
      const writer = await opened(pipe)
      closeSync(writer)
    }
    for (const reader of await Promise.all(stuck)) closeSync(reader)
  }
}

/** A pipe can be opened for writing without waiting once its reader stands there. */
async function opened(pipe: string): Promise<number> {
  for (;;) {
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

let home = ''
let disk: Disk
let audit: Audit
let server: Server
let handled = 0

beforeEach(() => {
  handled = 0
  home = mkdtempSync(join(tmpdir(), 'trailmark-hanging-disk-'))
})

afterEach(async () => {
  await disk.recover()
  server.closeAllConnections()
  server.close()
  await audit.close()
  rmSync(home, { recursive: true, force: true })
})

async function serve(options: AuditOptions = {}): Promise<(path: string) => Promise<Answer>> {
  disk = new Disk(home)
  audit = createAudit({
    service: 'hanging',
    dir: join(home, 'trail'),
    keysDir: join(home, 'keys'),
    ledger: 'disk',
    ack: 'durable',
    operational: 'none',
    signals: false,
    ...options,
  })
  const app = express()
  app.use(auditMiddleware({ audit }))
  app.get('/read', audited.read('patient'), (_req, res) => void res.json({ rows: 1 }))
  app.get('/export', audited.export('patient', { purpose: 'treatment' }), (req, res) => {
    handled++
    if (req.query['hang'] !== undefined) disk.hang()
    res.json({ rows: 3 })
  })
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  return (path) => ask(port, path)
}

describe.skipIf(missing('mkfifo'))('while the disk hangs', () => {
  it('requests that do not ask for durability are answered, and the attempt of one that does is waited for', async () => {
    const get = await serve()
    expect((await get('/export')).status).toBe(200)
    disk.hang()
    let arrived = false
    const waiting = get('/export').then((answer) => {
      arrived = true
      return answer
    })
    for (let i = 0; i < 20; i++) expect((await get('/read')).status).toBe(200)
    expect([arrived, handled]).toEqual([false, 1])
    await disk.recover()
    expect((await waiting).status).toBe(200)
    expect(handled).toBe(2)
  })

  it('an attempt that is not durable after two seconds is refused, and its handler never runs', async () => {
    const get = await serve()
    disk.hang()
    const refused = await get('/export')
    expect([refused.status, handled]).toEqual([503, 0])
    expect(JSON.parse(refused.body)).toMatchObject({ outcome: 'not_done', request_id: refused.id })
    await disk.recover()
    await audit.flush()
    expect((await get('/export')).status).toBe(200)
  })

  it('an answer is held, and released when the disk comes back', async () => {
    const get = await serve({ block: 'strict' })
    let arrived = false
    const held = get('/export?hang').then((answer) => {
      arrived = true
      return answer
    })
    while (handled === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    for (let i = 0; i < 20; i++) expect((await get('/read')).status).toBe(200)
    expect(arrived).toBe(false)
    await disk.recover()
    expect(await held).toMatchObject({ status: 200, body: '{"rows":3}' })
    expect(audit.health().counts.resultsNotDurable).toBe(0)
  })

  for (const [block, status] of [
    ['release', 200],
    ['strict', 503],
  ] as const) {
    it(`an answer is held for two seconds, and then, with block ${block}, is a ${status}`, async () => {
      const get = await serve({ block })
      expect((await get('/export?hang')).status).toBe(status)
      expect(audit.health().counts.resultsNotDurable).toBe(1)
      await disk.recover()
      await audit.flush()
      // It is on record after all; only nobody could know in time.
      expect(audit.health().counts.dropped).toBe(0)
    })
  }
})
