import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { defineEvents } from '../define-events.ts'
import { appDirectory } from '../run-app.fixture.ts'
import { runtimeOf } from '../runtime.ts'
import { testAudit } from '../testing.ts'

const ids = { requestId: 'req-1', traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
const line = (status: number) => ({
  ...ids,
  clientAddress: '203.0.113.77',
  http: { method: 'GET', route: '/', status, completion: 'completed' as const },
})

describe('an operational line', () => {
  it('goes to a function as one line without its LF, with the address masked', () => {
    const lines: string[] = []
    const audit = testAudit({ operational: (text) => lines.push(text) })
    runtimeOf(audit).accessLine(line(200))
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\n')
    expect(JSON.parse(lines[0]!)).toMatchObject({ event_type: 'http_request', ip_address: '203.0.113.0' })
  })

  it('goes to a stream with its LF', () => {
    let written = ''
    const stream = new Writable({
      write(chunk, _encoding, done) {
        written += chunk
        done()
      },
    })
    runtimeOf(testAudit({ operational: stream })).accessLine(line(200))
    expect(written).toMatch(/^\{.*\}\n$/)
  })

  it('goes to a logger as fields, at its level, without what loggers add themselves', () => {
    const calls: [string, object][] = []
    const logger = {
      info: (fields: object) => calls.push(['info', fields]),
      warn: (fields: object) => calls.push(['warn', fields]),
      error: (fields: object) => calls.push(['error', fields]),
    }
    const { accessLine } = runtimeOf(testAudit({ operational: logger }))
    for (const status of [200, 404, 500]) accessLine(line(status))
    expect(calls.map(([name]) => name)).toEqual(['info', 'warn', 'error'])
    expect(calls[0]?.[1]).toMatchObject({ request_id: 'req-1', http: { status: 200 } })
    for (const name of ['timestamp', 'level', 'service']) expect(calls[0]?.[1]).not.toHaveProperty(name)
  })

  it('below the level in force is left out', () => {
    const audit = testAudit({ logLevel: 'warning' })
    const { accessLine } = runtimeOf(audit)
    for (const status of [200, 404, 500]) accessLine(line(status))
    expect(audit.lines.map((one) => one['level'])).toEqual(['WARNING', 'ERROR'])
  })

  it('that an async sink cannot write is counted, and its rejection ends no process', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    try {
      const full = async (): Promise<void> => {
        throw new Error('full')
      }
      for (const operational of [full, { write: full }, { info: full }]) {
        const audit = testAudit({ operational })
        runtimeOf(audit).accessLine(line(200))
        await new Promise((resolve) => setTimeout(resolve, 20))
        expect(audit.health().counts.linesLost).toBe(1)
      }
      expect(unhandled).not.toHaveBeenCalled()
    } finally {
      process.off('unhandledRejection', unhandled)
    }
  })

  it('that cannot be written is counted and harms nobody', () => {
    const audit = testAudit({
      operational: () => {
        throw new Error('full')
      },
    })
    expect(() => runtimeOf(audit).accessLine(line(200))).not.toThrow()
    expect(audit.health().counts.linesLost).toBe(1)
  })

  it('may be an event of the application, which then has no seq, no policy and no user', async () => {
    const events = defineEvents({
      cache_filled: { code: 'CLN001', category: 'application', action: 'other', stream: 'application' },
    })
    const audit = testAudit({ events })
    const receipt = audit.record('cache_filled', { actor: { id: 'usr_1' } })
    expect(audit.records).toEqual([])
    expect(audit.lines).toHaveLength(1)
    expect(audit.lines[0]).toMatchObject({ event_type: 'cache_filled', stream: 'application', id: receipt.id })
    for (const name of ['seq', 'policy', 'user_id', 'schema']) expect(audit.lines[0]).not.toHaveProperty(name)
    await expect(receipt.durable).rejects.toMatchObject({ code: 'AUDIT_NOT_RECORDED' })
  })
})

const serving = (requests: number, ending: string) => `
  import { createAudit } from '@trailmark/core'
  import { followRequest } from '@trailmark/core/http'
  import { createServer, get, Agent } from 'node:http'
  const audit = createAudit({ ledger: 'memory' })
  const server = createServer((req, res) => {
    followRequest(audit, req, res, { route: () => '/', actor: () => undefined }).run(() => res.end('ok'))
  }).listen(0, '127.0.0.1', async () => {
    const agent = new Agent({ keepAlive: true })
    for (let i = 0; i < ${requests}; i++) {
      await new Promise((done) => get({ port: server.address().port, agent }, (res) => res.resume().on('close', done)))
    }
    ${ending}
  })`

describe('stdout', () => {
  it('has the line of every request when the process ends at once', async () => {
    const app = appDirectory()
    try {
      const { stdout, code } = await app.start(serving(50, 'setImmediate(() => process.exit(0))')).ended
      const lines = stdout.split('\n').filter(Boolean)
      expect(code).toBe(0)
      expect(lines.map((one) => JSON.parse(one).event_type)).toEqual(Array.from({ length: 50 }, () => 'http_request'))
    } finally {
      app.remove()
    }
  })

  it('that nobody reads any more ends no process', async () => {
    const app = appDirectory()
    try {
      const running = app.start(
        serving(200, "process.stderr.write('served ' + audit.health().counts.linesLost); process.exit(0)"),
      )
      running.child.stdout?.destroy()
      const { stderr, code } = await running.ended
      expect(code).toBe(0)
      expect(stderr).toMatch(/served \d+$/)
    } finally {
      app.remove()
    }
  })

  it('may be a file', async () => {
    const app = appDirectory()
    try {
      await app.start(`
        import { spawnSync } from 'node:child_process'
        import { openSync, writeFileSync } from 'node:fs'
        writeFileSync('inner.mjs', ${JSON.stringify(serving(20, 'setTimeout(() => process.exit(0), 200)'))})
        spawnSync(process.execPath, ['--conditions=@trailmark/source', 'inner.mjs'], { stdio: ['ignore', openSync('out.log', 'a'), 'inherit'] })
      `).ended
      const lines = readFileSync(join(app.dir, 'out.log'), 'utf8').split('\n').filter(Boolean)
      expect(lines).toHaveLength(20)
      expect(new Set(lines.map((one) => JSON.parse(one).request_id)).size).toBe(20)
    } finally {
      app.remove()
    }
  })
})
