import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { verify } from '@trailmark/ledger/verify'
import { afterEach, describe, expect, it } from 'vitest'
import { type AppDirectory, appDirectory } from './run-app.fixture.ts'

let app: AppDirectory
afterEach(() => app.remove())

/** Records 200 events, of which the first 40 are awaited, prints their ids, and then does `ending`. */
const recording = (ending: string, before = '') => `
  import { createAudit } from '@trailmark/core'
  import { writeSync } from 'node:fs'
  ${before}
  const audit = createAudit({ operational: 'none' })
  const ids = []
  const record = (i) => {
    const receipt = audit.record('login_failure', { actor: { id: 'u' + i }, reason: 'invalid_password' })
    ids.push(receipt.id)
    return receipt
  }
  await Promise.all(Array.from({ length: 40 }, (_, i) => record(i).acknowledged))
  for (let i = 40; i < 200; i++) record(i)
  writeSync(1, JSON.stringify(ids) + '\\n')
  ${ending}
`

async function end(ending: string, env: Record<string, string> = {}, before = '') {
  app = appDirectory()
  const result = await app.start(recording(ending, before), env).ended
  const accepted: string[] = JSON.parse(result.stdout.split('\n')[0] ?? '')
  const records = app.records()
  const stored = new Set(records.map((one) => one.id))
  return { ...result, records, accepted, missing: accepted.filter((id) => !stored.has(id)) }
}

const types = (records: readonly { event_type: string }[]) => records.map((one) => one.event_type)

describe('close()', () => {
  it('closes the ledgers also while nobody reads stdout', async () => {
    app = appDirectory()
    const running = app.start(`
      import { createAudit } from '@trailmark/core'
      const audit = createAudit({ operational: 'stdout' })
      for (let i = 0; i < 3000; i++) audit.record('http_request')
      await new Promise((resolve) => setTimeout(resolve, 100))
      await audit.close()
      process.exit(0)
    `)
    running.child.stdout?.pause()
    const [code] = await once(running.child, 'exit')
    running.child.stdout?.resume()
    expect(code).toBe(0)
    expect(app.records().at(-1)).toMatchObject({ event_type: 'stream_close', reason: 'shutdown' })
  })
})

describe('everything accepted is on disk, with an orderly end,', () => {
  it.each([
    ['process.exit', 'process.exit(7)', 7, 'exit'],
    ['the natural end', '', 0, 'exit'],
    ['an uncaught exception', 'setImmediate(() => { throw new Error("hunter2") })', 1, 'uncaught_exception'],
    [
      'an unhandled rejection',
      'Promise.reject(new Error("hunter2")); await new Promise(() => setTimeout(() => {}, 9e3))',
      1,
      'unhandled_rejection',
    ],
    ['close()', 'await audit.close()', 0, 'requested'],
    ['process.exit while close() is under way', 'void audit.close(); process.exit(0)', 0, 'requested'],
  ])('after %s', async (_name, ending, code, reason) => {
    const result = await end(ending)
    expect(result.missing).toEqual([])
    expect(result.code).toBe(code)
    expect(types(result.records).slice(-2)).toEqual(['application_shutdown', 'stream_close'])
    expect(result.records.at(-2)?.reason).toBe(reason)
    expect(result.records.map((one) => one.seq)).toEqual(result.records.map((_, i) => i))
    const report = await verify(join(app.dir, '.trailmark'))
    expect(report.ok).toBe(true)
  })
})

describe('a signal that nobody else listens for', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: everything accepted is on disk, and the process dies of it',
    async (signal) => {
      const result = await end(`process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000)`)
      expect(result.missing).toEqual([])
      expect(result.signal).toBe(signal)
      const shutdown = result.records.find((one) => one.event_type === 'application_shutdown')
      expect(shutdown).toMatchObject({ reason: 'signal', metadata: { signal } })
      expect(types(result.records).at(-1)).toBe('stream_close')
    },
  )

  it('leaves a trail that is closed and signed to its last record', async () => {
    app = appDirectory()
    await app.start(recording("process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)")).ended
    const report = await verify(join(app.dir, '.trailmark'))
    expect(report.streams.flatMap((one) => one.notes)).toEqual([])
    expect(report.streams.map((one) => one.checkpoint?.size)).toEqual(report.streams.map((one) => one.entries))
  })

  it('is followed by a start that finds no fault', async () => {
    app = appDirectory()
    await app.start(recording("process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)")).ended
    await app.start(recording('')).ended
    const report = await verify(join(app.dir, '.trailmark'))
    expect(report.ok).toBe(true)
    expect(new Set(app.records().map((one) => one.service.writer)).size).toBe(1)
  })
})

/** The audit on a ledger that never answers a flush. */
const stuck = (ending: string) => `
  import { createAudit } from '@trailmark/core'
  import { writeSync } from 'node:fs'
  const never = new Promise(() => {})
  const writer = 'w-000000000000'
  const open = () => ({
    writer,
    opening: { writer, incarnation: 'a', next: 0, previous: 'new', refused: [], ack: 'durable', publicKey: '' },
    state: { next: 0, durable: -1, queuedBytes: 0, queuedEntries: 0, healthy: true },
    append: () => ({ acknowledged: never, durable: never }),
    takeUnacknowledged: () => [], adopt() {}, flush: () => never, flushSync() {}, close: () => never, closeSync() {},
  })
  const audit = createAudit({ ledger: open, operational: 'none' })
  setInterval(() => {}, 1000)
  ${ending}`

describe('a signal while a ledger hangs', () => {
  it('is not held up for good', async () => {
    app = appDirectory()
    const { signal } = await app.start(stuck("process.kill(process.pid, 'SIGTERM')")).ended
    expect(signal).toBe('SIGTERM')
  })

  it('that comes twice ends the process at once', async () => {
    app = appDirectory()
    const { signal } = await app.start(
      stuck("process.kill(process.pid, 'SIGINT'); setTimeout(() => process.kill(process.pid, 'SIGINT'), 100)"),
    ).ended
    expect(signal).toBe('SIGINT')
  })
})

const canUnshare = process.platform === 'linux' && spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0

describe.skipIf(!canUnshare)('a signal to pid 1 of a container (needs the right to unshare)', () => {
  it('leaves the process recording, and is heard again the next time', async () => {
    app = appDirectory()
    const inner = recording(`
      const again = () => { audit.record('logout'); process.kill(process.pid, 'SIGTERM') }
      again()
      setTimeout(again, 600)
      setTimeout(() => process.exit(6), 1500)`)
    const outer = `
      import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
      import { writeFileSync } from 'node:fs'
      writeFileSync('inner.mjs', ${JSON.stringify(inner)})
      const args = ['--pid', '--fork', process.execPath, '--conditions=@trailmark/source', 'inner.mjs']
      const { status } = spawnSync('unshare', args, { stdio: 'ignore' })
      process.exit(status ?? 99)`
    const { code } = await app.start(outer).ended
    expect(code).toBe(6)
    const records = app.records()
    expect(records.filter((one) => one.event_type === 'logout')).toHaveLength(2)
    const ends = records.filter((one) => one.event_type === 'application_shutdown')
    expect(ends.map((one) => one.reason)).toEqual(['signal', 'signal', 'exit'])
    expect(types(records).at(-1)).toBe('stream_close')
  })
})

describe('a signal that the application listens for', () => {
  it('is left to the application, which also may register later', async () => {
    const listening = `
      process.on('SIGTERM', () => setTimeout(() => { writeSync(1, 'mine\\n'); process.exit(3) }, 100))
      process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`
    const result = await end(listening)
    expect(result.stdout).toContain('mine')
    expect(result.code).toBe(3)
    expect(result.missing).toEqual([])
    const ends = result.records.filter((one) => one.event_type === 'application_shutdown')
    expect(ends).toMatchObject([{ reason: 'signal', metadata: { signal: 'SIGTERM', exit_code: 3 } }])
    expect(types(result.records).at(-1)).toBe('stream_close')
  })

  it('is left to the application that listened first', async () => {
    const result = await end(
      "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)",
      {},
      "process.once('SIGTERM', () => process.exit(4))",
    )
    expect(result.code).toBe(4)
    expect(result.missing).toEqual([])
  })
})

describe('an exception nobody caught', () => {
  const throwing =
    'setImmediate(() => { throw Object.assign(new TypeError("hunter2 of ann@example.org"), { code: "E_BAD" }) })'

  it('is printed as its skeleton and nothing of its words, and recorded', async () => {
    const result = await end(throwing, { NODE_ENV: 'production' })
    expect(result.stderr).not.toContain('hunter2')
    expect(result.stderr).toMatch(
      /the process ends with an exception nobody caught: TypeError \(E_BAD, fingerprint p1_\w+\S*\)/,
    )
    const record = result.records.find((one) => one.event_type === 'application_error')
    expect(record).toMatchObject({
      reason: 'unhandled',
      metadata: { origin: 'uncaught_exception', error_type: 'TypeError', error_code: 'E_BAD' },
    })
    expect(JSON.stringify(result.records)).not.toContain('hunter2')
  })

  it('is left to an application that listens, but is still recorded', async () => {
    const result = await end(
      throwing,
      {},
      "process.on('uncaughtException', () => { writeSync(1, 'mine\\n'); process.exit(5) })",
    )
    expect(result.code).toBe(5)
    expect(result.stdout).toContain('mine')
    expect(result.stderr).not.toContain('nobody caught')
    expect(types(result.records)).toContain('application_error')
  })

  it('is recorded in the request it happened in', async () => {
    const carried = '{"request_id":"req-77","traceparent":"00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"}'
    const inRequest = `
      const { runWithCarrier } = await import('@trailmark/core')
      runWithCarrier('${carried}', () => ${throwing})`
    const result = await end(inRequest)
    expect(result.records.find((one) => one.event_type === 'application_error')?.request_id).toBe('req-77')
    expect(result.stderr).toContain('request req-77')
  })
})

describe('several audits in one process', () => {
  it('share one set of listeners, and closing removes it', async () => {
    app = appDirectory()
    const source = `
      import { createAudit } from '@trailmark/core'
      const names = ['SIGTERM', 'SIGINT', 'exit', 'uncaughtExceptionMonitor']
      const counts = () => names.map((name) => process.listenerCount(name)).join()
      const before = counts()
      const audits = [1, 2, 3].map((i) => createAudit({ service: 's' + i, operational: 'none' }))
      const during = counts()
      await Promise.all(audits.map((audit) => audit.close()))
      console.log(JSON.stringify({ before, during, after: counts() }))`
    const { stdout } = await app.start(source).ended
    const { before, during, after } = JSON.parse(stdout)
    expect(before).toBe('0,0,0,0')
    expect(during).toBe('1,1,1,1')
    expect(after).toBe(before)
  })
})

describe('an audit that is left open', () => {
  it('does not keep the process alive', async () => {
    app = appDirectory()
    const { code } = await app.start("import { createAudit } from '@trailmark/core'; createAudit()").ended
    expect(code).toBe(0)
  })
})
