/**
 * So many open ledgers in one process: what an entry costs when it may go to any of them, and what they cost when nothing comes.
 *
 *     node --expose-gc streams.ts <directory> <ledgers> <entries>
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Ledger, openLedger } from '@trailmark/ledger'
import { benchOptions, body } from '../ledger-log.ts'

const [, , dir = '', count = '1', entries = '0'] = process.argv
const inFlight = 128
const settleMs = 1500
const idleMs = 2000
const waits: number[] = []

const before = resident()
const started = performance.now()
const ledgers = Array.from({ length: Number(count) }, (_, i) => openLedger(benchOptions(join(dir, `ledger-${i}`))))
const openMs = (performance.now() - started) / ledgers.length
for (const ledger of ledgers) await ledger.append(body).durable
await load(Number(entries) / 4) // warms up
const grown = resident() - before

waits.length = 0
const from = performance.now()
const cpu = process.cpuUsage()
await load(Number(entries))
const used = process.cpuUsage(cpu)
const seconds = (performance.now() - from) / 1000

await sleep(settleMs)
const idle = process.cpuUsage()
await sleep(idleMs)
const idled = process.cpuUsage(idle)
for (const ledger of ledgers) await ledger.close()

const figures = {
  cpuMicros: (used.user + used.system) / Number(entries),
  perSecond: Number(entries) / seconds,
  p99Ms: waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)] ?? 0,
  openMs,
  kilobytes: grown / 1000 / ledgers.length,
  idleMicros: (idled.user + idled.system) / (idleMs / 1000),
}
process.stdout.write(`${JSON.stringify(figures)}\n`)

/** Each caller waits for its receipt before the next entry; entries go to the ledgers in turn. */
async function load(total: number): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < total) {
      const ledger: Ledger | undefined = ledgers[next++ % ledgers.length]
      const asked = performance.now()
      await ledger?.append(body).durable
      waits.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
}

function resident(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}
