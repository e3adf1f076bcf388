import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@trailmark/ledger/verify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAudit } from './audit.ts'
import { recordsUnder } from './run-app.fixture.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trailmark-disk-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function open(dir: string, queueBytesMax?: number) {
  const printed: string[] = []
  const options = { service: 'clinic', dir, ack: 'durable' as const, ...(queueBytesMax && { queueBytesMax }) }
  const audit = openAudit(options, { print: (line) => printed.push(line) })
  return { audit, printed, stream: join(dir, 'clinic/audit.standard') }
}

const login = { actor: { id: 'usr_8f3k2p' } }

describe('a ledger directory that is deleted while recording', () => {
  it('is made again, and every record accepted afterwards is found in it', async () => {
    const dir = join(root, 'data')
    const { audit, stream, printed } = open(dir)
    await audit.record('login_success', login).durable
    rmSync(dir, { recursive: true })
    const receipts = Array.from({ length: 20 }, () => audit.record('login_success', login))
    await Promise.all(receipts.map((one) => one.durable))
    await audit.close()
    const stored = new Set(recordsUnder(stream).map((one) => one.id))
    expect(receipts.filter((one) => !stored.has(one.id))).toEqual([])
    expect(printed.some((line) => line.includes('goes on in a new writer'))).toBe(true)
    expect((await verify(dir)).streams.every((one) => one.integrity.ok && one.completeness.ok)).toBe(true)
  })
})

describe('a segment that is replaced while recording', () => {
  it('is left behind, and the records go on in a new writer', async () => {
    const { audit, stream } = open(join(root, 'data'))
    const first = await audit.record('login_success', login).durable
    const segments = join(stream, first.writer, 'seg')
    const [name] = readdirSync(segments)
    renameSync(join(segments, name!), join(segments, `${name}.away`))
    writeFileSync(join(segments, name!), '')
    const later = await audit.record('login_success', login).durable
    expect(later.writer).not.toBe(first.writer)
    expect(audit.health().ledgers[0]).toMatchObject({ healthy: true, reopened: 1, writer: later.writer })
    unlinkSync(join(segments, `${name}.away`))
    await audit.close()
  })
})

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mountable()

function mountable(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'trailmark-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'ignore' })
    execFileSync('umount', [probe])
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}

describe.skipIf(!canMount)('a disk that is full (needs the right to mount a tmpfs)', () => {
  it('is waited for: records queue, the loss is named, and writing goes on by itself', async () => {
    const dir = join(root, 'small')
    mkdirSync(dir)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', dir])
    try {
      const { audit, stream } = open(dir, 1_048_576)
      await audit.record('login_success', login).durable
      const { bavail, bsize } = statfsSync(dir)
      writeFileSync(join(dir, 'filler'), Buffer.alloc(bavail * bsize))
      // Whatever reserve the ledger holds is used up first; then the queue.
      const burst = (times: number) => {
        for (let i = 0; i < times; i++) audit.record('login_success', login)
        return audit.health()
      }
      await expect.poll(() => burst(100).ledgers[0]?.healthy, { timeout: 20_000, interval: 2 }).toBe(false)
      await expect.poll(() => burst(500).status, { timeout: 20_000, interval: 2 }).toBe('failing')
      expect(audit.ready().ready).toBe(false)
      unlinkSync(join(dir, 'filler'))
      await expect.poll(() => audit.ready().ready, { timeout: 20_000 }).toBe(true)
      await audit.record('login_success', login).durable
      await audit.close()
      const records = recordsUnder(stream)
      const types = new Set(records.map((one) => one.event_type))
      expect(types).toContain('ledger_full')
      // Every login also goes to the ledger of its person's own activity, and is lost there as well.
      const told = ['audit.standard', 'activity.account']
        .flatMap((ledger) => recordsUnder(join(dir, 'clinic', ledger)))
        .filter((one) => one.event_type === 'audit_gap')
        .reduce((sum, one) => sum + Number(one.metadata?.['count']), 0)
      expect(told).toBe(audit.health().counts.dropped)
      const report = await verify(dir)
      expect(report.streams.flatMap((one) => one.completeness.gaps.filter((gap) => !gap.explained))).toEqual([])
    } finally {
      execFileSync('umount', ['-l', dir])
    }
  })
})
