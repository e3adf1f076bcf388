/**
 * What it costs to append, beside what cannot be left out: the same bytes hashed as often as the format demands, and written and
 * synced in the same batches, by code that does nothing else.
 */
import { hash } from 'node:crypto'
import { closeSync, fdatasync, openSync, write } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Disk, openLedger, realDisk } from '@trailmark/ledger'
import { benchOptions, body, lineBytes } from './ledger-log.ts'

export interface Sample {
  readonly perSecond: number
  readonly cpuMicros: number
  /** Of the wait for the receipt. */
  readonly p99Ms: number
}

export interface Load {
  readonly inFlight: number
  readonly entries: number
  /** Added to every `fdatasync`: the disk of a small machine answers faster than any disk can. */
  readonly syncDelayMs: number
}

export async function appendOurs(dir: string, load: Load): Promise<Sample> {
  const ledger = openLedger({ ...benchOptions(dir), disk: slowedDisk(load.syncDelayMs) })
  const sample = await measure(load, () => ledger.append(body).durable)
  await ledger.close()
  return sample
}

function slowedDisk(delayMs: number): Disk {
  if (delayMs === 0) return realDisk
  const datasync = async (fd: number): Promise<void> => {
    await realDisk.later.datasync(fd)
    await sleep(delayMs)
  }
  return { ...realDisk, later: { ...realDisk.later, datasync } }
}

/** What waits while one write is under way is the next batch, as in ours. */
export async function appendBare(path: string, load: Load, isHashed: boolean): Promise<Sample> {
  const fd = openSync(path, 'w')
  let waiting: (() => void)[] = []
  let position = 0
  let running = false
  const line = `${body}${'x'.repeat(lineBytes - body.length - 1)}\n`
  const pump = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      if (isHashed) for (let i = 0; i < batch.length; i++) hashLine(line)
      const bytes = Buffer.from(line.repeat(batch.length))
      await new Promise<void>((resolve, reject) =>
        write(fd, bytes, 0, bytes.length, position, (error) => (error ? reject(error) : resolve())),
      )
      await new Promise<void>((resolve, reject) => fdatasync(fd, (error) => (error ? reject(error) : resolve())))
      if (load.syncDelayMs > 0) await sleep(load.syncDelayMs)
      position += bytes.length
      for (const done of batch) done()
      await new Promise((resolve) => setImmediate(resolve))
    }
    running = false
  }
  const sample = await measure(load, () => {
    const promise = new Promise<void>((resolve) => waiting.push(resolve))
    if (!running) {
      running = true
      setImmediate(() => void pump())
    }
    return promise
  })
  closeSync(fd)
  return sample
}

const node = Buffer.alloc(65, 1)

/** The three hashes of a line: its place in the chain, its leaf, and one node of the tree. */
function hashLine(line: string): void {
  hash('sha256', line, 'base64url')
  hash('sha256', line, 'binary')
  hash('sha256', node, 'binary')
}

async function measure({ inFlight, entries }: Load, appendOne: () => Promise<unknown>): Promise<Sample> {
  const waits = new Float64Array(entries)
  let left = entries
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const at = left
      const asked = performance.now()
      await appendOne()
      waits[at] = performance.now() - asked
    }
  }
  const cpu = process.cpuUsage()
  const started = performance.now()
  await Promise.all(Array.from({ length: inFlight }, caller))
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - started) / 1000
  const p99Ms = waits.toSorted()[Math.floor(entries * 0.99)] ?? 0
  return { perSecond: entries / seconds, cpuMicros: (user + system) / entries, p99Ms }
}
