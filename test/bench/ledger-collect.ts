/**
 * What an entry costs that nobody waits for, at the pace of a busy server, and how much of that is the number of commits: the
 * ledger collects for `commitDelayMs` what it writes and syncs together.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Disk, openLedger, realDisk } from '@trailmark/ledger'
import { benchOptions, body } from './ledger-log.ts'

export interface Pace {
  readonly perSecond: number
  readonly commitDelayMs: number
}

export interface Collected {
  /** Of the whole process, without what the pace itself costs. */
  readonly cpuMicros: number
  readonly commitsPerSecond: number
}

const runMs = 300

export async function collect(dir: string, { perSecond, commitDelayMs }: Pace): Promise<Collected> {
  let commits = 0
  const datasync = (fd: number): Promise<void> => {
    commits += 1
    return realDisk.later.datasync(fd)
  }
  const disk: Disk = { ...realDisk, later: { ...realDisk.later, datasync } }
  const ledger = openLedger({ ...benchOptions(dir), disk, commitDelayMs })
  await ledger.append(body).durable
  const idle = await paced(perSecond, () => undefined)
  commits = 0
  const busy = await paced(perSecond, () => ledger.append(body))
  const commitsPerSecond = (commits * 1000) / runMs
  await ledger.close()
  return { cpuMicros: busy - idle, commitsPerSecond }
}

/** CPU in µs for each piece of work, done a few at a time as requests come in. */
async function paced(perSecond: number, work: () => unknown): Promise<number> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  let done = 0
  for (let passed = 0; passed < runMs; passed = performance.now() - started) {
    for (; done < (passed * perSecond) / 1000; done++) work()
    await sleep(1)
  }
  const { user, system } = process.cpuUsage(cpu)
  return (user + system) / done
}
