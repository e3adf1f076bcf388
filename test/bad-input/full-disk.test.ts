import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@trailmark/ledger/verify'
import { query } from '@trailmark/query'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runService, type Service } from './run-service.ts'

/**
 * A service whose disk gets full while it runs, on a real file system of a few megabytes. Mounting one is for root, on Linux;
 * where everything has to be there it runs, and fails.
 */
let home: string
let disk: string
let service: Service | undefined
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-full-'))
  disk = join(home, 'disk')
  mkdirSync(disk)
})
afterEach(async () => {
  await service?.end('SIGKILL')
  service = undefined
  spawnSync('umount', ['-l', disk])
  rmSync(home, { recursive: true, force: true })
})

const canMount = ((): boolean => {
  if (process.env['TRAILMARK_REQUIRE_COMPONENTS'] === '1') return true
  const probe = mkdtempSync(join(tmpdir(), 'trailmark-probe-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]).status === 0
  if (mounted) spawnSync('umount', [probe])
  rmSync(probe, { recursive: true, force: true })
  return mounted
})()

async function runOnSmallDisk(): Promise<Service> {
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status).toBe(0)
  const options = { service: 'ward', dir: join(disk, 'trail'), keysDir: join(home, 'keys'), queueBytesMax: 262_144 }
  service = await runService({ cwd: home, options })
  return service
}

const ballast = (): string => join(disk, 'ballast')
/** Until nothing fits any more; the service may take the last of it meanwhile. */
function fillDisk(): void {
  for (const bytes of [65_536, 4_096]) {
    try {
      for (;;) appendFileSync(ballast(), Buffer.alloc(bytes))
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    }
  }
}

/** Records so many at once; answers what the probe says then. */
async function burst(one: Service, count: number): Promise<string> {
  await one.ask(`/burst/${count}`)
  const { status, body } = await one.ask('/ready')
  return `${status} ${JSON.stringify(body['reasons'])}`
}

const patience = { timeout: 20_000 }

describe.skipIf(!canMount)('a disk that gets full (needs the right to mount a tmpfs)', () => {
  it('refuses what must be recorded first, answers the rest, is not ready, and goes on when there is space', async () => {
    const one = await runOnSmallDisk()
    const told = [await one.ask('/durable')]
    expect((await one.ask('/export')).body).toEqual({ exports: 1 })
    expect((await one.ask('/ready')).status).toBe(200)

    fillDisk()
    // Class spool: answered as ever, and waiting in memory. The first of them find out that the disk is full.
    await expect.poll(() => burst(one, 50), patience).toMatch(/^503 .*audit\.standard cannot write/)
    expect((await one.ask('/refused')).status).toBe(403)
    // Class block: the handler does not run.
    const refused = await one.ask('/export')
    expect([refused.status, refused.body['status']]).toEqual([503, 503])
    expect(refused.requestId).not.toBe('')
    // More than the queue holds is dropped, and counted.
    await expect.poll(() => burst(one, 500), patience).toMatch(/^503 .*records are being dropped/)
    expect((await one.ask('/refused')).status).toBe(403)

    unlinkSync(ballast())
    await expect.poll(async () => (await one.ask('/ready')).status, patience).toBe(200)
    told.push(await one.ask('/durable'))
    expect((await one.ask('/export')).body).toEqual({ exports: 2 })
    const { counts } = (await one.ask('/health')).body as { counts: { dropped: number } }
    expect(counts.dropped).toBeGreaterThan(0)
    await one.end()

    const records = []
    for await (const record of query(join(disk, 'trail'))) records.push(record)
    const stored = new Set(records.map((record) => record.id))
    expect(stored.size).toBe(records.length)
    expect(told.map(({ body }) => stored.has(String(body['id'])))).toEqual([true, true])
    const gaps = records.filter((record) => record.event_type === 'audit_gap')
    expect(gaps.reduce((sum, { metadata }) => sum + Number(metadata?.['count']), 0)).toBe(counts.dropped)
    const { streams } = await verify(join(disk, 'trail'))
    expect(streams.flatMap((stream) => stream.integrity.breaks)).toEqual([])
    expect(streams.flatMap((stream) => stream.completeness.gaps.filter((gap) => !gap.explained))).toEqual([])
  })

  it('stops a start, and names the option', async () => {
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status).toBe(0)
    fillDisk()
    const options = { service: 'ward', dir: join(disk, 'trail'), keysDir: join(home, 'keys') }
    await expect(runService({ cwd: home, options })).rejects.toThrow(/AUDIT_DIR_UNUSABLE.*\(option dir\)/s)
  })

  it('and stays full does not keep the service from ending', async () => {
    const one = await runOnSmallDisk()
    await one.ask('/durable')
    fillDisk()
    await expect.poll(() => burst(one, 50), patience).toMatch(/^503 /)
    one.child.process.kill('SIGTERM')
    expect(await one.child.ended).toEqual({ code: null, signal: 'SIGTERM' })
    unlinkSync(ballast())
    service = await runService({
      cwd: home,
      options: { service: 'ward', dir: join(disk, 'trail'), keysDir: join(home, 'keys') },
    })
    expect((await service.ask('/durable')).status).toBe(200)
    await service.end()
    const { streams } = await verify(join(disk, 'trail'))
    expect(streams.flatMap((stream) => stream.integrity.breaks)).toEqual([])
  })
})
