/**
 * An hour in which the disk takes nothing, as fast as it can be lived through: what waits, what is lost, and whether it is said.
 *
 *     node --expose-gc outage.ts <directory> <records>
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { createAudit } from '@trailmark/core'
import { memoryKeys } from '@trailmark/keys'
import { type Disk, openLedger, realDisk } from '@trailmark/ledger'

const [, , dir = '', records = '0'] = process.argv
const perTurn = 100

let isOut = false
const refuse = (): void => {
  if (isOut) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
}
const disk: Disk = {
  ...realDisk,
  write(...given) {
    refuse()
    return realDisk.write(...given)
  },
  datasync(fd) {
    refuse()
    realDisk.datasync(fd)
  },
  later: {
    ...realDisk.later,
    async write(...given) {
      refuse()
      return await realDisk.later.write(...given)
    },
    async datasync(fd) {
      refuse()
      await realDisk.later.datasync(fd)
    },
  },
}

/** As a server's socket would keep it: the timers of ours keep no process alive. */
setInterval(() => undefined, 1000)

const keys = memoryKeys()
const audit = createAudit({
  service: 'bench',
  keys,
  ledger({ stream, retentionClass, onFact, beforeCommit }) {
    const lane = `${stream}.${retentionClass}`
    const place = { dir: join(dir, lane), origin: `bench/${lane}`, stream, retentionClass }
    return openLedger({ ...place, signer: keys.log, onFact, disk, ...(beforeCommit && { beforeCommit }) })
  },
  operational: 'none',
  signals: false,
})

const most = { heap: 0, rss: 0, queueBytes: 0 }
await live(20_000, true)
const heapBefore = heap()
const rssBefore = process.memoryUsage.rss()
const countsBefore = { ...audit.health().counts }
isOut = true
const cpu = process.cpuUsage()
await live(Number(records), false)
const { user, system } = process.cpuUsage(cpu)
look()
isOut = false
await audit.flush()
// The first record behind a gap tells of it.
await audit.record('data_access', event(0)).durable
await audit.flush()
const heapAfter = heap()
const { counts } = audit.health()
await audit.close()

const found = readBack()
const figures = {
  offered: Number(records) + 20_001,
  found: found.records,
  dropped: counts.dropped - countsBefore.dropped,
  named: found.named,
  queueBytes: most.queueBytes,
  queueBytesMax: audit.health().queueBytesMax,
  heapBefore,
  heapMost: most.heap,
  heapAfter,
  rssGrown: most.rss - rssBefore,
  cpuMicros: (user + system) / Number(records),
}
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0))

async function live(count: number, isWaited: boolean): Promise<void> {
  for (let i = 0; i < count; i++) {
    const receipt = audit.record('data_access', event(i))
    if (i % perTurn !== 0) continue
    await (isWaited ? receipt.durable : turn())
    if (i % 10_000 === 0) look()
  }
  await (isWaited ? audit.flush() : sleep(100))
}

function event(i: number): { actor: { id: string }; targets: { type: string; id: string }[] } {
  return { actor: { id: `usr_${i % 100}` }, targets: [{ type: 'patient', id: `pat_${i % 1000}` }] }
}

function look(): void {
  const { heapUsed, rss } = process.memoryUsage()
  most.heap = Math.max(most.heap, heapUsed)
  most.rss = Math.max(most.rss, rss)
  const ledger = audit.health().ledgers.find(({ stream }) => stream === 'audit.standard')
  most.queueBytes = Math.max(most.queueBytes, ledger?.queueBytes ?? 0)
}

function heap(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** What stands in the trail: the records offered, and how many of them its gaps say are missing. */
function readBack(): { records: number; named: number } {
  let records = 0
  let named = 0
  for (const file of readdirSync(join(dir, 'audit.standard'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.jsonl')) continue
    for (const line of readFileSync(join(dir, 'audit.standard', file), 'utf8').split('\n')) {
      if (line.includes('"event_type":"data_access"')) records += 1
      else if (line.includes('"event_type":"audit_gap"')) named += Number(/"count":(\d+)/.exec(line)?.[1] ?? 0)
    }
  }
  return { records, named }
}
