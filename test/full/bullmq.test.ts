/** BullMQ on a real Redis: a job goes on with the request that added it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { currentContext } from '@trailmark/core'
import { runInJob } from '@trailmark/core/integration'
import { testAudit } from '@trailmark/core/testing'
import { auditBullmq } from '@trailmark/integrations/bullmq'
import { FlowProducer, Queue, UnrecoverableError, Worker } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../process/child.ts'

const program = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((path) => existsSync(path))
const missing = program === undefined && process.env['TRAILMARK_REQUIRE_COMPONENTS'] !== '1'

describe.skipIf(missing)('auditBullmq()', () => {
  const audit = testAudit()
  let redis: ChildProcess
  let connection: { host: string; port: number; maxRetriesPerRequest: null }
  const opened: { close(): Promise<unknown> }[] = []

  beforeAll(async () => {
    const port = await freePort()
    const dir = mkdtempSync(join(tmpdir(), 'trailmark-redis-'))
    const given = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
    redis = spawn(program ?? 'redis-server', given, { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const chunk of redis.stdout ?? []) if (String(chunk).includes('Ready to accept')) break
    connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }
  })

  afterAll(async () => {
    await Promise.all(opened.map((one) => one.close()))
    await audit.close()
    redis.kill('SIGTERM')
    if (redis.exitCode === null) await once(redis, 'exit')
  })

  function open<T extends { close(): Promise<unknown> }>(thing: T): T {
    opened.push(thing)
    return auditBullmq(auditBullmq(thing, { audit }), { audit })
  }

  test('jobs have the request id and the trace of who added them, each in a span of its own', async () => {
    const seen: Record<string, ReturnType<typeof currentContext>> = {}
    const queue = open(new Queue('letters', { connection }))
    const flows = open(new FlowProducer({ connection }))
    open(
      new Worker(
        'letters',
        async (job) => {
          seen[job.name] = currentContext()
          audit.record('webhook_delivered')
        },
        { connection, concurrency: 4 },
      ),
    )
    const request = await runInJob(async () => {
      await queue.add('one', { to: 'somebody' })
      await queue.addBulk([{ name: 'two', data: {} }])
      await flows.add({ name: 'three', queueName: 'letters', children: [{ name: 'four', queueName: 'letters' }] })
      return currentContext()
    })
    await queue.add('alone', {})
    await expect.poll(() => Object.keys(seen).length, { timeout: 20_000 }).toBe(5)
    for (const name of ['one', 'two', 'three', 'four']) {
      expect(seen[name]).toMatchObject({ requestId: request?.requestId, traceId: request?.traceId })
      expect(seen[name]?.spanId).not.toBe(request?.spanId)
    }
    expect(seen['alone']?.requestId).toBeDefined()
    expect(seen['alone']?.requestId).not.toBe(request?.requestId)
    const ids = audit.recordsOf('webhook_delivered').map((record) => record['request_id'])
    expect(ids.filter((id) => id === request?.requestId)).toHaveLength(4)
  })

  test('a job is on record once it has failed for good', async () => {
    audit.clear()
    const queue = open(new Queue('failing', { connection }))
    const ended: string[] = []
    const worker = open(
      new Worker(
        'failing',
        async (job) => {
          if (job.name === 'final') throw new UnrecoverableError('planted-7c1f0b93')
          throw new Error('planted-7c1f0b93')
        },
        { connection },
      ),
    )
    worker.on('failed', (job) => ended.push(`${job?.name} ${job?.attemptsMade}`))
    await queue.add('tried', {}, { attempts: 3 })
    await queue.add('final', {}, { attempts: 3 })
    await expect.poll(() => ended.length, { timeout: 20_000 }).toBe(4)
    const records = audit.recordsOf('application_error')
    expect(records.map(({ metadata }) => metadata)).toMatchObject([{ origin: 'job' }, { origin: 'job' }])
    expect(JSON.stringify(records)).not.toContain('planted')
  })

  test('metadata that is no carrier costs the request id and not the job', async () => {
    const queue = new Queue('strange', { connection })
    opened.push(queue)
    const seen: (string | undefined)[] = []
    open(
      new Worker(
        'strange',
        async () => {
          seen.push(currentContext()?.requestId)
        },
        { connection },
      ),
    )
    for (const metadata of ['', '{', '{"request_id":7}', 'x'.repeat(5_000), '{}'])
      await queue.add('one', {}, { telemetry: { metadata } })
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(5)
  })

  test('refuses by name what is none of BullMQ', () => {
    expect(() => auditBullmq({})).toThrow(expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN' }))
  })
})
